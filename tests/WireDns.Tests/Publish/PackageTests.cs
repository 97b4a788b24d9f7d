using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using WireDns.Samples;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Rules;
using WireDns.Tests.Running;

namespace WireDns.Tests.Publish;

/// <summary>The libraries as packages: their samples, what they say of others' licences.</summary>
public sealed partial class PackageTests
{
    [Theory]
    [InlineData("WireDns.Wire", "DecodeMessage.cs")]
    [InlineData("WireDns.Sigma", "MatchEvents.cs")]
    [InlineData("WireDns.Detection", "DetectInPackets.cs")]
    public void The_code_in_the_README_of_a_package_is_its_sample(string library, string sample)
    {
        var readme = File.ReadAllText(Path.Combine(TestPaths.Root, "src", library, "README.md"));
        var code = Code().Match(readme).Groups[1].Value;
        var body = File.ReadAllText(Path.Combine(TestPaths.Root, "tests", "WireDns.Samples", sample));

        Assert.NotEqual("", code);
        Assert.Contains(Lines(code), Lines(body), StringComparison.Ordinal);
    }

    [Fact]
    public void The_samples_do_what_they_say()
    {
        using var folder = new TemporaryFolder();
        var rule = folder.Write("rule.yml", RuleText.Of("s:\n    query|endswith: .evil.example\ncondition: s"));
        var output = new StringWriter();
        MatchEvents.Run(rule, ["{\"query\": \"www.evil.example\"}"u8.ToArray(), "{\"query\": \"good.example\"}"u8.ToArray()], output);
        DecodeMessage.Run(DnsBytes.Query("www.evil.example"), output);
        DetectInPackets.Run(
            rule, [Layers.Ipv4(Layers.Udp(DnsBytes.Query("www.evil.example"), 40_000, 53), 17, "192.0.2.10", "192.0.2.53")], output);

        Assert.Equal(
            ["A rule", "query", "question www.evil.example A", "sound", "A rule: www.evil.example from 192.0.2.10", "1 DNS packets", ""],
            output.ToString().ReplaceLineEndings("\n").Split('\n'));
    }

    // As docs/packages.md tells a user to.
    [Fact]
    public void The_dotnet_tool_is_packed_installed_and_finds_the_alerts_of_a_capture()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the script is run by bash");
        using var folder = new TemporaryFolder();
        var root = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        (string, string)[] environment = [("PATH", $"{root}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}"), ("DOTNET_ROOT", root)];
        RunToEnd("bash", [Path.Combine(TestPaths.Root, "deploy", "package.sh"), "nuget"]);
        RunToEnd(
            Path.Combine(root, "dotnet"),
            ["tool", "install", "WireDns", "--tool-path", folder["tools"], "--add-source", Path.Combine(TestPaths.Root, "artifacts", "packages")]);

        using var tool = RunningProgram.Start(folder["tools/wiredns"], ["read", SampleCaptures.Tagged, "-r", TestPaths.Rules, "-q"], folder.Path, environment);
        Assert.Equal(0, tool.WaitForEnd());
        Assert.Equal(SampleCaptures.TaggedAlerts, tool.Output.Lines.Count);

        void RunToEnd(string program, string[] arguments)
        {
            using var step = RunningProgram.Start(program, arguments, folder.Path, environment);
            Assert.True(step.WaitForEnd(TimeSpan.FromMinutes(10)) == 0, step.Output.Text + step.Error.Text);
        }
    }

    [Fact]
    public void The_notices_name_every_package_of_the_program_with_its_version_and_licence()
    {
        var notices = File.ReadAllText(Path.Combine(TestPaths.Root, "THIRD-PARTY-NOTICES.txt"));
        using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestPaths.Root, "src", "WireDns", "packages.lock.json")));
        var packages = locked.RootElement.GetProperty("dependencies").EnumerateObject().First().Value.EnumerateObject()
            .Where(package => package.Value.GetProperty("type").GetString() != "Project" && package.Name != "Microsoft.NET.ILLink.Tasks")
            .Select(package => (package.Name, Version: package.Value.GetProperty("resolved").GetString()!))
            .ToList();

        Assert.True(packages.Count > 8, "too few packages to show anything");
        Assert.All(packages, package => Assert.Contains($"\n{package.Name} {package.Version}\n    {LicenceOf(package.Name, package.Version)}\n", notices, StringComparison.Ordinal));
        Assert.Equal(packages.Count, NoticedPackage().Count(notices));
        Assert.All(new[] { "public suffix list", "MPL-2.0", "MITRE ATT&CK", ".NET runtime", "sigmahq" }, text => Assert.Contains(text, notices, StringComparison.Ordinal));
    }

    // The expression of the nuspec; the packages that only have an address there are under the MIT licence.
    private static string LicenceOf(string name, string version)
    {
        var folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var path = Path.Combine(folder, name.ToLowerInvariant(), version, $"{name.ToLowerInvariant()}.nuspec");
        Assert.SkipUnless(File.Exists(path), $"needs {name} {version} in the folder of restored packages");
        var license = XDocument.Load(path).Descendants().FirstOrDefault(element => element.Name.LocalName == "license");
        return license?.Value ?? (name.StartsWith("K4os.", StringComparison.Ordinal) ? "MIT" : "unknown");
    }

    // Without indentation: the sample stands deeper.
    private static string Lines(string code) => string.Join('\n', code.Trim().Split('\n').Select(line => line.Trim()));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"(?m)^[A-Za-z0-9.]+ [0-9]+\.[0-9.]+$")]
    private static partial Regex NoticedPackage();
}
