using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <summary>The windows of one correlation's groups, numbered from 1. Returned windows are reused.</summary>
internal sealed class WindowPool(CorrelationRule rule, int sourceCount, CorrelationLimits limits)
{
    /// <summary>No window.</summary>
    public const int None = 0;

    private readonly Stack<int> _unused = new();
    private readonly List<GroupWindow> _windows = [];
    private readonly TimeBlocks _times = new();

    // One more than the largest number in the condition: enough to tell whether a count is past it.
    private readonly int _capacity = (int)Math.Clamp(
        Math.Ceiling(rule.Condition.Thresholds.Max(threshold => threshold.Number.ToDouble())) + 1, 1, CorrelationRule.MaximumCount + 1);

    public GroupWindow this[int number] => _windows[number - 1];

    /// <summary>Rents a window without events and returns its number.</summary>
    public int Rent()
    {
        if (_unused.TryPop(out var number))
        {
            return number;
        }

        _windows.Add(Make());
        return _windows.Count;
    }

    /// <summary>Takes a window back, if it is one.</summary>
    public void Return(int number)
    {
        if (number != None)
        {
            this[number].Clear();
            _unused.Push(number);
        }
    }

    private GroupWindow Make() => rule.Type switch
    {
        CorrelationType.EventCount => new EventCountWindow(_capacity, limits.MaximumReportedEvents, _times),
        CorrelationType.ValueCount => new ValueCountWindow(_capacity),
        CorrelationType.Temporal => new TemporalWindow(sourceCount),
        CorrelationType.TemporalOrdered => new OrderedWindow(sourceCount),
        CorrelationType.ValueSum => new SumWindow(limits.MaximumNumbersPerGroup, isMean: false),
        CorrelationType.ValueAverage => new SumWindow(limits.MaximumNumbersPerGroup, isMean: true),
        _ => new PercentileWindow(limits.MaximumNumbersPerGroup, rule.Condition.Percentile),
    };
}
