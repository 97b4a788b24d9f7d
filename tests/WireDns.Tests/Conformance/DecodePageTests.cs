using System.Text.RegularExpressions;
using WireDns.Wire;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Tests.Conformance;

/// <summary>docs/decode.md is correct: its example, every tunnel, every link type.</summary>
public sealed partial class DecodePageTests
{
    private static string Page => File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "decode.md"));

    [Fact]
    public void Its_example_is_what_is_printed()
    {
        var capture = Path.Combine(TestPaths.Captures, "torture", "encap_vxlan_vlan.pcap");
        var printed = DecodeRun.Of(capture).Messages[1].GetRawText();

        Assert.Contains(printed.Replace(capture, "capture.pcap", StringComparison.Ordinal), Page, StringComparison.Ordinal);
    }

    [Fact]
    public void It_has_every_tunnel() =>
        Assert.All(Enum.GetValues<TunnelKind>(), kind => Assert.Contains($"`{kind.ToName()}`", Page, StringComparison.Ordinal));

    [Fact]
    public void It_has_every_link_type_and_no_other()
    {
        var table = LinkTypeTable().Match(Page).Value;
        var named = new HashSet<int>();
        foreach (Match number in NumberOrRange().Matches(table))
        {
            var first = int.Parse(number.Groups[1].ValueSpan);
            var last = number.Groups[2].Success ? int.Parse(number.Groups[2].ValueSpan) : first;
            named.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        Assert.Equal(Enum.GetValues<LinkType>().Select(type => (int)type).Where(type => type >= 0).Order(), named.Order());
    }

    [GeneratedRegex(@"^\*\*Link types\*\*.*?^Not read", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex LinkTypeTable();

    // Numbers on their own: not part of a protocol's name or a version.
    [GeneratedRegex(@"(?<![\w.])(?<!version )(\d+)(?: to (\d+))?(?![\w.])")]
    private static partial Regex NumberOrRange();
}
