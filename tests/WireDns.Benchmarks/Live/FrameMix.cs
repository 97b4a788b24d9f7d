namespace WireDns.Benchmarks.Live;

/// <summary>What is sent: frames out of a capture, over and over.</summary>
internal enum FrameMix
{
    /// <summary>Everything.</summary>
    All,

    /// <summary>Everything that is neither from nor to port 53.</summary>
    Noise,
}
