using System.Buffers;
using System.Globalization;
using System.Text;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.LookupFormats;

/// <summary>
/// One RFC 5424 message per lookup (MSGID <c>lookup</c>) or record of passive DNS (<c>passive-dns</c>), of severity informational, without structured data. The text
/// is another format's line. A line that is too long loses its last answers, half of them at a time.
/// </summary>
/// <param name="inner">The format of the text.</param>
/// <param name="options">The sender and the maximum length; the enterprise number is not used.</param>
public sealed class SyslogLookupFormat(IMessageFormat inner, SyslogOptions options) : IMessageFormat
{
    private const int Informational = 6;

    private readonly string _priority = string.Create(CultureInfo.InvariantCulture, $"<{((int)options.Facility * 8) + Informational}>1 ");
    private readonly string _sender = string.Create(
        CultureInfo.InvariantCulture, $" {SyslogFormat.HeaderText(options.HostName, 255)} {SyslogFormat.HeaderText(options.ApplicationName, 48)} {options.ProcessId} ");

    /// <summary>The format of the text.</summary>
    public IMessageFormat Inner => inner;

    /// <inheritdoc/>
    public bool Takes(Notification notification) => inner.Takes(notification);

    /// <inheritdoc/>
    public bool Write(Notification notification, IBufferWriter<byte> output)
    {
        var head = Head(notification);
        var room = options.MaximumLength - head.Length;
        var body = new ArrayBufferWriter<byte>(1024);
        var isWhole = true;
        for (var shorter = notification; ; isWhole = false)
        {
            body.ResetWrittenCount();
            inner.Write(shorter, body);
            if (body.WrittenCount <= room || shorter is not DnsLookup { Answers.Count: > 0 } lookup)
            {
                break;
            }

            shorter = WithAnswers(lookup, lookup.Answers.Count / 2);
        }

        output.Write(head);
        SyslogFormat.WriteText(output, body.WrittenSpan[..Math.Min(body.WrittenCount, room)]);
        return isWhole && body.WrittenCount <= room;
    }

    private byte[] Head(Notification notification)
    {
        var head = new ArrayBufferWriter<byte>(256);
        var line = new LineWriter(head);
        line.Literal(Encoding.ASCII.GetBytes(_priority));
        var seen = notification is DnsLookup lookup ? lookup.UnixTimeNanoseconds : ((PassiveDnsRecord)notification).LastUnixTimeNanoseconds;
        if (seen is { } time)
        {
            Timestamp.Write(head, time, decimals: 6); // the most that RFC 5424 §6.2.3 allows
        }
        else
        {
            line.Literal("-"u8);
        }

        line.Literal(Encoding.ASCII.GetBytes(_sender));
        line.Literal(notification is DnsLookup ? "lookup - "u8 : "passive-dns - "u8);
        return head.WrittenSpan.ToArray();
    }

    private static DnsLookup WithAnswers(DnsLookup lookup, int count) => lookup with
    {
        Answers = [.. lookup.Answers.Take(count)],
        AnswersLeftOut = lookup.AnswersLeftOut + lookup.Answers.Count - count,
        Zeek = lookup.Zeek is { } zeek ? zeek with { Answers = [.. zeek.Answers.Take(count)] } : null,
    };
}
