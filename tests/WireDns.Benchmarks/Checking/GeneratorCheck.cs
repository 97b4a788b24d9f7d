using System.Security.Cryptography;
using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Checking;

/// <summary>
/// The generator's own test: a small capture of each kind must hold what its manifest says, and must have the same octets
/// as ever, on this machine as on any other.
/// </summary>
internal static class GeneratorCheck
{
    private const long SmallBytes = 40_000_000;
    private const long PlantedCount = 24;

    /// <summary>Checks each kind and prints a line for it; false if one failed.</summary>
    public static bool Run(IEnumerable<ICaptureKind> kinds, TextWriter output)
    {
        var succeeded = true;
        foreach (var kind in kinds)
        {
            succeeded &= Run(kind, output);
        }

        return succeeded;
    }

    private static bool Run(ICaptureKind kind, TextWriter output)
    {
        var capture = new MemoryStream();
        var manifest = new CaptureManifest();
        var request = new CaptureRequest(new CaptureBudget(SmallBytes, IsInPackets: false), PlantedCount, Seed: 7);
        var expected = CaptureGeneration.ToStream(kind, request, capture, manifest);
        var octets = capture.ToArray();
        var audit = CaptureAudit.Of(new MemoryStream(octets));
        var hash = Convert.ToHexStringLower(SHA256.HashData(octets));
        var faults = audit.Faults.ToList();
        if (!manifest.HoldsTheSameAs(audit.Found))
        {
            faults.Add($"written {expected}");
            faults.Add($"found   {audit.ToJson()}");
        }

        if (manifest.PlantedTotal != PlantedCount)
        {
            faults.Add($"planted {manifest.PlantedTotal} of {PlantedCount}");
        }

        if (hash != KnownHash(kind.Name))
        {
            faults.Add($"SHA-256 {hash} is not the known one: if the change is meant, put it in its place");
        }

        output.WriteLine($"{kind.Name}: {(faults.Count == 0 ? "ok" : "FAILED")}");
        faults.ForEach(fault => output.WriteLine($"  {fault}"));
        return faults.Count == 0;
    }

    private static string KnownHash(string kind) => kind switch
    {
        "dns" => "ca9a7fe7fe973373af7ea5aea2cac5f39a25d89886ca87af3bd239ec73296378",
        "log" => "345379ebedc92ae5344ccb997a09b4d90c9bb6d6425491e05f5091e12d2db6a1",
        "span" => "aa87fe4a5b7ee27f665a6d69641253e005f4d1ec17c9b17a62a919ffd4a2583c",
        "hostile" => "987d83d4355dfbaabed8e11903cf2aed8f8f40af8c2dfd08dc90739e7b0b788f",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no hash is known for this kind"),
    };
}
