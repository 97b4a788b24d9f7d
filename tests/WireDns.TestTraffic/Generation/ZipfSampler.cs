namespace WireDns.TestTraffic.Generation;

/// <summary>
/// Draws ranks with Zipf's law of exponent 1: rank k (from 1) has a weight of 1 / k, as names looked up on a network
/// do. Integers only: floating-point logarithms differ in their last bit between platforms.
/// </summary>
internal sealed class ZipfSampler
{
    private const ulong WeightOfFirst = 1UL << 40;

    private readonly ulong[] _cumulative;

    /// <summary>Prepares ranks 0 to <paramref name="count"/> - 1.</summary>
    public ZipfSampler(int count)
    {
        _cumulative = new ulong[count];
        var sum = 0UL;
        for (var rank = 0; rank < count; rank++)
        {
            sum += WeightOfFirst / (ulong)(rank + 1);
            _cumulative[rank] = sum;
        }
    }

    /// <summary>The next rank, from 0, the most frequent first.</summary>
    public int Next(Xoshiro256 random)
    {
        var point = random.Below(_cumulative[^1]);
        var found = Array.BinarySearch(_cumulative, point);

        // A rank owns the points from its predecessor's sum up to its own, the latter excluded.
        return found >= 0 ? found + 1 : ~found;
    }
}
