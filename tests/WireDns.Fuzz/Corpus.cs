namespace WireDns.Fuzz;

/// <summary>Inputs out of folders of captures.</summary>
internal static class Corpus
{
    // Longer files hold more of the same, and every mutation pays for their length.
    private const long MaximumFileLength = 4 << 20;

    /// <summary>All inputs that a target finds in the files of some folders, always in the same order.</summary>
    public static IEnumerable<byte[]> ReadSeeds(FuzzTarget target, IEnumerable<string> folders)
    {
        var seeds = new List<byte[]>();
        foreach (var folder in folders)
        {
            foreach (var path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                if (IsCapture(path))
                {
                    seeds.Clear();
                    target.AddSeeds(CaptureContent.Read(path), seeds);
                    foreach (var seed in seeds)
                    {
                        yield return seed;
                    }
                }
            }
        }
    }

    /// <summary>Those of them that make the target do something new.</summary>
    public static IEnumerable<byte[]> ReadUsefulSeeds(FuzzTarget target, IEnumerable<string> folders)
    {
        var features = new FeatureMap();
        foreach (var seed in ReadSeeds(target, folders))
        {
            var before = features.Count;
            target.Run(seed.AsSpan(0, Math.Min(seed.Length, target.MaximumLength)), features);
            if (features.Count > before)
            {
                yield return seed;
            }
        }
    }

    private static bool IsCapture(string path) =>
        new FileInfo(path).Length <= MaximumFileLength
        && Path.GetExtension(path) is not (".json" or ".jsonl" or ".tsv" or ".md" or ".sh" or ".py" or ".txt" or ".yml");
}
