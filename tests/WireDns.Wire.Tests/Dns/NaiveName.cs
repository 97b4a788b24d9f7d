using System.Globalization;
using System.Text;

namespace WireDns.Wire.Tests.Dns;

/// <summary>Names done the plain way, octet by octet, for comparison with the product's.</summary>
internal static class NaiveName
{
    /// <summary>Text of labels, as torture/README.md policy 4 says.</summary>
    public static string TextOf(IEnumerable<byte[]> labels)
    {
        var text = string.Join('.', labels.Select(label => string.Concat(label.Select(TextOf))));
        return text.Length == 0 ? "." : text;
    }

    /// <summary>The labels of the name at an offset, pointers followed anywhere after the header except into their own labels; null if it is broken.</summary>
    public static List<byte[]>? Expand(byte[] message, int offset)
    {
        var labels = new List<byte[]>();
        var pointers = 0;
        var run = offset;
        for (var octets = 1; offset < message.Length;)
        {
            int length = message[offset];
            if (length == 0)
            {
                return labels;
            }

            if (length >= 0xc0)
            {
                if (offset + 1 >= message.Length || ++pointers > 128)
                {
                    return null;
                }

                var target = ((length & 0x3f) << 8) | message[offset + 1];
                if (target < 12 || (target >= run && target <= offset))
                {
                    return null;
                }

                (offset, run) = (target, target);
                continue;
            }

            octets += length + 1;
            if (length > 63 || octets > 255 || offset + length >= message.Length)
            {
                return null;
            }

            labels.Add(message[(offset + 1)..(offset + 1 + length)]);
            offset += length + 1;
        }

        return null;
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
