namespace WireDns.Alerts.Formats;

/// <summary>Fields that the schema does not have, under the product's own name <c>wiredns</c>, as it asks for custom fields.</summary>
internal static class EcsExtension
{
    private const int MaximumValue = 1000;

    public static void Write(MemberWriter json, Alert alert)
    {
        json.Writer.WriteStartObject("wiredns"u8);
        json.Text("level"u8, alert.Rule.Level.Name());
        json.Number("packet_number"u8, alert.PacketNumber);
        json.Number("related_packet_number"u8, alert.RelatedPacketNumber);
        json.Texts("tunnels"u8, alert.Tunnels);
        WriteVlans(json, alert.VlanIds);
        json.Flag("without_packet_time"u8, alert.UnixTimeNanoseconds is null);
        json.Flag("forwarded"u8, alert.IsForwarded);
        json.Text("malformed"u8, alert.Message.Malformed);
        json.Flag("truncated"u8, alert.Message.IsTruncated);
        json.Flag("overlap"u8, alert.Message.HasOverlap);
        var omitted = alert.Message.Answers.Count - EcsDns.MaximumAnswers;
        json.Number("answers_omitted"u8, omitted > 0 ? omitted : null);
        EcsRepeats.Write(json, alert.Repeats);
        IndicatorText.Write(json, alert.Indicators);
        if (alert.Anomaly is { } anomaly)
        {
            WriteAnomaly(json, anomaly);
        }
        else
        {
            WriteReasons(json, alert.Reasons);
            EcsCorrelation.Write(json, alert.Correlation);
            WriteRule(json, alert.Rule);
        }

        json.Writer.WriteEndObject();
    }

    private static void WriteAnomaly(MemberWriter json, AlertAnomaly anomaly)
    {
        json.Writer.WriteStartObject("anomaly"u8);
        json.Text("kind"u8, anomaly.Kind);
        json.Text("reason"u8, anomaly.Reason);
        json.Number("packets"u8, anomaly.Packets > 1 ? anomaly.Packets : null);
        json.Writer.WriteEndObject();
    }

    /// <summary>All tags, if there are more than the two that the schema has room for.</summary>
    private static void WriteVlans(MemberWriter json, IReadOnlyList<int> ids)
    {
        if (ids.Count > 2)
        {
            json.Writer.WriteStartArray("vlan_ids"u8);
            for (var index = 0; index < ids.Count; index++)
            {
                json.Writer.WriteNumberValue(ids[index]);
            }

            json.Writer.WriteEndArray();
        }
    }

    private static void WriteReasons(MemberWriter json, IReadOnlyList<AlertReason> reasons)
    {
        if (reasons.Count == 0)
        {
            return;
        }

        json.Writer.WriteStartArray("reasons"u8);
        for (var index = 0; index < reasons.Count; index++)
        {
            var reason = reasons[index];
            var window = MatchWindow.Of(reason, MaximumValue);
            json.Writer.WriteStartObject();
            json.Text("selection"u8, reason.Selection);
            json.Text("field"u8, reason.Field);
            json.Texts("modifiers"u8, reason.Modifiers);
            json.Text("pattern"u8, reason.Pattern);
            json.Flag("negated"u8, reason.IsNegated);
            json.Flag("absent"u8, reason.IsAbsent);
            json.Text("value"u8, reason.Value[window.Start..window.End]);
            json.Number("match_start"u8, window.MatchStart - window.Start);
            json.Number("match_length"u8, window.MatchEnd - window.MatchStart);
            json.Number("value_length"u8, window.End - window.Start < reason.Value.Length ? reason.Value.Length : null);
            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndArray();
    }

    private static void WriteRule(MemberWriter json, AlertRule rule)
    {
        json.Writer.WriteStartObject("rule"u8);
        json.Text("file"u8, rule.File);
        json.Text("status"u8, rule.Status);
        json.Texts("references"u8, rule.References);
        json.Texts("false_positives"u8, rule.FalsePositives);
        json.Text("caveat"u8, rule.Caveat);
        json.Writer.WriteEndObject();
    }
}

/// <summary>A correlation and its events, under <c>wiredns</c>: the schema has fields for one event only.</summary>
internal static class EcsCorrelation
{
    public static void Write(MemberWriter json, AlertCorrelation? correlation)
    {
        if (correlation is null)
        {
            return;
        }

        json.Writer.WriteStartObject("correlation"u8);
        json.Text("type"u8, correlation.Type);
        json.Text("condition"u8, correlation.Condition);
        json.Text("timespan"u8, correlation.Timespan);
        json.Writer.WriteNumber("value"u8, correlation.Value);
        if (correlation.Group.Count > 0)
        {
            // An array, not an object: rules choose the names, and an index cannot have a field for each.
            json.Writer.WriteStartArray("group"u8);
            for (var index = 0; index < correlation.Group.Count; index++)
            {
                json.Writer.WriteStartObject();
                json.Text("field"u8, correlation.Group[index].Field);
                json.Text("value"u8, correlation.Group[index].Value);
                json.Writer.WriteEndObject();
            }

            json.Writer.WriteEndArray();
        }

        if (correlation.Extent is { } extent)
        {
            json.Writer.WriteStartObject("extent"u8);
            json.Time("from"u8, extent.From);
            json.Time("until"u8, extent.Until);
            json.Number("events"u8, extent.Events);
            json.Text("cause"u8, extent.Cause);
            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndObject();
        WriteEvents(json, correlation.Events);
    }

    private static void WriteEvents(MemberWriter json, IReadOnlyList<CorrelatedEvent> events)
    {
        if (events.Count == 0)
        {
            return;
        }

        json.Writer.WriteStartArray("correlated_events"u8);
        for (var index = 0; index < events.Count; index++)
        {
            var correlated = events[index];
            json.Writer.WriteStartObject();
            json.Time("time"u8, correlated.UnixTimeNanoseconds);
            json.Text("client_address"u8, correlated.Client.Address);
            json.Number("client_port"u8, correlated.Client.Port);
            json.Text("question_name"u8, correlated.QuestionName);
            json.Number("packet_number"u8, correlated.PacketNumber);
            json.Text("file"u8, correlated.File);
            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndArray();
    }
}

/// <summary>What was held back, under <c>wiredns</c>.</summary>
internal static class EcsRepeats
{
    public static void Write(MemberWriter json, AlertRepeats? repeats)
    {
        if (repeats is null)
        {
            return;
        }

        json.Writer.WriteStartObject("repeats"u8);
        json.Text("cause"u8, repeats.Cause == HeldBack.Repeated ? "repeated" : "rate-limited");
        json.Number("count"u8, repeats.Count);
        json.Time("from"u8, repeats.From);
        json.Time("until"u8, repeats.Until);
        json.Number("window_seconds"u8, (long)repeats.Window.TotalSeconds);
        json.Text("sent_id"u8, repeats.SentId);
        json.Text("domain"u8, repeats.Domain);
        json.Texts("names"u8, repeats.Names);
        json.Flag("more_names"u8, repeats.HasMoreNames);
        json.Writer.WriteEndObject();
    }
}
