using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace WireDns.Tests;

/// <summary>The project's rules that the compiler alone does not enforce.</summary>
public sealed partial class ArchitectureTests
{
    [Theory]
    [InlineData("WireDns.Wire", "")]
    [InlineData("WireDns.Sigma", "")]
    [InlineData("WireDns.Alerts", "")]
    [InlineData("WireDns.Capture", "WireDns.Wire")]
    [InlineData("WireDns.Detection", "WireDns.Alerts WireDns.Sigma WireDns.Wire")]
    [InlineData("WireDns.Parquet", "WireDns.Alerts")]
    [InlineData("WireDns.Sql", "")]
    [InlineData("WireDns", "WireDns.Alerts WireDns.Capture WireDns.Detection WireDns.Parquet WireDns.Sigma WireDns.Wire")]
    public void A_project_refers_to_these_projects_alone(string project, string expected)
    {
        var file = XDocument.Load(Path.Combine(TestPaths.Root, "src", project, project + ".csproj"));
        var references = file.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
            .Order(StringComparer.Ordinal);

        Assert.Equal(expected, string.Join(' ', references));
    }

    [Theory]
    [InlineData("WireDns.Wire")]
    [InlineData("WireDns.Capture")]
    [InlineData("WireDns.Sigma")]
    [InlineData("WireDns.Alerts")]
    [InlineData("WireDns.Detection")]
    [InlineData("WireDns.Parquet")]
    public void A_library_shows_what_is_internal_to_tests_and_benchmarks_alone(string project)
    {
        var file = XDocument.Load(Path.Combine(TestPaths.Root, "src", project, project + ".csproj"));

        Assert.All(
            file.Descendants("InternalsVisibleTo").Select(friend => friend.Attribute("Include")!.Value),
            friend => Assert.Matches(@"^WireDns\.([A-Za-z]+\.)?(Tests|Benchmarks)$", friend));
    }

    [Fact]
    public void Wire_has_no_package()
    {
        var file = XDocument.Load(Path.Combine(TestPaths.Root, "src", "WireDns.Wire", "WireDns.Wire.csproj"));

        Assert.Empty(file.Descendants("PackageReference"));
    }

    [Theory]
    [InlineData("Net", "Dns")]
    [InlineData("Dns", "Net")]
    public void A_room_of_Wire_does_not_name_the_other(string room, string other)
    {
        var folder = Path.Combine(TestPaths.Root, "src", "WireDns.Wire");
        var foreign = Directory.GetFiles(Path.Combine(folder, other), "*.cs", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension)
            .Append(other)
            .ToArray();
        var named = new Regex($@"\b({string.Join('|', foreign)})\b", RegexOptions.NonBacktracking);
        var files = Directory.GetFiles(Path.Combine(folder, room), "*.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.NotEmpty(foreign);
        foreach (var file in files)
        {
            // The folder's own namespace names that folder, not the other; comments may mention the other.
            var code = Comment().Replace(File.ReadAllText(file), "").Replace("System.Net", "", StringComparison.Ordinal);
            Assert.False(named.IsMatch(code), $"{file} names {named.Match(code).Value}, which is in {other}");
        }
    }

    [Fact]
    public void No_source_file_is_longer_than_500_lines()
    {
        var files = Directory.GetFiles(Path.Combine(TestPaths.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

        Assert.All(files, file => Assert.InRange(File.ReadLines(file).Count(), 1, 500));
    }

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();
}
