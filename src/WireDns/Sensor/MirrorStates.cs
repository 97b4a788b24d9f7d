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
    private readonly LinkedList<(long Time, RunCounters Counters)> _samples = new([(time.GetTimestamp(), RunCounters.None)]);

    /// <summary>The current state.</summary>
    public InterfaceState Current { get; private set; } = InterfaceState.Fine(time.GetUtcNow());

    /// <summary>Takes the counters so far. Call it about every ten seconds.</summary>
    /// <returns>The previous state if the state changed; null otherwise.</returns>
    public InterfaceState? Take(RunCounters counters)
    {
        // Not the time of day, which may be set back.
        var now = time.GetTimestamp();
        while (_samples.First!.Next is { } second && time.GetElapsedTime(second.Value.Time, now) >= LongestSpan)
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
        Current = Current.Next(findings.Count == 0 ? Sight.Ok : Sight.Degraded, cause, reason, time.GetUtcNow());
        return previous;
    }

    private RunCounters Recent(RunCounters counters, long now)
    {
        var recent = counters;
        for (var sample = _samples.Last; sample is not null; sample = sample.Previous)
        {
            recent = counters.Since(sample.Value.Counters);
            if (time.GetElapsedTime(sample.Value.Time, now) >= ShortestSpan && recent.Lookups.Total >= EnoughLookups)
            {
                break;
            }
        }

        return recent;
    }
}
