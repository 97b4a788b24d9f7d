using WireDns.Tests.Running;

namespace WireDns.Tests.Conformance;

/// <summary>The exit status of the program itself: 1 and a line for a broken capture, 0 for any other.</summary>
public sealed class ExitStatusTests
{
    [Theory]
    [InlineData("cut in the header of a record", "ndpi-fuzz-2021-10-13.pcap", 1)]
    [InlineData("an absurd length", "pcpp-clusterfuzz-testcase-FuzzTarget-5781142119907328", 1)]
    [InlineData("a reserved field in use", "pcpp-clusterfuzz-testcase-minimized-FuzzTarget-5752969003008000", 1)]
    [InlineData("cut after a record", "pcpp-crash-invalid-asn-record-len", 1)]
    [InlineData("an absurd length after two packets", "pcpp-igmplayer", 1)]
    [InlineData("a byte after the last record", "scapy-bad_rsn_parsing_overrides_ssid.pcap", 1)]
    [InlineData("cut in a record", "sv-tls_DER-incomplete-content.pcap", 1)]
    [InlineData("a snoop file", "pcpp-solaris.snoop", 0)]
    [InlineData("a link type that is not known", "scapy-candump_uds_scanner.pcap.gz", 0)]
    [InlineData("an ordinary capture", "arkime-dns-update.pcap", 0)]
    public void Says_whether_a_capture_was_read_to_its_end(string about, string name, int expected)
    {
        var capture = SharedCapture.Named(name);

        var run = Product.Run("decode", capture.Path);

        Assert.True(run.ExitStatus == expected, about);
        Assert.Equal(capture.IsBroken, run.ExitStatus != 0);
        if (expected == 0)
        {
            Assert.Empty(run.Error.Lines);
        }
        else
        {
            Assert.StartsWith($"wiredns: {capture.Path}: packet ", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_broken_captures_are_those_of_the_manifest() =>
        Assert.Equal(7, SharedCapture.All().Count(capture => capture.IsBroken));
}
