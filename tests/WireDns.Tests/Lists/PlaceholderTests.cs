using WireDns.Detection.Lists;
using WireDns.Settings;
using WireDns.Tests.Detection;
using WireDns.Tests.Running;

namespace WireDns.Tests.Lists;

/// <summary>Rules whose values are files, from the command line to the alerts.</summary>
public sealed class PlaceholderTests
{
    [Theory]
    [InlineData("bad=domains.txt", "bad", "domains.txt", null, null)]
    [InlineData("%bad%=domains.txt", "bad", "domains.txt", null, null)]
    [InlineData("bad=domains.txt:list", "bad", "domains.txt", ListFormat.Plain, null)]
    [InlineData("bad=/etc/hosts:hosts", "bad", "/etc/hosts", ListFormat.Hosts, null)]
    [InlineData("bad=zone:rpz", "bad", "zone", ListFormat.Rpz, null)]
    [InlineData("bad=a:b.csv:csv:first seen", "bad", "a:b.csv", ListFormat.Csv, "first seen")]
    [InlineData("bad=feed.csv:csv:2", "bad", "feed.csv", ListFormat.Csv, "2")]
    [InlineData("bad=feed.csv:csv", "bad", "feed.csv", ListFormat.Csv, null)]
    [InlineData("bad=feed.csv:csv:", "bad", "feed.csv:csv:", null, null)]
    [InlineData("bad=x=y.txt", "bad", "x=y.txt", null, null)]
    public void Reads_an_argument(string text, string name, string file, object? format, string? column) =>
        Assert.Equal(new PlaceholderFile(name, file, (ListFormat?)format, column), PlaceholderFile.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("bad")]
    [InlineData("bad=")]
    [InlineData("=file")]
    [InlineData("a-b=file")]
    [InlineData("%=file")]
    public void Refuses_an_argument(string text) => Assert.Null(PlaceholderFile.Parse(text));

    public static IEnumerable<TheoryDataRow<string, string, string[]>> Lists =>
    [
        new("QueryName|expand: '%bad%'", "evil.example\n", ["evil.example", "EVIL.example"]) { Label = "a list, exactly" },
        new("QueryName|endswith|expand: '.%bad%'", "evil.example\n", ["www.evil.example"]) { Label = "a list, below" },
        new("QueryName|contains|expand: '%bad%'", "evil.ex\n", ["evil.example", "EVIL.example", "www.evil.example", "notevil.example"]) { Label = "a list, anywhere" },
        new("QueryName|expand: '%bad%'", "*.evil.example\n", ["www.evil.example"]) { Label = "names below a name" },
        new("QueryName|expand: '%bad%'", "evil.example CNAME .\n*.evil.example CNAME .\n", ["evil.example", "EVIL.example", "www.evil.example"]) { Label = "a zone" },
        new("QueryName|expand: '%bad%'", "*vil.example\n", ["*vil.example"]) { Label = "stars that stand for themselves" },
        new("QueryName|expand: '%bad%'", "bücher.example\n", ["xn--bcher-kva.example"]) { Label = "other letters" },
        new("parent_domain|expand: '%bad%'", "0.0.0.0 evil.example\n", ["evil.example", "EVIL.example", "www.evil.example"]) { Label = "a registered domain" },
    ];

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_list_is_a_rule_like_another(string match, string list, string[] names)
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run(
            "read", Capture(folder), "-r", folder.Write("rule.yml", RuleText.Of(match)), "--placeholder", "bad=" + folder.Write("list", list), "-q");

        Assert.Equal(0, run.ExitStatus);
        Assert.Empty(run.Error.Lines);
        Assert.Equal(names, run.Output.Lines.Select(line => line.Split(' ').First(word => word.EndsWith(".example", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_name_that_is_given_twice_has_the_values_of_both_files()
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run(
            "read", Capture(folder), "-r", folder.Write("rule.yml", RuleText.Of("QueryName|expand: '%bad%'")), "-q",
            "--placeholder", "bad=" + folder.Write("a", "evil.example\n"), "--placeholder", "bad=" + folder.Write("b", "x,notevil.example\n") + ":csv:2");

        Assert.Equal(3, run.Output.Lines.Count);
    }

    [Fact]
    public void A_rule_whose_placeholder_has_no_values_is_rejected()
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run("read", Capture(folder), "-r", folder.Write("rule.yml", RuleText.Of("QueryName|expand: '%bad%'")));

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("the placeholder %bad% has no values", run.Error.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_faulty_list_ends_the_run_before_it_begins_with_each_fault()
    {
        using var folder = new TemporaryFolder();
        var list = folder.Write("list", "0.0.0.0 a.example\nb.example\nc.example\n");
        var run = Product.Run(
            "read", Capture(folder), "-r", folder.Write("rule.yml", RuleText.Of("QueryName|expand: '%bad%'")), "--placeholder", "bad=" + list);

        Assert.Equal(2, run.ExitStatus);
        Assert.Empty(run.Output.Lines);
        Assert.Equal(
            [
                $"{list}:2: expected an address and the names after it, found 'b.example'",
                $"{list}:3: expected an address and the names after it, found 'c.example'",
                $"wiredns: {list}: its values for %bad% cannot be used",
            ],
            run.Error.Lines);
    }

    [Theory]
    [InlineData("bad=/nowhere/list", "wiredns: /nowhere/list: no such file")]
    [InlineData("bad=/", "wiredns: /: permission denied, or a folder")]
    [InlineData("bad", "wiredns: --placeholder takes NAME=FILE, the name in letters, digits and underscores, not 'bad'.")]
    public void A_list_that_cannot_be_read_ends_the_run_with_a_line(string argument, string line)
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run("rules", "check", folder.Write("rule.yml", RuleText.Of("query: a.example")), "--placeholder", argument);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal([line], run.Error.Lines);
    }

    private static string Capture(TemporaryFolder folder)
    {
        var capture = new LookupCapture();
        ushort id = 0;
        foreach (var name in new[] { "evil.example", "EVIL.example", "www.evil.example", "notevil.example", "*vil.example", "xn--bcher-kva.example", "good.test" })
        {
            capture.Query(++id, DnsBytes.Query(name, id));
        }

        return folder.Write("capture.pcap", capture.Bytes);
    }
}
