using System.Text.Json;
using WireDns.TestTraffic.Generation;

namespace WireDns.Tests.Health;

/// <summary>A capture of the kind "hostile" (tests/WireDns.Benchmarks), 30 MB of it, and what was planted in it.</summary>
public sealed class HostileCaptureFile : IDisposable
{
    private const long Length = 30_000_000;
    private const long Planted = 80;

    public HostileCaptureFile()
    {
        var request = new CaptureRequest(new CaptureBudget(Length, IsInPackets: false), Planted, Seed: 7);
        using var manifest = JsonDocument.Parse(CaptureGeneration.ToFile(new HostileCapture(), request, Path));
        Packets = manifest.RootElement.GetProperty("packets").GetInt64();
        Messages = Total(manifest, "queries") + Total(manifest, "responses");
        PlantedLookups = Total(manifest, "planted");
    }

    public string Path { get; } = System.IO.Path.GetTempFileName();

    public long Packets { get; }

    public long Messages { get; }

    public long PlantedLookups { get; }

    public void Dispose() => File.Delete(Path);

    private static long Total(JsonDocument manifest, string member) => manifest.RootElement.GetProperty(member).GetProperty("total").GetInt64();
}
