namespace WireDns.Alerts.Formats;

/// <summary>
/// The parameters of the structured data of alerts and events, most important first: where a message would be too long the later ones are left
/// out. Names are a contract with receivers' filters and listed in docs/formats/syslog.md.
/// </summary>
internal static class SyslogParameters
{
    private const int MaximumText = 200;

    public static void Write(ref StructuredData data, Alert alert)
    {
        var message = alert.Message;
        data.Add("alert"u8, alert.Id);
        data.Add("rule"u8, Clip(alert.Rule.Id));
        data.Add("level"u8, alert.Rule.Level.Name());
        data.Add("title"u8, Clip(alert.Rule.Title));
        data.Add("anomaly"u8, alert.Anomaly?.Kind);
        data.Add("reason"u8, alert.Anomaly?.Reason);
        AddEnds(ref data, alert);
        data.Add("transport"u8, alert.Transport);
        if (!ReferenceEquals(message, AlertMessage.None))
        {
            data.Add("message"u8, message.IsResponse ? "response" : "query");
            data.Add("name"u8, message.QuestionName);
            data.Add("type"u8, message.QuestionType);
            data.Add("responseCode"u8, message.ResponseCode);
            data.Add("dnsId"u8, message.Id);
        }

        data.Add("packet"u8, alert.PacketNumber);
        if (alert.Correlation is { } correlation)
        {
            data.Add("correlatedEvents"u8, correlation.Events.Count);
        }

        if (alert.Indicators.Count > 0)
        {
            data.Add("indicator"u8, alert.Indicators[0].Name);
            data.Add("list"u8, alert.Indicators[0].List);
            data.Add("confidence"u8, alert.Indicators[0].ConfidenceWord);
        }

        AddNoise(ref data, alert);
        data.Add("file"u8, Clip(alert.File));
        data.Add("interface"u8, alert.Interface);
        data.Add("malformed"u8, Clip(message.Malformed));
        data.Add("communityId"u8, alert.CommunityId);
    }

    public static void Write(ref StructuredData data, SensorEvent sensorEvent)
    {
        data.Add("event"u8, sensorEvent.Id);
        data.Add("level"u8, sensorEvent.Level.Name());
        data.Add("part"u8, sensorEvent.Part);
        data.Add("interface"u8, sensorEvent.Interface);
        data.Add("state"u8, sensorEvent.State);
        data.Add("cause"u8, Clip(sensorEvent.Cause));
        data.Add("previousState"u8, sensorEvent.PreviousState);
        data.Add("previousSeconds"u8, sensorEvent.PreviousSeconds);
        if (sensorEvent.UserId is { } user)
        {
            data.Add("userId"u8, user);
        }

        data.Add("reason"u8, Clip(sensorEvent.Reason));
    }

    private static void AddNoise(ref StructuredData data, Alert alert)
    {
        if (alert.Repeats is { } repeats)
        {
            data.Add("repeats"u8, repeats.Count);
            data.Add("domain"u8, repeats.Domain);
            data.Add("sent"u8, repeats.SentId);
        }

        if (alert.Correlation?.Extent is { } extent)
        {
            data.Add("events"u8, extent.Events);
            data.Add("cause"u8, extent.Cause);
        }
    }

    private static void AddEnds(ref StructuredData data, Alert alert)
    {
        var arePortsKnown = alert.Client.Port != AlertEndpoint.UnknownPort;
        data.Add("client"u8, alert.Client.Address);
        if (arePortsKnown)
        {
            data.Add("clientPort"u8, alert.Client.Port);
        }

        data.Add("server"u8, alert.Server.Address);
        if (arePortsKnown)
        {
            data.Add("serverPort"u8, alert.Server.Port);
        }
    }

    private static ReadOnlySpan<char> Clip(string? text) => text is { Length: > MaximumText } ? text.AsSpan(0, MaximumText) : text;
}
