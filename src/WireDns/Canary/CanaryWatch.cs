using System.Buffers;
using System.Text.Json;
using WireDns.Alerts;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Transports;

namespace WireDns.Canary;

/// <summary>
/// Remembers the last canaries that were matched, and follows each to the sinks: a sink works in order, so what it had accepted when the canary was handed to it is
/// delivered once it has ended as many. Thread-safe.
/// </summary>
/// <param name="zone">The zone of the canaries.</param>
/// <param name="time">The clock.</param>
internal sealed class CanaryWatch(string zone, TimeProvider time)
{
    /// <summary>How many canaries are remembered.</summary>
    public const int Remembered = 64;

    private readonly Lock _gate = new();
    private readonly Queue<Sighting> _sightings = new();
    private long _matched;

    /// <summary>The zone, without a dot at its end.</summary>
    public string Zone => zone;

    /// <summary>Canaries that were matched since the start.</summary>
    public long Matched => Interlocked.Read(ref _matched);

    /// <summary>Takes a canary that was handed to the sinks.</summary>
    /// <param name="alert">The canary.</param>
    /// <param name="before">The sinks' counters before that.</param>
    /// <param name="after">The sinks' counters after that.</param>
    public void Note(Alert alert, IReadOnlyList<SinkCounters> before, IReadOnlyList<SinkCounters> after)
    {
        var now = time.GetUtcNow();
        var seen = alert.UnixTimeNanoseconds is { } nanoseconds ? DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick) : now;
        var sighting = new Sighting(alert.Message.QuestionName?.ToLowerInvariant() ?? "", alert.Interface, seen, now);
        for (var i = 0; i < after.Count; i++)
        {
            var (old, sink) = (before[i], after[i]);
            var outcome = sink.Filtered > old.Filtered ? CanaryOutcome.NotForIt : sink.Dropped > old.Dropped ? CanaryOutcome.Dropped : CanaryOutcome.Waiting;
            sighting.Sinks.Add(new SinkProgress(sink.Name, sink.Accepted + sink.Recovered, old.FailedTotal, outcome));
        }

        lock (_gate)
        {
            _matched++;
            _sightings.Enqueue(sighting);
            if (_sightings.Count > Remembered)
            {
                _sightings.Dequeue();
            }
        }
    }

    /// <summary>Looks how far the canaries have come. Call it about once a second.</summary>
    public void Look(IReadOnlyList<SinkCounters> sinks)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var sighting in _sightings)
            {
                for (var i = 0; i < sighting.Sinks.Count && i < sinks.Count; i++)
                {
                    sighting.Sinks[i] = sighting.Sinks[i].Look(sinks[i], now);
                }
            }
        }
    }

    /// <summary>What is known of the canary of a name; null if none was matched.</summary>
    public CanarySighting? Find(string name)
    {
        lock (_gate)
        {
            return _sightings.LastOrDefault(sighting => sighting.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Show();
        }
    }

    /// <summary>What is known of the canary that was matched last; null if none was.</summary>
    public CanarySighting? FindLast()
    {
        lock (_gate)
        {
            return _sightings.LastOrDefault()?.Show();
        }
    }

    /// <summary>What is known of the canary of a name, as a JSON object: what <c>wiredns selftest</c> reads.</summary>
    public byte[] ToJson(string name)
    {
        var found = Find(name);
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("zone", zone);
            json.WriteBoolean("matched", found is not null);
            found?.WriteMembers(json);
            json.WriteEndObject();
        }

        return [.. output.WrittenSpan];
    }

    private sealed class Sighting(string name, string? @interface, DateTimeOffset seen, DateTimeOffset matched)
    {
        public string Name => name;

        public List<SinkProgress> Sinks { get; } = [];

        public CanarySighting Show() =>
            new(name, @interface, seen, matched, [.. Sinks.Select(sink => new CanaryDelivery(sink.Name, sink.Outcome, sink.Trouble, sink.Ended))]);
    }

    // Where in a sink's order the canary is, and how many had failed there before it.
    private sealed record SinkProgress(string Name, long Position, long FailedBefore, CanaryOutcome Outcome, string? Trouble = null, DateTimeOffset? Ended = null)
    {
        public SinkProgress Look(SinkCounters sink, DateTimeOffset now)
        {
            if (Outcome != CanaryOutcome.Waiting || sink.Name != Name)
            {
                return this;
            }

            // One of those that failed since may be the canary: then it is not called delivered.
            var hasEnded = sink.Delivered + sink.FailedTotal >= Position;
            return !hasEnded ? this with { Trouble = sink.Trouble.Failure == SendFailure.None ? null : sink.Trouble.Words() }
                : sink.FailedTotal > FailedBefore ? this with { Outcome = CanaryOutcome.Failed, Trouble = sink.DescribeLosses(), Ended = now }
                : this with { Outcome = CanaryOutcome.Delivered, Trouble = null, Ended = now };
        }
    }
}

/// <summary>How far a canary has come at a sink.</summary>
internal enum CanaryOutcome
{
    /// <summary>The receiver has it.</summary>
    Delivered,

    /// <summary>It waits, in memory or in the spool.</summary>
    Waiting,

    /// <summary>It was not delivered, or one beside it was not.</summary>
    Failed,

    /// <summary>The sink's buffer was full.</summary>
    Dropped,

    /// <summary>The sink takes no alerts.</summary>
    NotForIt,
}

/// <summary>A canary that was matched.</summary>
/// <param name="Name">The name that was asked for, in lower case.</param>
/// <param name="Interface">Where it was seen.</param>
/// <param name="Seen">The time of its packet.</param>
/// <param name="Matched">When its alert was handed to the sinks.</param>
/// <param name="Sinks">What happened to it at each sink.</param>
internal sealed record CanarySighting(string Name, string? Interface, DateTimeOffset Seen, DateTimeOffset Matched, IReadOnlyList<CanaryDelivery> Sinks)
{
    /// <summary>The sinks that take alerts and have not delivered it.</summary>
    public IEnumerable<CanaryDelivery> Undelivered() => Sinks.Where(sink => sink.Outcome is not (CanaryOutcome.Delivered or CanaryOutcome.NotForIt));

    /// <summary>Writes it as members of a JSON object. Times in milliseconds are from the time of the packet on.</summary>
    public void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("interface"u8, Interface);
        json.WriteNumber("matched_ms"u8, SincePacket(Matched));
        json.WriteStartArray("sinks"u8);
        foreach (var sink in Sinks)
        {
            json.WriteStartObject();
            json.WriteString("sink"u8, sink.Sink);
            json.WriteString("outcome"u8, JsonNamingPolicy.SnakeCaseLower.ConvertName(sink.Outcome.ToString()));
            if (sink.Ended is { } ended)
            {
                json.WriteNumber("ended_ms"u8, SincePacket(ended));
            }

            if (sink.Trouble is not null)
            {
                json.WriteString("trouble"u8, sink.Trouble);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private double SincePacket(DateTimeOffset time) => Math.Round((time - Seen).TotalMilliseconds, 1);
}

/// <summary>What happened to a canary at a sink.</summary>
/// <param name="Sink">The sink's name.</param>
/// <param name="Outcome">How far it has come.</param>
/// <param name="Trouble">What is in the way, in words; null if nothing is known.</param>
/// <param name="Ended">By when it was delivered or had failed; null while it waits.</param>
internal sealed record CanaryDelivery(string Sink, CanaryOutcome Outcome, string? Trouble, DateTimeOffset? Ended);
