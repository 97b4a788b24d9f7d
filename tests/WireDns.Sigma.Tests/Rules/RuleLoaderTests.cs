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
    public void Loads_each_real_file_once_however_many_links_lead_to_it()
    {
        Write("rules/a.yml", "1");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "rules", "loop"), _folder);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "other"), Path.Combine(_folder, "rules"));
        File.CreateSymbolicLink(Path.Combine(_folder, "b.yml"), Path.Combine("rules", "a.yml"));
        var result = new RuleLoader().Load([_folder, Path.Combine(_folder, "b.yml")]);
        Assert.Empty(result.Diagnostics);
        Assert.Single(result.Rules);
        Assert.Equal(1, result.FileCount);
    }

    [Fact]
    public void Says_that_a_link_leads_nowhere()
    {
        Write("a.yml", "1");
        File.CreateSymbolicLink(Path.Combine(_folder, "b.yml"), Path.Combine(_folder, "gone.yml"));
        var result = new RuleLoader().Load([_folder]);
        Assert.Single(result.Rules);
        Assert.EndsWith("b.yml", Assert.Single(result.Diagnostics, d => d.Id == "file-unreadable").File, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_out_a_pipe_in_a_folder()
    {
        Write("a.yml", "1");
        var pipe = MakePipe("b.yml");
        var result = new RuleLoader().Load([_folder]);
        Assert.Single(result.Rules);
        var warning = Assert.Single(result.Diagnostics);
        Assert.Equal(("not-a-file", DiagnosticSeverity.Warning, pipe), (warning.Id, warning.Severity, warning.File));
    }

    [Fact]
    public async Task Reads_a_pipe_that_is_named()
    {
        var pipe = MakePipe("pipe");
        var content = File.ReadAllBytes(Write("a.yml", "1"));
        var writer = Task.Run(
            () =>
            {
                using var stream = new FileStream(pipe, FileMode.Open, FileAccess.Write);
                stream.Write(content);
            },
            TestContext.Current.CancellationToken);
        var result = new RuleLoader().Load([pipe]);
        await writer;
        Assert.Empty(result.Diagnostics);
        Assert.Single(result.Rules);
    }

    [Fact]
    public void Gives_up_on_a_pipe_that_nobody_writes()
    {
        var pipe = MakePipe("pipe");
        var error = Assert.Single(new RuleLoader(new SigmaParserOptions { PipeTimeout = TimeSpan.FromMilliseconds(50) }).Load([pipe]).Diagnostics);
        Assert.Equal("file-unreadable", error.Id);
        Assert.Contains("0.1 s", error.Message, StringComparison.Ordinal);
        // Releases the thread that waits for a writer.
        using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write);
    }

    [Fact]
    public void Refuses_a_device_that_never_ends() =>
        Assert.Equal(
            "file-too-large",
            Assert.Single(new RuleLoader(new SigmaParserOptions { MaximumFileBytes = 100_000 }).Load(["/dev/zero"]).Diagnostics).Id);

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

    private string MakePipe(string name)
    {
        var path = Path.Combine(_folder, name);
        using var process = System.Diagnostics.Process.Start("mkfifo", [path]);
        process.WaitForExit();
        return path;
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
