using System.Text;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using WireDns.Sigma.Rules;
using WireDns.Tests.Running;

namespace WireDns.Tests.Queries;

/// <summary>
/// A DNS log of generated lookups, each of another port of the client: with and without responses, with names that rules ask for and names that would break a query. What
/// <c>hunt</c> finds in it and what DuckDB finds can be compared.
/// </summary>
public sealed class GeneratedLog : IDisposable
{
    private const int FirstPort = 10_000;

    private static readonly string[] Names =
    [
        "example.com", "www.example.com", "EXAMPLE.com", "wWw.ExAmPlE.CoM", "a.b.c.example.co.uk", "evil.test", "x.evil.test", "notevil.test", "100%.test", "a_b.test", "axb.test", "it's.test",
        "\"quoted\".test", @"back\slash.test", @"dot\.in.test", "sp ace.test", "ümlaut.test", "xn--bcher-kva.example", "k.test", "localhost", "com", "", "aaa.stage.123456.test",
        "deadbeefcafe.net", "DEADBEEFCAFE.NET", "--comment.test", "semi;colon.test", "par)en.test", "dollar$.test", "star*.test", "question?.test", "[class].test", "tab\tname.test", "10.0.0.1",
        "1.2.3.4.in-addr.arpa", "api.telegram.org", "very-long-label-of-more-than-thirty-characters.and-another-one-that-is-long.and-a-third-one.example.org",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly DuckDBConnection _duckDb = new("DataSource=:memory:");
    private readonly PcapBuilder _capture = new(linkType: 101);
    private readonly Random _random = new(20_261_127);
    private int _lookups;

    /// <summary>Writes the log.</summary>
    public GeneratedLog()
    {
        foreach (var name in Names.Concat(SigmaHqNames()))
        {
            for (var round = 0; round < (Names.Contains(name) ? 12 : 2); round++)
            {
                Add(name);
            }
        }

        File.WriteAllBytes(_folder["lookups.pcap"], _capture.ToArray());
        var run = Product.Run("read", _folder["lookups.pcap"], "-o", $"parquet:{Log},sensor=s1", "--lookups", "100000");
        Assert.Equal(0, run.ExitStatus);
        _duckDb.Open();
        Execute($"CREATE TABLE dns_log AS SELECT * FROM read_parquet('{Log}/**/*.parquet', hive_partitioning = true, union_by_name = true)");
    }

    /// <summary>SigmaHQ's rules about DNS; null where they are not.</summary>
    public static string? SigmaHq { get; } = Path.Combine(TestPaths.Root, "..", "shared", "sigma", "rules") is var path && Directory.Exists(path) ? path : null;

    /// <summary>The folder of the log.</summary>
    public string Log => _folder["log"];

    /// <summary>Writes a file beside the log.</summary>
    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>The lookups that <c>hunt</c> finds, by the id of the rule and the client's port.</summary>
    public ILookup<string, int> Hunt(params string[] rules)
    {
        var run = Product.Run(["hunt", Log, .. rules.SelectMany(path => new[] { "-r", path }), "-f", "ecs", "--status", "any"]);
        return run.Output.Lines.Select(line => JsonNode.Parse(line)!).ToLookup(
            alert => alert["rule"]!["id"]!.GetValue<string>(), alert => alert["source"]!["port"]!.GetValue<int>(), StringComparer.Ordinal);
    }

    /// <summary>The lookups that a query finds.</summary>
    public SortedSet<int> Query(string query)
    {
        using var command = _duckDb.CreateCommand();
        command.CommandText = query.Replace("SELECT * FROM", "SELECT client_port FROM", StringComparison.Ordinal);
        using var reader = command.ExecuteReader();
        var ports = new SortedSet<int>();
        while (reader.Read())
        {
            ports.Add(reader.GetInt32(0));
        }

        return ports;
    }

    /// <summary>Runs a statement.</summary>
    public void Execute(string statement)
    {
        using var command = _duckDb.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    /// <summary>The queries of rules that can be said, by the rule's id.</summary>
    public static Dictionary<string, string> Convert(params string[] arguments)
    {
        var run = Product.Run(["rules", "convert", .. arguments, "--to", "duckdb", "--format", "json"]);
        return run.Output.Lines.Select(line => JsonNode.Parse(line)!).Where(rule => rule["query"] is not null).ToDictionary(
            rule => rule["id"]!.GetValue<string>(), rule => rule["query"]!.GetValue<string>(), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _duckDb.Dispose();
        _folder.Dispose();
    }

    // Names that the texts of the rules match.
    private static IEnumerable<string> SigmaHqNames()
    {
        if (SigmaHq is null)
        {
            return [];
        }

        var rules = new RuleLoader().Load([SigmaHq]).Rules;
        return [.. rules.SelectMany(rule => rule.Detection.Selections).SelectMany(selection => Leaves(selection.Node))
            .Where(leaf => leaf.Field is "QueryName" or "query" or "QNAME" or "dns_question_name")
            .SelectMany(leaf => leaf.Values.OfType<TextValue>().Take(6)).SelectMany(value => value.Patterns)
            .Select(pattern => string.Concat(pattern.Tokens.Select(token => token.Kind == PatternTokenKind.Literal ? token.Text : "x")))
            .Where(name => name.Length < 200 && !name.StartsWith('.') && !name.Contains("..", StringComparison.Ordinal) && name.Split('.').All(label => label.Length < 60)).Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<FieldMatch> Leaves(RuleNode node) => node switch
    {
        AllOf all => all.Nodes.SelectMany(Leaves),
        AnyOf any => any.Nodes.SelectMany(Leaves),
        Not not => Leaves(not.Node),
        FieldMatch match => [match],
        _ => [],
    };

    private void Add(string name)
    {
        var port = (ushort)(FirstPort + _lookups);
        var seconds = 1_795_531_000 + (_lookups++ * 37);
        var client = _random.Next(3) switch { 0 => "10.1.2.3", 1 => "192.168.7.9", _ => "172.31.255.1" };
        var server = _random.Next(2) == 0 ? "192.0.2.53" : "8.8.8.8";
        var type = Pick<ushort>(1, 1, 28, 16, 10, 255, 65_280);
        var id = (ushort)_random.Next(65_536);
        var queryFlags = (ushort)(0x0100 & _random.Next(65_536) | Pick(0, 0, 0x20, 0x10, 0x40, 0x200));
        var question = DnsBytes.Question(name, type);
        byte[][] questions = _random.Next(20) == 0 ? [question, DnsBytes.Question("second.Evil.test", 16)] : [question];
        var hasQuery = _random.Next(8) != 0;
        if (hasQuery)
        {
            Send(seconds, 0, client, port, server, 53, DnsBytes.Message(id, queryFlags, questions, []));
        }

        if (hasQuery && _random.Next(4) == 0)
        {
            return;
        }

        var code = Pick(0, 0, 0, 3, 2, 5, 11);
        var spelt = _random.Next(4) == 0 ? name.ToUpperInvariant() : name;
        questions[0] = DnsBytes.Question(spelt.Any(character => !char.IsAscii(character)) ? name : spelt, type);
        byte[][] answers = code != 0 ? [] : [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Answer(name))];
        var flags = (ushort)(0x8000 | code | (0x0780 & _random.Next(65_536) & ~0x200) | Pick(0, 0x20));
        Send(seconds, _random.Next(1, 900_000), server, 53, client, port, DnsBytes.Message(id, flags, questions, answers, _random.Next(2) == 0 ? [DnsBytes.Edns()] : []));
    }

    private byte[] Answer(string name) => _random.Next(9) switch
    {
        0 => DnsBytes.Address(name, "10.0.0.1"),
        1 => DnsBytes.Address(name, "127.0.0.1", 0),
        2 => DnsBytes.Address(name, "172.16.5.4", 86_400),
        3 => DnsBytes.Address(name, "fe80::1"),
        4 => DnsBytes.Address(name, "2001:db8::5"),
        5 => DnsBytes.Record(name, DnsBytes.Cname, 300, DnsBytes.Name("Alias.evil.test")),
        6 => DnsBytes.Record(name, DnsBytes.Txt, 60, [.. Text("IEX (new'obj\"ect\\ 100% a_b")]),
        7 => DnsBytes.Record(name, DnsBytes.Txt, 60, [.. Text("v=spf1 -all"), .. Text("ü\n")]),
        _ => DnsBytes.Record(name, 15, 60, [0, 10, .. DnsBytes.Name("mail.example.com")]),
    };

    private static byte[] Text(string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        return [(byte)octets.Length, .. octets];
    }

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private void Send(int seconds, int microseconds, string source, ushort sourcePort, string destination, ushort destinationPort, byte[] message) =>
        _capture.Record((uint)seconds, (uint)microseconds, Layers.Ipv4(Layers.Udp(message, sourcePort, destinationPort), 17, source, destination));
}
