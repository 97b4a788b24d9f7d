using System.Text.Json;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Noise;
using WireDns.Alerts.Transports;

namespace WireDns.Output;

/// <summary>The part of the JSON ledger that says what happened to alerts before the sinks, and where each sink's are.</summary>
internal static class DeliveryJson
{
    /// <summary>Writes the members <c>alerts</c> and <c>sinks</c>.</summary>
    /// <param name="json">The writer, in an object.</param>
    /// <param name="noise">What happened before the sinks.</param>
    /// <param name="alerts">The sinks of alerts.</param>
    /// <param name="others">The sinks of the lookup log and of evidence.</param>
    public static void Write(Utf8JsonWriter json, NoiseCounters noise, IReadOnlyList<SinkCounters> alerts, IReadOnlyList<SinkCounters> others)
    {
        json.WriteStartObject("alerts"u8);
        json.WriteNumber("raised"u8, noise.Raised);
        json.WriteNumber("silenced"u8, noise.Silenced);
        json.WriteNumber("rate_limited"u8, noise.RateLimited);
        json.WriteNumber("suppressed"u8, noise.Suppressed);
        json.WriteNumber("passed"u8, noise.Passed);
        json.WriteNumber("summaries"u8, noise.Summaries);
        json.WriteNumber("passed_for_want_of_room"u8, noise.WithoutWindow);
        json.WriteEndObject();
        json.WriteStartArray("sinks"u8);
        foreach (var sink in alerts)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, sink.Name);
            json.WriteString("items"u8, sink.Items);
            json.WriteNumber("raised"u8, sink.HandedOver + noise.Silenced + noise.RateLimited + noise.Suppressed);
            json.WriteNumber("silenced"u8, noise.Silenced);
            json.WriteNumber("rate_limited"u8, noise.RateLimited);
            json.WriteNumber("suppressed"u8, noise.Suppressed);
            Write(json, sink);
        }

        foreach (var sink in others)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, sink.Name);
            json.WriteString("items"u8, sink.Items);
            json.WriteNumber("raised"u8, sink.HandedOver);
            Write(json, sink);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, SinkCounters sink)
    {
        json.WriteNumber("recovered"u8, sink.Recovered);
        json.WriteNumber("filtered"u8, sink.Filtered);
        json.WriteNumber("delivered"u8, sink.Delivered);
        json.WriteNumber("waiting_in_memory"u8, sink.InMemory);
        json.WriteNumber("waiting_in_spool"u8, sink.Spooled);
        json.WriteNumber("dropped"u8, sink.Dropped);
        json.WriteNumber("failed"u8, sink.FailedTotal);
        json.WriteStartObject("failed_reasons"u8);
        foreach (var (reason, count) in sink.Failed.OrderBy(entry => entry.Key))
        {
            json.WriteNumber(reason.Name(), count);
        }

        json.WriteEndObject();
        json.WriteNumber("retries"u8, sink.Retries);
        json.WriteNumber("repeated"u8, sink.Repeated);
        json.WriteNumber("cut"u8, sink.Cut);
        json.WriteEndObject();
    }
}
