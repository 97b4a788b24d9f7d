using System.Text.RegularExpressions;
using WireDns.Sigma.Rules;
using WireDns.Tests.Running;

namespace WireDns.Tests.Publish;

/// <summary>The workflows and forms of the repository, and the script that makes a release, as far as they can be tried without GitHub.</summary>
public sealed partial class ReleaseTests
{
    private static readonly string Folder = Path.Combine(TestPaths.Root, ".github");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.yml", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_is_sound_YAML_with_what_GitHub_asks_for(string file)
    {
        var roots = YamlReader.Read(file, File.ReadAllText(Path.Combine(Folder, file)), out var diagnostics);
        var root = Assert.IsType<YamlMap>(Assert.Single(roots));

        Assert.Empty(diagnostics);
        string[] required = file switch
        {
            "dependabot.yml" => ["version", "updates"],
            _ when file.StartsWith("workflows", StringComparison.Ordinal) => ["name", "on", "permissions", "jobs"],
            _ when file.EndsWith("config.yml", StringComparison.Ordinal) => ["blank_issues_enabled"],
            _ when file.StartsWith("ISSUE", StringComparison.Ordinal) => ["name", "description", "body"],
            _ => ["name", "description", "runs"],
        };
        Assert.All(required, key => Assert.NotNull(root.Find(key)));
    }

    [Fact]
    public void Every_action_is_pinned_by_its_commit_and_says_its_version()
    {
        var uses = Directory.GetFiles(Path.Combine(Folder, "workflows")).SelectMany(File.ReadLines).Where(line => line.Contains("uses:", StringComparison.Ordinal)).ToList();

        Assert.True(uses.Count > 5, "too few actions to show anything");
        Assert.All(uses, line => Assert.Matches(Pinned(), line));
        Assert.All(
            uses.Where(line => line.Contains('@', StringComparison.Ordinal)).GroupBy(line => line.Split("uses: ")[1].Split('@')[0]),
            action => Assert.Single(action.Select(line => line.Split('@')[1]).Distinct()));
    }

    [Fact]
    public void The_version_is_that_of_the_program()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the script is run by bash");
        using var script = RunningProgram.Start("bash", [Path.Combine(TestPaths.Root, "deploy", "package.sh"), "version"]);

        Assert.Equal(0, script.WaitForEnd());
        Assert.StartsWith(Assert.Single(script.Output.Lines), Product.Run("--version").Output.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_is_the_same_whoever_makes_it_when()
    {
        Assert.SkipUnless(RunningProgram.IsInstalled("python3"), "needs python3");
        using var folder = new TemporaryFolder();
        var archives = new List<byte[]>();
        foreach (var (name, time) in new[] { ("a", new DateTime(2026, 1, 1)), ("another", new DateTime(2020, 5, 5)) })
        {
            Directory.CreateDirectory(folder[$"{name}/wiredns-1/rules"]);
            foreach (var file in new[] { "wiredns-1/wiredns", "wiredns-1/LICENSE", "wiredns-1/rules/b.yml", "wiredns-1/rules/a.yml" })
            {
                File.SetLastWriteTimeUtc(folder.Write($"{name}/{file}", file), time);
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(folder[$"{name}/wiredns-1/wiredns"], (UnixFileMode)(name == "a" ? 0b111_101_101 : 0b111_000_000));
            }

            using var script = RunningProgram.Start(
                "python3", [Path.Combine(TestPaths.Root, "deploy", "archive.py"), folder[name], "wiredns-1", "1700000000", folder[$"{name}.tar.gz"]]);
            Assert.Equal(0, script.WaitForEnd());
            archives.Add(File.ReadAllBytes(folder[$"{name}.tar.gz"]));
        }

        Assert.Equal(archives[0], archives[1]);
        Assert.NotEmpty(archives[0]);
    }

    [GeneratedRegex(@"uses: (\./[a-z./]+|[a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+)$")]
    private static partial Regex Pinned();
}
