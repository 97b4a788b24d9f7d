using System.Buffers;
using System.Globalization;
using System.Text;

namespace WireDns.Alerts.Formats;

/// <summary>
/// One message of the older syslog (RFC 3164) per alert or event of the sensor, for receivers that know no other: priority, local time in seconds, host, program and
/// text. It has no structured data, so the text has to say everything.
/// </summary>
/// <param name="text">The format of the text.</param>
/// <param name="options">The sender and the maximum length; the enterprise number is not used.</param>
/// <param name="zone">The time zone of the times; null for the machine's, as the RFC says.</param>
public sealed class SyslogBsdFormat(ICuttableFormat text, SyslogOptions options, TimeZoneInfo? zone = null) : IAlertFormat
{
    private readonly TimeZoneInfo _zone = zone ?? TimeZoneInfo.Local;

    /// <inheritdoc/>
    public bool Write(Alert alert, IBufferWriter<byte> output)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        text.Write(alert, body);
        return Write(options.Facility, alert.Rule.Level, alert.UnixTimeNanoseconds, body, output);
    }

    /// <inheritdoc/>
    public bool Write(SensorEvent sensorEvent, IBufferWriter<byte> output)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        text.Write(sensorEvent, body);
        return Write(options.EventFacility ?? options.Facility, sensorEvent.Level, sensorEvent.UnixTimeNanoseconds, body, output);
    }

    private bool Write(
        SyslogFacility facility, AlertLevel level, long? unixTimeNanoseconds, ArrayBufferWriter<byte> body, IBufferWriter<byte> output)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"<{((int)facility * 8) + SyslogFormat.Severity(level)}>{Time(unixTimeNanoseconds)} {SyslogFormat.HeaderText(options.HostName, 255)} "
                + $"{SyslogFormat.HeaderText(options.ApplicationName, 32)}[{options.ProcessId}]: "));
        var isCut = head.Length + body.WrittenCount > options.MaximumLength;
        if (isCut)
        {
            var shorter = new ArrayBufferWriter<byte>(1024);
            text.Cut(body.WrittenSpan, options.MaximumLength - head.Length, shorter);
            body = shorter;
        }

        output.Write(head);
        SyslogFormat.WriteText(output, body.WrittenSpan);
        return !isCut;
    }

    /// <summary>RFC 3164 §4.1.2: <c>Mar  1 09:15:02</c>, with a space before a day of one digit.</summary>
    private string Time(long? unixTimeNanoseconds)
    {
        var time = unixTimeNanoseconds is { } nanoseconds
            ? DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100)
            : DateTimeOffset.UtcNow;
        var local = TimeZoneInfo.ConvertTime(time, _zone);
        return string.Create(CultureInfo.InvariantCulture, $"{local:MMM} {local.Day,2} {local:HH:mm:ss}");
    }
}
