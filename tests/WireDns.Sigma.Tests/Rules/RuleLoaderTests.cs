using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Rules;

public sealed class RuleLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sigma-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Loads_folders_in_ordinal_order_of_their_files()
    {
        Write("b/two.yaml", "2");
        Write("a/z.yml", "1");
        Write("B/three.YML", "0");
        Write("a/readme.md", "no rule");
        Write(".git/x.yml", "9");
        var result = new RuleLoader().Load([_folder]);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(3, result.FileCount);
        Assert.Equal(["rule 0", "rule 1", "rule 2"], result.Rules.Select(r => r.Title));
    }

    [Fact]
    public void Loads_a_file_once_however_often_it_is_named()
    {
        var file = Write("a.yml", "1");
        Assert.Single(new RuleLoader().Load([file, _folder, Path.Combine(_folder, ".", "a.yml")]).Rules);
    }

    [Fact]
    public void Follows_what_Kubernetes_mounts_once()
    {
        Write("..2026/a.yml", "1");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "..data"), Path.Combine(_folder, "..2026"));
        File.CreateSymbolicLink(Path.Combine(_folder, "a.yml"), Path.Combine("..data", "a.yml"));
        var result = new RuleLoader().Load([_folder]);
        Assert.Empty(result.Diagnostics);
        Assert.Single(result.Rules);
    }

    [Fact]
    public void Ends_in_a_folder_that_links_to_itself()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "loop"), _folder);
        Assert.Contains(new RuleLoader().Load([_folder]).Diagnostics, d => d.Id is "folder-too-deep" or "file-unreadable");
    }

    [Fact]
    public void Rejects_the_later_of_two_rules_with_one_id()
    {
        Write("a.yml", "1", "929a690e-bef0-4204-a928-ef5e620d6fcc");
        Write("b.yml", "2", "929A690E-bef0-4204-a928-ef5e620d6fcc");
        var result = new RuleLoader().Load([_folder]);
        Assert.Equal("rule 1", Assert.Single(result.Rules).Title);
        var error = Assert.Single(result.Diagnostics);
        Assert.Equal(("duplicate-id", DiagnosticSeverity.Error), (error.Id, error.Severity));
        Assert.EndsWith("b.yml", error.File, StringComparison.Ordinal);
        Assert.Contains("a.yml:1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_it_cannot_find()
    {
        var missing = Path.Combine(_folder, "missing.yml");
        var error = Assert.Single(new RuleLoader().Load([missing]).Diagnostics);
        Assert.Equal(("file-not-found", missing), (error.Id, error.File));
        Assert.StartsWith($"{missing}:1:1: error: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Warns_of_a_folder_without_rules() =>
        Assert.Equal(DiagnosticSeverity.Warning, Assert.Single(new RuleLoader().Load([_folder]).Diagnostics).Severity);

    [Fact]
    public void Refuses_a_large_file_without_reading_it()
    {
        var file = Path.Combine(_folder, "big.yml");
        using (var stream = File.Create(file))
        {
            // Sparse: no block of it is on the disk.
            stream.SetLength(50L * 1024 * 1024 * 1024);
        }

        Assert.Equal("file-too-large", Assert.Single(new RuleLoader().Load([file]).Diagnostics).Id);
    }

    private string Write(string path, string number, string? id = null)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var idLine = id is null ? string.Empty : $"id: {id}\n";
        File.WriteAllText(file, $"title: rule {number}\n{idLine}logsource: {{category: dns}}\ndetection:\n  s: {{q: a}}\n  condition: s\n");
        return file;
    }
}
