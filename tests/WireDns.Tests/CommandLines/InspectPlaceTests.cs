using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>The packet that <c>wiredns inspect</c> is asked for.</summary>
public sealed class InspectPlaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("plain.pcap")]
    [InlineData("with a space.pcap")]
    [InlineData("with#17.pcap")]
    [InlineData("ends#17")]
    [InlineData("tab\there, 👍 and \u200fright to left.pcap", Label = "characters that alerts escape")]
    public void Is_the_place_of_an_alert_as_it_is_printed(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && name.Contains('\t', StringComparison.Ordinal), "Windows has no such names");
        var path = _folder.Write(name, File.ReadAllBytes(SampleCaptures.Tagged));
        var alert = Product.Run("read", path, "-r", TestPaths.Rules, "-q").Output.Lines[^1];
        var place = alert[alert.IndexOf(Path.GetDirectoryName(path)!, StringComparison.Ordinal)..];
        var run = Product.Run("inspect", place);

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal($"Packet {place[(place.LastIndexOf('#') + 1)..]} of {place[..place.LastIndexOf('#')]}", run.Output.Lines[0]);
    }

    [Theory]
    [InlineData("#9", "--frame", "9")]
    [InlineData("", "--frame", "9")]
    public void Can_be_given_in_two_words_too(string suffix, params string[] options)
    {
        var run = Product.Run(["inspect", SampleCaptures.Tagged + suffix, .. options]);

        Assert.Equal(0, run.ExitStatus);
        Assert.StartsWith("Packet 9 of ", run.Output.Lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "tagged.pcap#9 names packet 9, and --frame another one", "#9", "--frame", "8")]
    [InlineData(2, "tagged.pcap#0? Give its number: --frame N", "#0")]
    [InlineData(2, "tagged.pcap#nine? Give its number: --frame N", "#nine")]
    [InlineData(1, "no such file or folder", ".not#3")]
    public void Is_refused_with_a_reason(int status, string reason, string suffix, params string[] options)
    {
        var run = Product.Run(["inspect", SampleCaptures.Tagged + suffix, .. options]);

        Assert.Equal(status, run.ExitStatus);
        Assert.Contains(reason, Assert.Single(run.Error.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_one_of_standard_input_as_alerts_call_it()
    {
        var run = Product.RunWithInput(File.ReadAllBytes(SampleCaptures.Tagged), "inspect", "standard input#9");

        Assert.Equal(0, run.ExitStatus);
        Assert.StartsWith("Packet 9 of standard input", run.Output.Lines[0], StringComparison.Ordinal);
    }
}
