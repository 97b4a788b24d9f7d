using WireDns.Sigma.Correlation;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Correlation;

/// <summary>
/// What docs/correlations.md says of events in time order, without regard to cost: it keeps all events and starts over with
/// each one.
/// </summary>
internal sealed class NaiveCorrelator(CorrelationRule rule, int sourceCount)
{
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, (long Time, bool IsTrue)> _last = [];

    /// <summary>Whether the condition becomes true for the event's group.</summary>
    /// <param name="time">When it is.</param>
    /// <param name="id">Which event it is.</param>
    /// <param name="source">The rule that it matched.</param>
    /// <param name="group">Its group; null for none.</param>
    /// <param name="values">Its values of the field.</param>
    public bool Observe(long time, long id, int source, string? group, IReadOnlyList<double> values)
    {
        if (group is null || (NeedsValues && values.Count == 0))
        {
            return false;
        }

        _entries.Add(new Entry(time, id, source, group, values));
        var span = rule.Timespan.Ticks * 100;
        var window = _entries.Where(entry => entry.Group == group && entry.Time >= time - span).ToList();
        var isTrue = rule.Condition.IsTrueFor(ValueOf(window));
        var wasTrue = _last.TryGetValue(group, out var last) && last.IsTrue && last.Time >= time - span;
        _last[group] = (time, isTrue);
        return isTrue && !wasTrue;
    }

    private bool NeedsValues => rule.Condition.Fields.Count > 0;

    private double ValueOf(List<Entry> window)
    {
        var numbers = window.SelectMany(entry => entry.Values).Order().ToList();
        return rule.Type switch
        {
            CorrelationType.EventCount => window.Count,
            CorrelationType.ValueCount => numbers.Distinct().Count(),
            CorrelationType.Temporal => window.Select(entry => entry.Source).Distinct().Count(),
            CorrelationType.TemporalOrdered => Enumerable.Range(1, sourceCount).Reverse().FirstOrDefault(length => HasChain(window, length)),
            CorrelationType.ValueSum => numbers.Sum(),
            CorrelationType.ValueAverage => numbers.Average(),
            _ => Percentile(numbers, rule.Type == CorrelationType.ValueMedian ? 50 : rule.Condition.Percentile),
        };
    }

    // Taking the earliest event that fits leaves the most room for the others.
    private static bool HasChain(List<Entry> window, int length)
    {
        long? lastId = null;
        var place = 0;
        for (var source = 0; source < length; source++)
        {
            while (place < window.Count && (window[place].Source != source || window[place].Id == lastId))
            {
                place++;
            }

            if (place == window.Count)
            {
                return false;
            }

            lastId = window[place++].Id;
        }

        return true;
    }

    private static double Percentile(List<double> sorted, double percentile)
    {
        var place = percentile / 100 * (sorted.Count - 1);
        var (below, above) = ((int)Math.Floor(place), (int)Math.Ceiling(place));
        return below == above ? sorted[below] : sorted[below] + ((sorted[above] - sorted[below]) * (place - below));
    }

    private sealed record Entry(long Time, long Id, int Source, string Group, IReadOnlyList<double> Values);
}
