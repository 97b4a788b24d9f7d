using System.Buffers;
using System.Globalization;

namespace WireDns.Alerts.Formats;

/// <summary>
/// One line of ArcSight's Common Event Format (CEF:0) per alert. The extension's <c>cat</c> tells the kinds apart: <c>alert</c>, <c>repeats</c>,
/// <c>correlation-end</c>, <c>anomaly</c>, <c>sensor</c>. Printable UTF-8; docs/formats/cef.abnf has the grammar.
/// </summary>
/// <param name="sensor">Name of the host that runs the sensor (<c>dvchost</c>), or null to leave it out.</param>
/// <param name="version">The product's version, or null for none.</param>
/// <remarks>
/// A character that a line must not hold becomes <c>\u{HEX}</c>, its code point, and a backslash before <c>u{</c> in the value itself
/// <c>\u{5c}</c>: so every value can be had back.
/// </remarks>
public sealed class CefFormat(string? sensor = null, string? version = null) : ICuttableFormat
{
    private const int HeaderBars = 7;

    /// <inheritdoc/>
    public bool Write(Alert alert, IBufferWriter<byte> output)
    {
        var cef = new CefWriter(output);
        var title = alert.Anomaly is { } anomaly ? $"{anomaly.Kind}: {anomaly.Reason}" : alert.Rule.Title;
        cef.Header(version ?? "", alert.Anomaly?.Reason ?? alert.Rule.Id ?? alert.Rule.Title, title, Severity(alert.Rule.Level));
        cef.Field("cat"u8, Category(alert));
        cef.Field("externalId"u8, alert.Id);
        cef.Time("rt"u8, alert.UnixTimeNanoseconds);
        cef.Endpoint("src"u8, "c6a2"u8, "Source IPv6 Address", "spt"u8, alert.Client);
        cef.Endpoint("dst"u8, "c6a3"u8, "Destination IPv6 Address", "dpt"u8, alert.Server);
        cef.Field("proto"u8, alert.Transport.ToUpperInvariant());
        WriteMessage(cef, alert);
        WriteSums(cef, alert);
        cef.Labelled("flexString2"u8, alert.Indicators.Count == 0 ? null : string.Join("; ", alert.Indicators.Select(IndicatorText.Of)), "Indicators");
        cef.Field("msg"u8, Sentence.Of(alert));
        cef.Field("fname"u8, alert.File);
        cef.Field("deviceInboundInterface"u8, alert.Interface);
        cef.Labelled("cn1"u8, alert.PacketNumber.ToString(CultureInfo.InvariantCulture), "Packet Number");
        cef.Labelled("cs6"u8, alert.CommunityId, "Community ID");
        cef.Field("dvchost"u8, sensor);
        return true;
    }

    /// <inheritdoc/>
    /// <remarks><c>cat</c> is <c>sensor</c>.</remarks>
    public bool Write(SensorEvent sensorEvent, IBufferWriter<byte> output)
    {
        var cef = new CefWriter(output);
        cef.Header(version ?? "", "sensor-state", $"{sensorEvent.Part} is {sensorEvent.State}", Severity(sensorEvent.Level));
        cef.Field("cat"u8, "sensor");
        cef.Field("externalId"u8, sensorEvent.Id);
        cef.Time("rt"u8, sensorEvent.UnixTimeNanoseconds);
        cef.Field("outcome"u8, sensorEvent.IsOk ? "success" : "failure");
        cef.Field("reason"u8, sensorEvent.Cause);
        cef.Field("msg"u8, Sentence.Of(sensorEvent));
        cef.Field("deviceInboundInterface"u8, sensorEvent.Interface);
        cef.Labelled("cs1"u8, sensorEvent.State, "State");
        cef.Labelled("cs2"u8, sensorEvent.PreviousState, "Previous State");
        cef.Labelled("cs3"u8, sensorEvent.Part, "Part");
        cef.Labelled("cn1"u8, sensorEvent.PreviousSeconds.ToString(CultureInfo.InvariantCulture), "Previous State Seconds");
        cef.Field("dvchost"u8, sensor);
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>What is left are whole fields; the header alone may be cut.</remarks>
    public int Cut(ReadOnlySpan<byte> message, int maximumLength, IBufferWriter<byte> output)
    {
        var kept = Math.Clamp(maximumLength, 0, message.Length);
        if (kept < message.Length)
        {
            var last = LastField(message, kept);
            kept = last > 0 ? last : WholeCharacters(message, kept);
        }

        output.Write(message[..kept]);
        return message.Length - kept;
    }

    /// <summary>Where the field begins, with the space before it, that does not fit; 0 if it is the header.</summary>
    private static int LastField(ReadOnlySpan<byte> message, int maximumLength)
    {
        var (bars, space, last) = (0, 0, 0);
        for (var index = 0; index < message.Length; index++)
        {
            switch (message[index])
            {
                case (byte)'\\':
                    index++;
                    break;
                case (byte)'|' when bars < HeaderBars:
                    bars++;
                    space = last = bars == HeaderBars && index < maximumLength ? index + 1 : last;
                    break;
                case (byte)' ' when bars == HeaderBars:
                    space = index;
                    break;
                case (byte)'=' when bars == HeaderBars && space > maximumLength:
                    return last;
                case (byte)'=' when bars == HeaderBars:
                    last = space;
                    break;
            }
        }

        return last;
    }

    private static int WholeCharacters(ReadOnlySpan<byte> message, int length)
    {
        while (length > 0 && (message[length] & 0xC0) == 0x80) // RFC 3629 §3: a continuation octet
        {
            length--;
        }

        return length;
    }

    private static string Category(Alert alert) => alert switch
    {
        { Repeats: not null } => "repeats",
        { Anomaly: not null } => "anomaly",
        { Correlation.Extent: not null } => "correlation-end",
        _ => "alert",
    };

    private static void WriteMessage(CefWriter cef, Alert alert)
    {
        var message = alert.Message;
        if (!ReferenceEquals(message, AlertMessage.None))
        {
            cef.Field("app"u8, "DNS");
            cef.Labelled("cs1"u8, message.QuestionName, "DNS Name");
            cef.Labelled("cs2"u8, message.QuestionType, "DNS Type");
            cef.Labelled("cs3"u8, message.ResponseCode, "DNS Response Code");
            cef.Labelled("cs4"u8, message.Answers.Count == 0 ? null : string.Join(", ", message.Answers.Take(EcsDns.MaximumAnswers).Select(answer => answer.Data)), "DNS Answers");
        }

        if (alert.Reasons.Count > 0)
        {
            var reason = alert.Reasons[0];
            cef.Labelled("cs5"u8, $"{(reason.IsNegated ? "not " : "")}{string.Join('|', [reason.Field ?? "keyword", .. reason.Modifiers])}: {reason.Pattern}", "Reason");
        }
    }

    private static void WriteSums(CefWriter cef, Alert alert)
    {
        if (alert.Repeats is { } repeats)
        {
            cef.Field("cnt"u8, repeats.Count.ToString(CultureInfo.InvariantCulture));
            cef.Time("start"u8, repeats.From);
            cef.Time("end"u8, repeats.Until);
            cef.Field("destinationDnsDomain"u8, repeats.Domain);
            cef.Labelled("flexString1"u8, string.Join(' ', repeats.Names), "DNS Names");
        }
        else if (alert.Correlation?.Extent is { } extent)
        {
            cef.Field("cnt"u8, extent.Events.ToString(CultureInfo.InvariantCulture));
            cef.Time("start"u8, extent.From);
            cef.Time("end"u8, extent.Until);
            cef.Labelled("flexString1"u8, extent.Cause, "End Cause");
        }
    }

    private static int Severity(AlertLevel level) => level switch
    {
        AlertLevel.Critical => 10,
        AlertLevel.High => 8,
        AlertLevel.Medium => 5,
        AlertLevel.Low => 3,
        _ => 1,
    };
}

/// <summary>Writes the header and the fields of a line, escaped for their places.</summary>
internal readonly struct CefWriter(IBufferWriter<byte> output)
{
    /// <summary>Version, vendor, product, their version, signature, name and severity.</summary>
    public void Header(string version, string signature, string name, int severity)
    {
        output.Write("CEF:0|WireDns|WireDns|"u8);
        Escape(version, '|');
        output.Write("|"u8);
        Escape(signature, '|');
        output.Write("|"u8);
        Escape(name, '|');
        output.Write("|"u8);
        new LineWriter(output).Number(severity);
        output.Write("|"u8);
        Field("deviceFacility"u8, "dns", isFirst: true);
    }

    /// <summary>A field, if it has a value.</summary>
    public void Field(ReadOnlySpan<byte> key, string? value, bool isFirst = false)
    {
        if (!string.IsNullOrEmpty(value))
        {
            output.Write(isFirst ? default : " "u8);
            output.Write(key);
            output.Write("="u8);
            Escape(value, '=');
        }
    }

    /// <summary>A field of the sender's own, and what it is called.</summary>
    public void Labelled(ReadOnlySpan<byte> key, string? value, string label)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Field(key, value);
            output.Write(" "u8);
            output.Write(key);
            output.Write("Label="u8);
            Escape(label, '=');
        }
    }

    /// <summary>A time in milliseconds since the Unix epoch.</summary>
    public void Time(ReadOnlySpan<byte> key, long? nanoseconds)
    {
        if (nanoseconds is { } time)
        {
            Field(key, ((time / 1_000_000) - (time % 1_000_000 < 0 ? 1 : 0)).ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>An address and port; an IPv6 address has a field of its own.</summary>
    public void Endpoint(ReadOnlySpan<byte> key, ReadOnlySpan<byte> keyOfIpv6, string label, ReadOnlySpan<byte> portKey, AlertEndpoint endpoint)
    {
        if (endpoint.Address.Contains(':'))
        {
            Labelled(keyOfIpv6, endpoint.Address, label);
        }
        else
        {
            Field(key, endpoint.Address);
        }

        if (endpoint.Port != AlertEndpoint.UnknownPort)
        {
            Field(portKey, endpoint.Port.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void Escape(string value, char special)
    {
        var safe = new ArrayBufferWriter<byte>(value.Length + 16);
        var rest = value.AsSpan();
        for (int escape; (escape = rest.IndexOf(@"\u{")) >= 0; rest = rest[(escape + 3)..])
        {
            SafeText.Write(safe, rest[..escape], SafeTextMode.Line);
            safe.Write(@"\u{5c}u{"u8);
        }

        SafeText.Write(safe, rest, SafeTextMode.Line);
        foreach (var octet in safe.WrittenSpan)
        {
            if (octet == '\\' || octet == special)
            {
                output.Write("\\"u8);
            }

            output.GetSpan(1)[0] = octet;
            output.Advance(1);
        }
    }
}
