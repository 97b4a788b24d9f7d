namespace WireDns.Alerts.Formats;

/// <summary>
/// An event of the sensor in the schema: a change of the host that watches (category <c>host</c>, type <c>change</c>). What the schema has no
/// field for stands under <c>wiredns.sensor</c>.
/// </summary>
internal static class EcsSensorEvent
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static void WriteEvent(MemberWriter json, SensorEvent sensorEvent, int severity)
    {
        json.Writer.WriteStartObject("event"u8);
        json.Text("kind"u8, "event");
        json.Texts("category"u8, ["host"]);
        json.Texts("type"u8, ["change"]);
        json.Text("action"u8, "sensor-state");
        json.Text("outcome"u8, sensorEvent.IsOk ? "success" : "failure");
        json.Text("module"u8, "wiredns");
        json.Text("dataset"u8, "wiredns.sensor");
        json.Text("id"u8, sensorEvent.Id);
        json.Number("severity"u8, severity);
        json.Text("reason"u8, sensorEvent.Reason);
        json.Writer.WriteEndObject();
    }

    public static void WriteExtension(MemberWriter json, SensorEvent sensorEvent)
    {
        Span<byte> time = stackalloc byte[Timestamp.MaximumLength];
        json.Writer.WriteStartObject("wiredns"u8);
        json.Text("level"u8, sensorEvent.Level.Name());
        json.Writer.WriteStartObject("sensor"u8);
        json.Text("part"u8, sensorEvent.Part);
        json.Text("interface"u8, sensorEvent.Interface);
        json.Text("state"u8, sensorEvent.State);
        json.Texts("causes"u8, sensorEvent.Cause?.Split(',') ?? []);
        json.Text("previous_state"u8, sensorEvent.PreviousState);
        json.Writer.WriteString(
            "previous_since"u8,
            time[..Timestamp.Format(time, sensorEvent.UnixTimeNanoseconds - (sensorEvent.PreviousSeconds * NanosecondsPerSecond), decimals: 9)]);
        json.Number("previous_seconds"u8, sensorEvent.PreviousSeconds);
        json.Number("user_id"u8, sensorEvent.UserId);
        json.Writer.WriteEndObject();
        json.Writer.WriteEndObject();
    }
}
