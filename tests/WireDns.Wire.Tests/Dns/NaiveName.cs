using System.Globalization;
using System.Text;

namespace WireDns.Wire.Tests.Dns;

/// <summary>Names done the plain way, octet by octet, for comparison with the ones of the product.</summary>
internal static class NaiveName
{
    /// <summary>Text of labels, as torture/README.md policy 4 says.</summary>
    public static string TextOf(IEnumerable<byte[]> labels)
    {
        var text = string.Join('.', labels.Select(label => string.Concat(label.Select(TextOf))));
        return text.Length == 0 ? "." : text;
    }

    /// <summary>Uncompressed wire form of labels.</summary>
    public static byte[] WireOf(IEnumerable<byte[]> labels) =>
        [.. labels.SelectMany(label => label.Prepend((byte)label.Length)), 0];

    /// <summary>The same with ASCII letters in lower case.</summary>
    public static byte[] Fold(IEnumerable<byte> octets) => [.. octets.Select(o => o is >= (byte)'A' and <= (byte)'Z' ? (byte)(o + 32) : o)];

    private static string TextOf(byte octet) => octet switch
    {
        (byte)'.' => @"\.",
        (byte)'\\' => @"\\",
        < 0x21 or > 0x7e => "\\" + octet.ToString("D3", CultureInfo.InvariantCulture),
        _ => ((char)octet).ToString(),
    };
}
