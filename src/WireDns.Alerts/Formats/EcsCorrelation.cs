namespace WireDns.Alerts.Formats;

/// <summary>A correlation and its events, under <c>wiredns</c>: the schema has fields for one event only.</summary>
internal static class EcsCorrelation
{
    public static void Write(EcsWriter json, AlertCorrelation? correlation)
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
            // An array, not an object: the names are the rules', and an index cannot have a field for each of them.
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

        json.Writer.WriteEndObject();
        WriteEvents(json, correlation.Events);
    }

    private static void WriteEvents(EcsWriter json, IReadOnlyList<CorrelatedEvent> events)
    {
        if (events.Count == 0)
        {
            return;
        }

        Span<byte> time = stackalloc byte[Timestamp.MaximumLength];
        json.Writer.WriteStartArray("correlated_events"u8);
        for (var index = 0; index < events.Count; index++)
        {
            var correlated = events[index];
            json.Writer.WriteStartObject();
            json.Writer.WriteString("time"u8, time[..Timestamp.Format(time, correlated.UnixTimeNanoseconds, decimals: 9)]);
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
