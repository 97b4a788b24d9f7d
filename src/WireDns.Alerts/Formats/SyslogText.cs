using System.Buffers;

namespace WireDns.Alerts.Formats;

/// <summary>The MSG part of a syslog message (RFC 5424 §6.4).</summary>
internal static class SyslogText
{
    private static ReadOnlySpan<byte> CutMark => "..."u8;

    /// <summary>The longest start of <paramref name="text"/> that leaves room for the mark and ends between two characters.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, int room)
    {
        var length = Math.Clamp(room - CutMark.Length, 0, text.Length);
        while (length > 0 && length < text.Length && (text[length] & 0xC0) == 0x80) // RFC 3629 §3: a continuation octet
        {
            length--;
        }

        return text[..length];
    }

    /// <summary>
    /// Appends the text with its control characters, the line breaks of a format that has several lines among them, as spaces.
    /// </summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> text, bool isCut)
    {
        var span = output.GetSpan(text.Length + CutMark.Length);
        for (var index = 0; index < text.Length; index++)
        {
            span[index] = text[index] is < 0x20 or 0x7F ? (byte)' ' : text[index];
        }

        if (isCut)
        {
            CutMark.CopyTo(span[text.Length..]);
        }

        output.Advance(text.Length + (isCut ? CutMark.Length : 0));
    }
}
