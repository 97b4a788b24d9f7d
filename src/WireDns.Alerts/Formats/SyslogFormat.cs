using System.Buffers;
using System.Globalization;
using System.Text;

namespace WireDns.Alerts.Formats;

/// <summary>
/// One RFC 5424 message per alert, anomaly or event of the sensor, without transport framing. The message id tells them apart. The severity is
/// the rule's level (critical 2, high 3, medium 4, low 5, informational 6), the time the packet's, the structured data what a receiver filters by,
/// and the text another format's message.
/// </summary>
public sealed class SyslogFormat : IAlertFormat
{
    /// <summary>Octets kept for the text beside the structured data, so that a long name does not leave a message without one.</summary>
    private const int LeastText = 64;

    private readonly ICuttableFormat _text;
    private readonly SyslogOptions _options;
    private readonly byte[] _headerAfterTime;
    private readonly byte[] _elementId;

    /// <summary>Checks the options and prepares the header's fixed parts.</summary>
    /// <param name="text">The format of the text: lines other than the first are joined by spaces, and control characters become
    /// spaces.</param>
    /// <param name="options">The sender and the maximum length.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public SyslogFormat(ICuttableFormat text, SyslogOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumLength, SyslogOptions.SmallestMaximumLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaximumLength, SyslogOptions.LargestMaximumLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.EnterpriseNumber);
        foreach (var facility in new[] { options.Facility, options.EventFacility ?? options.Facility }.Where(facility => !Enum.IsDefined(facility)))
        {
            throw new ArgumentOutOfRangeException(nameof(options), facility, "no facility of RFC 5424");
        }

        _text = text;
        _options = options;
        _headerAfterTime = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $" {HeaderText(options.HostName, 255)} {HeaderText(options.ApplicationName, 48)} {options.ProcessId} "));
        _elementId = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"wiredns@{options.EnterpriseNumber}"));
    }

    /// <inheritdoc/>
    public bool Write(Alert alert, IBufferWriter<byte> output)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        _text.Write(alert, body);
        var head = new ArrayBufferWriter<byte>(1024);
        WriteHeader(head, _options.Facility, alert.Rule.Level, alert.UnixTimeNanoseconds, MessageId(alert));
        var data = new StructuredData(head, _elementId, _options.MaximumLength - LeastText);
        SyslogParameters.Write(ref data, alert);
        return Write(ref data, head, body, output);
    }

    /// <inheritdoc/>
    public bool Write(SensorEvent sensorEvent, IBufferWriter<byte> output)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        _text.Write(sensorEvent, body);
        var head = new ArrayBufferWriter<byte>(1024);
        WriteHeader(head, _options.EventFacility ?? _options.Facility, sensorEvent.Level, sensorEvent.UnixTimeNanoseconds, "sensor-state"u8);
        var data = new StructuredData(head, _elementId, _options.MaximumLength - LeastText);
        SyslogParameters.Write(ref data, sensorEvent);
        return Write(ref data, head, body, output);
    }

    private bool Write(ref StructuredData data, ArrayBufferWriter<byte> head, ArrayBufferWriter<byte> body, IBufferWriter<byte> output)
    {
        // RFC 5424 §6.4: a text in UTF-8 starts with the byte order mark; one in ASCII needs none, and JSON must not have one
        // (RFC 8259 §8.1).
        var mark = Ascii.IsValid(body.WrittenSpan) ? default : "\uFEFF"u8;
        var isCut = body.WrittenCount > _options.MaximumLength - data.LengthWhenClosed - 1 - mark.Length;
        if (isCut)
        {
            var shorter = new ArrayBufferWriter<byte>(1024);
            data.MarkCut(_text.Cut(body.WrittenSpan, _options.MaximumLength - data.LengthWhenCutAndClosed - 1 - mark.Length, shorter));
            body = shorter;
        }

        data.Close();
        output.Write(head.WrittenSpan);
        output.Write(" "u8);
        output.Write(mark);
        WriteText(output, body.WrittenSpan);
        return !isCut && data.OmittedParameters == 0;
    }

    /// <summary>The MSG part (RFC 5424 §6.4), with control characters as spaces, including the line breaks of a format with several lines.</summary>
    internal static void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        var span = output.GetSpan(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            span[index] = text[index] is < 0x20 or 0x7F ? (byte)' ' : text[index];
        }

        output.Advance(text.Length);
    }

    /// <summary>PRI VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID (RFC 5424 §6.2), with the space after it.</summary>
    private void WriteHeader(
        ArrayBufferWriter<byte> head, SyslogFacility facility, AlertLevel level, long? unixTimeNanoseconds, ReadOnlySpan<byte> messageId)
    {
        var line = new LineWriter(head);
        line.Literal("<"u8);
        line.Number(((int)facility * 8) + Severity(level));
        line.Literal(">1 "u8);
        if (unixTimeNanoseconds is { } time)
        {
            Timestamp.Write(head, time, decimals: 6); // the most that RFC 5424 §6.2.3 allows
        }
        else
        {
            line.Literal("-"u8);
        }

        line.Literal(_headerAfterTime);
        line.Literal(messageId);
        line.Literal(" "u8);
    }

    private static ReadOnlySpan<byte> MessageId(Alert alert) =>
        alert.Repeats is not null ? "repeats"u8
        : alert.Anomaly is not null ? "anomaly"u8
        : alert.Correlation?.Extent is not null ? "correlation-end"u8
        : "rule-match"u8;

    internal static int Severity(AlertLevel level) => level switch
    {
        AlertLevel.Critical => 2,
        AlertLevel.High => 3,
        AlertLevel.Medium => 4,
        AlertLevel.Low => 5,
        _ => 6,
    };

    /// <summary>A header field holds printable ASCII without spaces (PRINTUSASCII); a hyphen stands for none (NILVALUE).</summary>
    internal static string HeaderText(string? value, int maximum)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "-";
        }

        var characters = value.Length > maximum ? value.AsSpan(0, maximum).ToArray() : value.ToCharArray();
        for (var index = 0; index < characters.Length; index++)
        {
            characters[index] = characters[index] is > ' ' and < '\x7f' ? characters[index] : '-';
        }

        return new string(characters);
    }
}
