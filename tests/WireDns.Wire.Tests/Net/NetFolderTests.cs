namespace WireDns.Wire.Tests.Net;

public sealed class NetFolderTests
{
    [Fact]
    public void Does_not_know_the_messages_that_it_carries()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(TestPaths.Root, "src", "WireDns.Wire", "Net"), "*.cs").ToList();

        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.DoesNotContain("WireDns.Wire.Dns", File.ReadAllText(source), StringComparison.Ordinal));
    }
}
