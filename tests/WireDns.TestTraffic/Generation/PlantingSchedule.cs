namespace WireDns.TestTraffic.Generation;

/// <summary>
/// Says when the next planted lookup is due: exactly so many, spread over the whole capture, each at a random place
/// in the first half of its share, so that the last one has room to come.
/// </summary>
internal sealed class PlantingSchedule
{
    private readonly long _count;
    private readonly long _share;
    private readonly Xoshiro256 _random;
    private long _taken;
    private long _nextDue;

    /// <summary>Spreads <paramref name="count"/> lookups over a budget.</summary>
    public PlantingSchedule(long count, CaptureBudget budget, Xoshiro256 random)
    {
        _count = count;
        _share = count == 0 ? 0 : budget.Target / count;
        _random = random;
        ScheduleNext();
    }

    /// <summary>True if a lookup is due once so much of the budget is used; the next one is scheduled then.</summary>
    public bool TryTake(long used)
    {
        if (_taken == _count || used < _nextDue)
        {
            return false;
        }

        _taken++;
        ScheduleNext();
        return true;
    }

    private void ScheduleNext() => _nextDue = (_taken * _share) + (long)_random.Below(((ulong)_share / 2) + 1);
}
