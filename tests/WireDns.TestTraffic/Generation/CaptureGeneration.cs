namespace WireDns.TestTraffic.Generation;

/// <summary>Runs a kind of capture into a file or a stream.</summary>
internal static class CaptureGeneration
{
    /// <summary>Writes the file, replacing one that is there; returns its manifest, a line of JSON.</summary>
    public static string ToFile(ICaptureKind kind, CaptureRequest request, string path)
    {
        // The writer has its own buffer.
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        return ToStream(kind, request, file, new CaptureManifest());
    }

    /// <summary>Writes to a stream and disposes of it; returns the manifest as a line of JSON.</summary>
    public static string ToStream(ICaptureKind kind, CaptureRequest request, Stream stream, CaptureManifest manifest)
    {
        var random = new Xoshiro256(request.Seed);
        using var writer = new PcapWriter(stream, new CaptureClock(random.Fork(), kind.MeanNanosecondsBetweenPackets));
        kind.Write(writer, request.Budget, request.PlantedCount, random, manifest);
        return manifest.ToJson(kind.Name, request.Seed, writer.PacketCount, writer.ByteCount);
    }
}
