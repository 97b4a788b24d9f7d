using System.Text.Json;

namespace WireDns.Tests.Conformance;

/// <summary>A public capture beside the checkout, and what an independent decoder (tshark) sees in it.</summary>
internal sealed class SharedCapture
{
    private SharedCapture(string path, string features)
    {
        Path = path;
        Features = features.Split(',');
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>What MANIFEST.tsv says about it.</summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>Whether the file is damaged, so that reading it must end in an error.</summary>
    public bool IsBroken => Features.Contains("broken");

    /// <summary>The names of all captures; if there are none, one name that says so, because a theory needs a row to skip.</summary>
    public static TheoryData<string> Names
    {
        get
        {
            var manifest = System.IO.Path.Combine(TestPaths.Root, "..", "shared", "captures", "MANIFEST.tsv");
            return File.Exists(manifest) ? [.. Rows(manifest).Select(row => row[0])] : ["absent"];
        }
    }

    /// <summary>All captures. Skips the running test if there are none.</summary>
    public static IReadOnlyList<SharedCapture> All()
    {
        var folder = TestPaths.Shared("captures");
        return
        [
            .. Rows(System.IO.Path.Combine(folder, "MANIFEST.tsv"))
                .Select(row => new SharedCapture(System.IO.Path.Combine(folder, "captures", row[0]), row[12])),
        ];
    }

    /// <summary>The capture of that name. Skips the running test if there are none.</summary>
    public static SharedCapture Named(string name) => All().Single(capture => capture.Name == name);

    /// <summary>The messages that the other decoder sees, a JSON object each.</summary>
    public IReadOnlyList<JsonElement> Expected()
    {
        var path = TestPaths.Shared(System.IO.Path.Combine("captures", "expected", Name + ".jsonl"));
        return [.. File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static IEnumerable<string[]> Rows(string manifest) => File.ReadLines(manifest).Skip(1).Select(line => line.Split('\t'));
}
