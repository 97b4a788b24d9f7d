using System.Text;

namespace WireDns.Sigma.Rules;

/// <summary>Tells what the bytes of a file are: text in UTF-8 or UTF-16, or no text at all.</summary>
internal static class FileContent
{
    private const string Unpack = "unpack it first";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding LittleEndian = new(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding BigEndian = new(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true);

    /// <summary>An archive, a capture or a program by its first bytes; null for anything else.</summary>
    public static (string Kind, string Suggestion)? Describe(ReadOnlySpan<byte> content) => content switch
    {
        [0x1F, 0x8B, ..] => ("a gzip archive", Unpack),
        [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..] => ("a zip archive", Unpack),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => ("a zstd archive", Unpack),
        [0x04, 0x22, 0x4D, 0x18, ..] => ("an lz4 archive", Unpack),
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => ("an xz archive", Unpack),
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => ("a bzip2 archive", Unpack),
        [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => ("a 7-Zip archive", Unpack),
        [(byte)'R', (byte)'a', (byte)'r', (byte)'!', 0x1A, ..] => ("a RAR archive", Unpack),
        _ when content.Length > 262 && content[257..].StartsWith("ustar"u8) => ("a tar archive", Unpack),
        [0xD4, 0xC3, 0xB2, 0xA1, ..] or [0xA1, 0xB2, 0xC3, 0xD4, ..] or [0x4D, 0x3C, 0xB2, 0xA1, ..] or [0xA1, 0xB2, 0x3C, 0x4D, ..]
            or [0x0A, 0x0D, 0x0D, 0x0A, ..] => ("a packet capture", "rules and captures may have changed places"),
        [0x7F, (byte)'E', (byte)'L', (byte)'F', ..] or [(byte)'M', (byte)'Z', 0x90, 0, ..] => ("a program", "give the file or folder of the rules"),
        _ => null,
    };

    /// <summary>Decodes text. False if it is neither UTF-8 nor UTF-16, with the place of the first bad byte.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> content, out string text, out SourcePosition bad)
    {
        var encoding = (Encoding)Utf8;
        if (content is [0xEF, 0xBB, 0xBF, ..])
        {
            content = content[3..];
        }
        else if (content is [0xFF, 0xFE, ..] or [not 0, 0, not 0, 0, ..])
        {
            // YAML begins with ASCII (yaml.org, §5.2), so the zeros reveal UTF-16 even without a mark.
            encoding = LittleEndian;
            content = content[0] == 0xFF ? content[2..] : content;
        }
        else if (content is [0xFE, 0xFF, ..] or [0, not 0, 0, not 0, ..])
        {
            encoding = BigEndian;
            content = content[0] == 0xFE ? content[2..] : content;
        }

        try
        {
            text = encoding.GetString(content);
            bad = default;
            return true;
        }
        catch (DecoderFallbackException e)
        {
            var before = content[..Math.Clamp(e.Index, 0, content.Length)];
            text = string.Empty;
            bad = new SourcePosition(before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
            return false;
        }
    }
}
