using WireDns.Detection.Counters;
using WireDns.Detection.Health;

namespace WireDns.Sensor;

/// <summary>
/// The state of the mirrored link as a whole, which shows in the decoded traffic rather than on a single interface. Judged by the counters of the
/// last minute, or, if that has fewer than 20 lookups, of as much of the last five minutes as it takes to have 20. Not thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class MirrorStates(TimeProvider time)
{
    private const int EnoughLookups = 20;

    private static readonly TimeSpan ShortestSpan = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestSpan = TimeSpan.FromMinutes(5);

    // Oldest first. Anything counted before the first sample belongs to the start.
    private readonly LinkedList<(DateTimeOffset Time, RunCounters Counters)> _samples = new([(time.GetUtcNow(), RunCounters.None)]);

    /// <summary>The current state.</summary>
    public InterfaceState Current { get; private set; } = InterfaceState.Fine(time.GetUtcNow());

    /// <summary>Takes the counters so far. Call it about every ten seconds.</summary>
    /// <returns>The previous state if the state changed; null otherwise.</returns>
    public InterfaceState? Take(RunCounters counters)
    {
        var now = time.GetUtcNow();
        while (_samples.First!.Next is { } second && now - second.Value.Time >= LongestSpan)
        {
            _samples.RemoveFirst();
        }

        var recent = Recent(counters, now);
        _samples.AddLast((now, counters));
        List<HealthFinding> findings = [.. MirrorHealth.Of(recent).Findings];
        if (EncryptedDnsUse.Of(recent, 0).Finding(recent.DnsPackets) is { } encrypted)
        {
            findings.Add(encrypted);
        }

        var cause = string.Join(',', findings.Select(finding => finding.Name));
        var reason = string.Join("; ", findings.Select(finding => finding.Advice));
        if (cause == Current.Cause)
        {
            Current = Current with { Reason = reason };
            return null;
        }

        var previous = Current;
        Current = Current.Next(findings.Count == 0 ? Sight.Ok : Sight.Degraded, cause, reason, now);
        return previous;
    }

    private RunCounters Recent(RunCounters counters, DateTimeOffset now)
    {
        var recent = counters;
        for (var sample = _samples.Last; sample is not null; sample = sample.Previous)
        {
            recent = counters.Since(sample.Value.Counters);
            if (now - sample.Value.Time >= ShortestSpan && recent.Lookups.Total >= EnoughLookups)
            {
                break;
            }
        }

        return recent;
    }
}
