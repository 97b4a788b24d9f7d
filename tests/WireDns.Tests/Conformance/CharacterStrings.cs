using System.Globalization;
using System.Text;

namespace WireDns.Tests.Conformance;

/// <summary>The character strings of a presentation form, <c>"a\"b" "\001"</c>, as bytes.</summary>
internal static class CharacterStrings
{
    /// <summary>Each string in hex.</summary>
    public static IReadOnlyList<string> Read(string presentation)
    {
        var strings = new List<string>();
        var octets = new List<byte>();
        var isInside = false;
        for (var i = 0; i < presentation.Length; i++)
        {
            switch (presentation[i])
            {
                case '"' when isInside:
                    strings.Add(Convert.ToHexStringLower([.. octets]));
                    octets.Clear();
                    isInside = false;
                    break;
                case '"':
                    isInside = true;
                    break;
                case '\\' when char.IsAsciiDigit(presentation[i + 1]):
                    octets.Add(byte.Parse(presentation.AsSpan(i + 1, 3), CultureInfo.InvariantCulture));
                    i += 3;
                    break;
                case '\\':
                    octets.Add((byte)presentation[++i]);
                    break;
                case ' ' when !isInside:
                    break;
                default:
                    Assert.True(isInside, presentation);
                    octets.AddRange(Encoding.UTF8.GetBytes(presentation, i, 1));
                    break;
            }
        }

        Assert.False(isInside, presentation);
        return strings;
    }
}
