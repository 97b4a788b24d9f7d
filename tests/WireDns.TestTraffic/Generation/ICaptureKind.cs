namespace WireDns.TestTraffic.Generation;

/// <summary>A kind of capture: what is in it and how much of it by default.</summary>
internal interface ICaptureKind
{
    /// <summary>The kind's name on the command line.</summary>
    public string Name { get; }

    /// <summary>The size that the performance goals speak of.</summary>
    public CaptureBudget DefaultBudget { get; }

    /// <summary>The mean time between two packets.</summary>
    public int MeanNanosecondsBetweenPackets { get; }

    /// <summary>How many lookups are planted in a capture of that size unless the user says otherwise.</summary>
    public long DefaultPlantedCount(CaptureBudget budget);

    /// <summary>Writes the packets and counts in the manifest what they hold.</summary>
    public void Write(
        PcapWriter writer, CaptureBudget budget, long plantedCount, Xoshiro256 random, CaptureManifest manifest);
}
