using System.Numerics;

namespace WireDns.Statistics;

/// <summary>Times in classes, each at most 1/16 wider than its lower end: a percentile is at most 6.3 % too high. One thread at a time.</summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 4;

    private readonly uint[] _classes = new uint[(64 - StepBits) << StepBits];
    private long _count;

    /// <summary>The longest time, in nanoseconds.</summary>
    public long Maximum { get; private set; }

    /// <summary>Adds a time in nanoseconds, at least 0.</summary>
    public void Add(long nanoseconds)
    {
        _classes[ClassOf(nanoseconds)]++;
        _count++;
        Maximum = Math.Max(Maximum, nanoseconds);
    }

    /// <summary>The time that a share of all times do not exceed, in nanoseconds; null if there is none.</summary>
    /// <param name="share">0 to 1.</param>
    public long? Percentile(double share)
    {
        var rank = (long)Math.Ceiling(share * _count);
        for (var number = 0; number < _classes.Length; number++)
        {
            rank -= _classes[number];
            if (rank <= 0 && _count > 0)
            {
                return Math.Min(Maximum, UpperEnd(number));
            }
        }

        return null;
    }

    // Below 16 a class has one number; from there on, 16 classes for each power of two.
    private static int ClassOf(long nanoseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)nanoseconds) - StepBits);
        return (shift << StepBits) + (int)(nanoseconds >> shift);
    }

    private static long UpperEnd(int number)
    {
        var shift = Math.Max(0, (number >> StepBits) - 1);
        return ((long)(number - (shift << StepBits)) << shift) + (1L << shift) - 1;
    }
}
