using System.Text;
using System.Text.Json;

namespace WireDns.TestTraffic.Generation;

/// <summary>
/// What a capture holds: the sound DNS messages in it and, among the queries, the planted lookups that a detector
/// must report, both by how they travel. A planted lookup's response holds its name too and is counted as a
/// message only.
/// </summary>
internal sealed class CaptureManifest
{
    private static readonly Delivery[] Deliveries = Enum.GetValues<Delivery>();

    private readonly long[] _queries = new long[Deliveries.Length];
    private readonly long[] _responses = new long[Deliveries.Length];
    private readonly long[] _planted = new long[Deliveries.Length];

    /// <summary>Counts a lookup's query.</summary>
    public void CountQuery(Delivery delivery, bool planted)
    {
        _queries[(int)delivery]++;
        _planted[(int)delivery] += planted ? 1 : 0;
    }

    /// <summary>Counts a response.</summary>
    public void CountResponse(Delivery delivery) => _responses[(int)delivery]++;

    /// <summary>The planted lookups of all ways together.</summary>
    public long PlantedTotal => _planted.Sum();

    /// <summary>Whether all counts agree.</summary>
    public bool HoldsTheSameAs(CaptureManifest other) =>
        _queries.SequenceEqual(other._queries)
        && _responses.SequenceEqual(other._responses)
        && _planted.SequenceEqual(other._planted);

    /// <summary>
    /// The manifest of a capture of that many packets and octets as one line of JSON; seed and faults only if there
    /// are such.
    /// </summary>
    public string ToJson(string kind, ulong? seed, long packets, long bytes, int? faults = null)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            if (seed is { } value)
            {
                json.WriteNumber("seed", value);
            }

            json.WriteNumber("packets", packets);
            json.WriteNumber("bytes", bytes);
            WriteCounts(json, "queries", _queries);
            WriteCounts(json, "responses", _responses);
            WriteCounts(json, "planted", _planted);
            if (faults is { } count)
            {
                json.WriteNumber("faults", count);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, long[] counts)
    {
        json.WriteStartObject(name);
        var total = 0L;
        foreach (var delivery in Deliveries)
        {
            json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(delivery.ToString()), counts[(int)delivery]);
            total += counts[(int)delivery];
        }

        json.WriteNumber("total", total);
        json.WriteEndObject();
    }
}
