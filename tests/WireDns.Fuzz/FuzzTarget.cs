namespace WireDns.Fuzz;

/// <summary>
/// A decoder under any bytes: it is run over an input, what must hold is checked, and what it did is noted in a <see cref="FeatureMap"/>.
/// Equal inputs do the same, no matter what ran before. Not thread-safe.
/// </summary>
internal abstract class FuzzTarget
{
    /// <summary>What the command line calls it.</summary>
    public abstract string Name { get; }

    /// <summary>The longest input that is worth its time, in bytes.</summary>
    public abstract int MaximumLength { get; }

    /// <summary>Runs the decoder.</summary>
    /// <param name="input">Any bytes.</param>
    /// <param name="features">Notes what happened.</param>
    /// <exception cref="InvariantException">The decoder broke a promise. Any other exception should not have escaped.</exception>
    public abstract void Run(ReadOnlySpan<byte> input, FeatureMap features);

    /// <summary>Adds the inputs that a capture holds for this target.</summary>
    public abstract void AddSeeds(CaptureContent capture, ICollection<byte[]> seeds);
}
