namespace WireDns.Sigma.Correlation;

/// <summary>
/// An exact percentile of numbers: between two of them it is interpolated, as most statistics programs do (the median of 1 and 2 is 1.5).
/// </summary>
internal sealed class PercentileWindow(int capacity, double percentile) : NumberWindow(capacity)
{
    private readonly List<double> _sorted = [];

    public override double Value
    {
        get
        {
            var place = percentile / 100 * (_sorted.Count - 1);
            var below = (int)Math.Floor(place);
            var above = Math.Min(below + 1, _sorted.Count - 1);
            return _sorted[below] + ((_sorted[above] - _sorted[below]) * (place - below));
        }
    }

    public override void Clear()
    {
        base.Clear();
        _sorted.Clear();
        _sorted.Capacity = Math.Min(_sorted.Capacity, 16);
    }

    protected override void Put(double number)
    {
        var place = _sorted.BinarySearch(number);
        _sorted.Insert(place < 0 ? ~place : place, number);
    }

    protected override void Take(double number) => _sorted.RemoveAt(_sorted.BinarySearch(number));
}
