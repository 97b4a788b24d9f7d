using System.Text.Json.Nodes;
using CsCheck;
using WireDns.Settings;
using WireDns.Sharding;
using WireDns.Tests.Running;

namespace WireDns.Tests.Fleet;

/// <summary><c>shard</c> and <c>read --manifest</c>: docs/fleet.md.</summary>
public sealed class ShardTests : IDisposable
{
    private static readonly string[] Small = [Capture("3cx-beacon.pcapng"), Capture("clean.pcap"), Capture("queries-only.pcap"), Capture("tagged.pcap")];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_line_with_GNU_parallel_finds_what_one_run_finds_and_a_second_time_reads_nothing()
    {
        Assert.SkipUnless(RunningProgram.IsInstalled("parallel"), "needs GNU parallel, which ./run.sh setup installs on Debian");
        Directory.CreateSymbolicLink(_folder["archive"], TestPaths.Captures + "/correlations");
        Directory.CreateSymbolicLink(_folder["rules"], TestPaths.AllRules);
        const string Line = "wiredns shard archive/ --count 4 -o m.jsonl && parallel wiredns read --manifest m.jsonl --shard {} -r rules/ -o parquet:out ::: 0 1 2 3";
        Assert.Contains(Line, File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "fleet.md")), StringComparison.Ordinal);

        var first = Shell(Line);
        var second = Shell(Line);

        var plain = Product.Run("read", _folder["archive"], "-r", TestPaths.AllRules, "-q", "-f", "ecs");
        var hunted = Product.Run("hunt", _folder["out"], "-r", TestPaths.AllRules, "-f", "ecs");
        Assert.Equal(0, first.ExitStatus);
        Assert.Equal(0, second.ExitStatus);
        Assert.True(plain.Output.Lines.Count > 5);
        Assert.Equal(Ids(plain.Output.Lines), Ids(hunted.Output.Lines));
        Assert.Equal(plain.Output.Lines.Count, Directory.GetFiles(_folder["out/alerts"]).Sum(file => File.ReadLines(file).Count()));
        Assert.DoesNotContain("read now", second.Error.Text, StringComparison.Ordinal);
        Assert.Contains("finished by an earlier run", second.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_was_killed_and_repeated_leaves_what_an_undisturbed_run_leaves()
    {
        var large = _folder.Write("large.pcap", ManyLookups(60_000));
        var manifest = Divide(1, [.. Small, large]);
        using (var killed = Product.Start(Read(manifest, "killed")))
        {
            Wait(() => Files("killed").Any(file => file.EndsWith(".open", StringComparison.Ordinal)) && Records("killed").Count == Small.Length, killed);
            killed.Kill();
        }

        Assert.Equal(Small.Length, Records("killed").Count);
        Assert.Contains(Files("killed"), file => file.Contains(".aside-", StringComparison.Ordinal));

        var repeated = Product.Run(Read(manifest, "killed"));
        var undisturbed = Product.Run(Read(manifest, "whole"));

        Assert.Equal((0, 0), (repeated.ExitStatus, undisturbed.ExitStatus));
        Assert.Matches("finished by an earlier run +4\n +read now +1\n", repeated.Error.Text);
        Assert.Equal(Content("whole"), Content("killed"));
        Assert.Contains(Files("whole"), file => file.EndsWith(".parquet", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_format_has_the_alerts_that_read_writes_of_the_capture()
    {
        var manifest = Divide(1, [Small[0]]);
        var targets = AlertSinks.Formats.SelectMany(format => new[] { "-o", $"file:{_folder[format + ".plain"]},format={format}" });
        Assert.Equal(0, Product.Run(["read", Small[0], "-r", TestPaths.Rules, "-q", .. targets]).ExitStatus);
        Assert.All(AlertSinks.Formats, format =>
        {
            Assert.Equal(0, Product.Run("read", "--manifest", manifest, "-r", TestPaths.Rules, "-f", format, "--results", _folder[format], "-q").ExitStatus);

            var results = Assert.Single(Directory.GetFiles(_folder[format + "/alerts"]));
            Assert.Equal(File.ReadAllText(_folder[format + ".plain"]), File.ReadAllText(results));
            Assert.True(File.ReadLines(results).Count() > 5);
        });
    }

    [Fact]
    public void A_capture_that_fails_is_listed_with_status_1_and_read_again_while_the_others_are_finished()
    {
        var whole = File.ReadAllBytes(Small[0]);
        var cut = _folder.Write("cut.pcapng", whole.AsSpan(..^100));
        var gone = _folder.Write("gone.pcap", File.ReadAllBytes(Small[1]));
        var manifest = Divide(2, [cut, Small[2], gone]);
        File.Delete(gone);

        var first = Product.Run(Read(manifest, "out"));

        Assert.Equal(1, first.ExitStatus);
        Assert.Matches($"  failed +2 +the same command reads them again:\n +{cut}\n +{gone}\n", first.Error.Text);
        Assert.Contains($"{gone}: no such file", first.Error.Text, StringComparison.Ordinal);
        Assert.Contains(Directory.GetFiles(_folder["out/alerts"]), file => new FileInfo(file).Length > 0);

        File.WriteAllBytes(cut, whole);
        File.Copy(Small[1], gone);
        var second = Product.Run(Read(manifest, "out"));
        Assert.Equal(0, second.ExitStatus);
        Assert.Matches("finished by an earlier run +1\n +read now +2\n", second.Error.Text);
    }

    [Fact]
    public void With_other_rules_a_capture_is_read_again_and_its_lookups_are_in_the_log_once()
    {
        var manifest = Divide(1, [Small[0]]);
        var all = Product.Run(Read(manifest, "out"));
        var one = Product.Run("read", "--manifest", manifest, "-r", TestPaths.Rules, "-o", $"parquet:{_folder["out"]},sensor=s1");

        Assert.Equal((0, 0), (all.ExitStatus, one.ExitStatus));
        Assert.Equal(2, Records("out").Count);
        Assert.Equal(2, Directory.GetFiles(_folder["out/alerts"]).Length);
        Assert.Single(Files("out"), file => file.EndsWith(".parquet", StringComparison.Ordinal));
        var hunted = Product.Run("hunt", _folder["out"], "-r", TestPaths.Rules, "-f", "ecs");
        Assert.Equal(Ids(Product.Run("read", Small[0], "-r", TestPaths.Rules, "-f", "ecs").Output.Lines), Ids(hunted.Output.Lines));
    }

    [Fact]
    public void A_result_whose_file_is_gone_is_made_again()
    {
        var manifest = Divide(1, [Small[0]]);
        Product.Run(Read(manifest, "out"));
        var before = Content("out");
        File.Delete(Assert.Single(Directory.GetFiles(_folder["out/alerts"])));

        Assert.Equal(0, Product.Run(Read(manifest, "out")).ExitStatus);

        Assert.Equal(before, Content("out"));
    }

    [Theory]
    [InlineData("", ":1: a manifest was expected, and the file is empty")]
    [InlineData("hello\n", ":1:1: a JSON object was expected, and here it is none")]
    [InlineData("[]\n", ":1: a JSON object was expected")]
    [InlineData("{}\n", ":1: wiredns_manifest: a whole number from 1 on was expected")]
    [InlineData("""{"wiredns_manifest":2,"shards":1,"captures":0}""", ":1: wiredns_manifest: this version of the program reads 1, not 2")]
    [InlineData("""{"wiredns_manifest":1,"shards":0,"captures":0}""", ":1: shards: a whole number from 1 to 100000 was expected")]
    [InlineData("""{"wiredns_manifest":1,"shards":2,"captures":1}""", ":1: the manifest ends after 0 of 1 captures: it was cut, or changed by hand")]
    [InlineData("{\"wiredns_manifest\":1,\"shards\":2,\"captures\":1}\n{\"shard\":2,\"octets\":1,\"path\":\"a\"}", ":2: shard: a whole number from 0 to 1 was expected")]
    [InlineData("{\"wiredns_manifest\":1,\"shards\":2,\"captures\":1}\n{\"shard\":1,\"octets\":1,\"path\":\"\"}", ":2: path: a text was expected, the path of a capture")]
    [InlineData("{\"wiredns_manifest\":1,\"shards\":2,\"captures\":1}\n{\"shard\":1,\"octets\":1,\"path\":\"\\ud800\"}", ":2: path: a text was expected, the path of a capture")]
    [InlineData("{\"wiredns_manifest\":1,\"shards\":2,\"captures\":1}\n{\"shard\":1,\"octets\":-1,\"path\":\"a\"}", ":2: octets: a whole number from 0 on was expected")]
    [InlineData("{\"wiredns_manifest\":1,\"shards\":2,\"captures\":2}\n{\"shard\":1,\"octets\":1,\"path\":\"a\"}\n{\"shard\":0,\"octets\":1,\"path\":\"a\"}", ":3: path: a is in the manifest twice")]
    [InlineData("{\"wiredns_manifest\":1,\"shards\":2,\"captures\":2}\n{\"shard\":1,\"octets\":1,\"pa", ":2:")]
    public void A_manifest_that_cannot_be_used_is_refused_with_file_line_and_reason(string text, string reason)
    {
        var manifest = _folder.Write("m.jsonl", text);
        var run = Product.Run(Read(manifest, "out"));

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains($"wiredns: {manifest}{reason}", run.Error.Text, StringComparison.Ordinal);
        Assert.Contains($"{manifest}: this manifest cannot be used", run.Error.Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [InlineData("--shard 9", "--shard 9: ")]
    [InlineData("-o stdout", "-o stdout: with --manifest alerts go into files")]
    [InlineData("-o syslog://user:secret@192.0.2.1", "-o syslog://***@192.0.2.1: with --manifest alerts go into files")]
    [InlineData("--merge", "--merge: each capture of a manifest is read by itself")]
    [InlineData("--fail-on high", "--fail-on: not with --manifest")]
    [InlineData("--log-dns file:x", "--log-dns file:x: not with --manifest")]
    [InlineData("a.pcap", "a.pcap: --manifest says what is read")]
    public void What_does_not_go_with_a_manifest_is_refused(string arguments, string reason)
    {
        var manifest = Divide(1, [Small[0]]);
        var run = Product.Run(["read", "--manifest", manifest, "-r", TestPaths.Rules, "--results", _folder["out"], .. arguments.Split(' ')]);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains(reason, run.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_needs_a_folder_for_the_results_and_a_shard_needs_a_manifest()
    {
        var manifest = Divide(1, [Small[0]]);
        Assert.Contains("--manifest needs a folder for the results", Product.Run("read", "--manifest", manifest, "-r", TestPaths.Rules).Error.Text, StringComparison.Ordinal);
        Assert.Contains("--shard needs --manifest.", Product.Run("read", Small[0], "-r", TestPaths.Rules, "--shard", "0").Error.Text, StringComparison.Ordinal);
        Assert.Contains("read needs a FILE.", Product.Run("read", "-r", TestPaths.Rules).Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_differ_by_no_more_than_the_largest_capture()
    {
        Gen.Select(Gen.Long[0, 1L << 40].List[1, 60], Gen.Int[1, 12]).Sample((sizes, count) =>
        {
            var manifest = ShardManifest.Divide([.. sizes.Select((size, index) => ($"{index}.pcap", size))], count);
            var shards = Enumerable.Range(0, count).Select(shard => manifest.Captures.Where(capture => capture.Shard == shard).Sum(capture => capture.Octets)).ToList();

            Assert.Equal(sizes, manifest.Captures.Select(capture => capture.Octets));
            Assert.True(shards.Max() - shards.Min() <= sizes.Max());
        });
    }

    [Fact]
    public void What_cannot_be_in_a_manifest_is_said_and_the_rest_is_divided()
    {
        var run = Product.Run("shard", Small[0], "-", "--count", "2");

        Assert.Equal(1, run.ExitStatus);
        Assert.Contains("standard input: a manifest lists files", run.Error.Text, StringComparison.Ordinal);
        Assert.Equal(2, run.Output.Lines.Count);
        Assert.Contains("1 captures in 2 shards", run.Error.Text, StringComparison.Ordinal);
    }

    private static string Capture(string name) => Path.Combine(TestPaths.Captures, name);

    private static byte[] ManyLookups(int count)
    {
        var capture = new LookupCapture();
        for (var lookup = 0; lookup < count; lookup++)
        {
            capture.Wait(0.001).Query((byte)(lookup % 200), $"n{lookup}.example.com");
        }

        return capture.Bytes;
    }

    private string[] Read(string manifest, string results) =>
        ["read", "--manifest", manifest, "-r", TestPaths.AllRules, "-f", "ecs", "-o", $"parquet:{_folder[results]},sensor=s1"];

    private string Divide(int count, string[] captures)
    {
        var manifest = _folder["m.jsonl"];
        var run = Product.Run(["shard", .. captures, "--count", $"{count}", "-o", manifest]);
        Assert.True(run.ExitStatus == 0, run.Error.Text);
        return manifest;
    }

    private ProgramResult Shell(string line)
    {
        var path = $"{Path.GetDirectoryName(Product.Executable)}:{Environment.GetEnvironmentVariable("PATH")}";
        using var shell = RunningProgram.Start("bash", ["-c", line], _folder.Path, ("PATH", path));
        return new ProgramResult(shell.WaitForEnd(), shell.Output, shell.Error);
    }

    private string[] Files(string folder) => Directory.Exists(_folder[folder]) ? Directory.GetFiles(_folder[folder], "*", SearchOption.AllDirectories) : [];

    private List<string> Records(string folder) => [.. Files(folder).Where(file => file.Contains("/records/", StringComparison.Ordinal) && file.EndsWith(".json", StringComparison.Ordinal))];

    private SortedDictionary<string, string> Content(string folder) => new(
        Files(folder).ToDictionary(file => Path.GetRelativePath(_folder[folder], file), file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))),
        StringComparer.Ordinal);

    private static List<string> Ids(IReadOnlyList<string> lines) =>
        [.. lines.Select(line => (string)JsonNode.Parse(line)!["event"]!["id"]!).Order(StringComparer.Ordinal)];

    private static void Wait(Func<bool> condition, RunningProgram program)
    {
        var end = DateTime.UtcNow + RunningProgram.Patience;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end && !program.HasEnded, $"it did not come: {program.Error.Text}");
            Thread.Sleep(1);
        }
    }
}
