namespace WireDns.Wire.Tests.Net;

/// <summary>Where the captures are, and their packets.</summary>
internal static class TestCaptures
{
    /// <summary>The torture captures: the checkout's own, or those beside it; null if there are none.</summary>
    public static string? TortureFolder { get; } = new[]
    {
        Path.Combine(TestPaths.Captures, "torture"), Path.Combine(TestPaths.Root, "..", "shared", "torture"),
    }.FirstOrDefault(Directory.Exists);

    /// <summary>The packets of each torture capture. Skips the running test if there are none.</summary>
    public static IEnumerable<(string Name, List<CapturedPacket> Packets)> Torture() =>
        ReadFolder(TortureFolder ?? TestPaths.Shared("torture"));

    /// <summary>The packets of each shared capture that is a classic pcap file. Skips the running test if there are none.</summary>
    public static IEnumerable<(string Name, List<CapturedPacket> Packets)> Shared() =>
        ReadFolder(TestPaths.Shared(Path.Combine("captures", "captures")));

    private static IEnumerable<(string Name, List<CapturedPacket> Packets)> ReadFolder(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var file = File.ReadAllBytes(path);
            if (CaptureReader.IsPcap(file))
            {
                yield return (Path.GetFileName(path), CaptureReader.Read(file));
            }
        }
    }
}
