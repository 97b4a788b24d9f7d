using System.Text.Json;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;
using WireDns.Tests.Detection;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules fields</c>, and the fields that it lists.</summary>
public sealed class FieldGuideTests
{
    // One lookup: the examples are of it.
    private const string Name = "www.shop.example.co.uk";

    // Of logs of Windows alone.
    private static readonly string[] WithoutOwnValue = ["Channel", "Provider_Name", "Provider_Guid", "EventID"];

    [Fact]
    public void Every_name_that_the_engine_knows_is_in_the_list_once()
    {
        var listed = FieldGuide.All.SelectMany(field => field.Names.Concat(field.OtherNames)).ToList();

        Assert.Empty(DnsFields.AllNames.Except(listed));
        Assert.Equal(listed.Count, listed.Distinct(StringComparer.Ordinal).Count());
        Assert.All(listed, name => Assert.True(
            Enum.GetValues<Log>().Any(log => DnsFields.IsOnTheWire(name, SourceOf(log))), $"{name} is on no wire"));
        Assert.All(Enum.GetValues<DnsField>(), field => Assert.NotEmpty(FieldGuide.MeaningOf(field)));
    }

    [Fact]
    public void The_documentation_has_each_name_and_the_type_and_place_are_the_engines()
    {
        var page = File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "fields.md"));

        // The spellings of other products are listed by the command alone.
        Assert.All(FieldGuide.All.SelectMany(field => field.Names), name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
        Assert.All(FieldGuide.All.SelectMany(field => field.Names.Select(name => (field, name))), pair =>
            Assert.Equal(DnsFields.NeedsResponse(pair.name), pair.field.Presence != FieldPresence.Query));
    }

    [Fact]
    public void The_examples_are_what_the_engine_says_of_one_lookup()
    {
        var message = DnsBytes.Message(0x1234, 0x8180, [DnsBytes.Question(Name)], [DnsBytes.Address(Name, "198.51.100.7", timeToLive: 300)]);
        using var folder = new TemporaryFolder();
        var capture = folder.Write("capture.pcap", new LookupCapture().Query(0, DnsBytes.Query(Name, id: 0x1234)).Response(0.025, message).Bytes);
        foreach (var (field, index) in FieldGuide.All.Select((field, index) => (field, index)).Where(pair => !WithoutOwnValue.Contains(NameOf(pair.field))))
        {
            var name = NameOf(field);
            var source = name is "_path" or "event.module" or "event.dataset" ? "{product: zeek, service: dns}" : "{category: dns}";
            folder.Write($"{index}.yml", RuleText.Of($"s:\n    '{name}': '{field.Example}'\ncondition: s", title: $"'{name}'", logSource: source));
        }

        var alerts = DetectionRun.Of(LoadedRules.Load([folder.Path]), capture).Alerts.Select(alert => alert.Rule.Title);
        Assert.Empty(FieldGuide.All.Select(NameOf).Except(WithoutOwnValue).Except(alerts));
    }

    [Fact]
    public void The_list_is_for_people_and_for_programs()
    {
        var text = Product.Run("rules", "fields", "-v");
        var lines = Product.Run("rules", "fields", "--format", "json").Output.Lines;

        Assert.Equal(FieldGuide.All.Count, lines.Count);
        Assert.All(lines, line =>
        {
            using var json = JsonDocument.Parse(line);
            var names = json.RootElement.GetProperty("names").EnumerateArray().Concat(json.RootElement.GetProperty("other_names").EnumerateArray());
            Assert.All(names, name => Assert.Contains(name.GetString()!, text.Output.Text, StringComparison.Ordinal));
            Assert.Matches("^(query|response|both)$", json.RootElement.GetProperty("in").GetString());
        });
    }

    [Fact]
    public void A_search_finds_names_of_other_products_and_says_when_there_is_nothing()
    {
        Assert.Equal("query  QueryName  QNAME  dns.question.name", Product.Run("rules", "fields", "dnsquerystring").Output.Lines[0]);

        var nothing = Product.Run("rules", "fields", "Image");
        Assert.Equal(2, nothing.ExitStatus);
        Assert.Contains("no field has 'Image'", Assert.Single(nothing.Error.Lines), StringComparison.Ordinal);
    }

    private static string NameOf(FieldDescription field) => field.Names is [var first, ..] ? first : field.OtherNames[0];

    private enum Log
    {
        Network,
        Zeek,
        Sysmon,
        Client,
        Server,
        Windows,
    }

    private static LogSource SourceOf(Log log) => log switch
    {
        Log.Zeek => new LogSource { Product = "zeek", Service = "dns" },
        Log.Sysmon => new LogSource { Product = "windows", Category = "dns_query" },
        Log.Client => new LogSource { Product = "windows", Service = "dns-client" },
        Log.Server => new LogSource { Product = "windows", Service = "dns-server-analytic" },
        Log.Windows => new LogSource { Product = "windows", Category = "dns" },
        _ => new LogSource { Category = "dns" },
    };
}
