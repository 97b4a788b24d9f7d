using System.Globalization;
using System.Text;

namespace WireDns.Tests.Conformance;

/// <summary>Names as text in one form, so that those of two programs can be compared.</summary>
internal static class WireName
{
    /// <summary>The labels as lower-case hex, without the root's: escapes undone.</summary>
    public static string Canonical(string text)
    {
        var labels = new List<List<byte>> { new() };
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '9') < 0)
            {
                labels[^1].Add(byte.Parse(text.AsSpan(i + 1, 3), CultureInfo.InvariantCulture));
                i += 3;
            }
            else if (text[i] == '\\' && i + 1 < text.Length)
            {
                labels[^1].Add((byte)text[++i]);
            }
            else if (text[i] == '.')
            {
                labels.Add([]);
            }
            else
            {
                labels[^1].AddRange(Encoding.UTF8.GetBytes(text, i, 1));
            }
        }

        return string.Join('.', labels.Where(label => label.Count > 0).Select(label => Convert.ToHexStringLower([.. label.Select(Lower)])));
    }

    /// <summary>The text in lower case, with a mark for each run of characters that other programs show in their own way.</summary>
    public static string Loose(string text)
    {
        var loose = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var isEscape = text[i] == '\\';
            i += isEscape ? i + 3 < text.Length && char.IsAsciiDigit(text[i + 1]) ? 3 : 1 : 0;
            if (!isEscape && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '-' or '_'))
            {
                loose.Append(char.ToLowerInvariant(text[i]));
            }
            else if (loose.Length == 0 || loose[^1] != '?')
            {
                loose.Append('?');
            }
        }

        return loose.ToString().Trim('?');
    }

    private static byte Lower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet + 32) : octet;
}
