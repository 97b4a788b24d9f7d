using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WireDns.Parquet;
using WireDns.Parquet.Reading;
using WireDns.Tests.Running;

namespace WireDns.Tests.Logging;

/// <summary>The DNS log in Parquet, and what <c>hunt</c> finds in it: docs/dnslog.md.</summary>
public sealed partial class ParquetLogTests : IDisposable
{
    /// <summary>Rules that ask for about everything that the wire has.</summary>
    private static readonly string Rules = string.Join("\n---\n",
    [
        Rule("a1", "selection: {query|contains: ''}"), Rule("a2", "selection: {rcode_name|contains: ''}\n  filter: {rcode_name: NOERROR}", "selection and not filter"),
        Rule("a3", "selection: {rejected: 'T'}", source: "product: zeek, service: dns"), Rule("a4", "selection: {rejected: 'F'}", source: "product: zeek, service: dns"),
        Rule("a5", "selection: {rtt|gt: 0.001}", source: "product: zeek, service: dns"), Rule("a6", "selection: {answers|re: '[a-z0-9]'}", source: "product: zeek, service: dns"),
        Rule("a7", "selection: {answer|contains: ''}", "not selection"), Rule("a8", "selection: {dns.malformed: true}"), Rule("a9", "selection: {dns.header_flags: [AA, TC, AD, CD]}"),
        Rule("b1", "selection: {answers.ttl|lt: 60}"), Rule("b2", "selection: {resolved_ip|cidr: ['10.0.0.0/8', '0.0.0.0/1', '2000::/3']}"),
        Rule("b3", "selection: {query|cased|contains: [A, B, C, E, G, M, S, T, W]}"), Rule("b4", "selection: {answers.type: [TXT, MX, CNAME, HTTPS, SVCB, SRV, SOA, NS, PTR]}"),
        Rule("b5", "selection: {answers.name|contains: 'e'}"), Rule("b6", "selection: {QueryStatus: [0, 9501, 9003]}", source: "product: windows, category: dns_query"),
        Rule("b7", "selection: {client_port|gt: 50000, query_length|gt: 20}"),
        """
        title: many names
        id: 11111111-0000-4000-8000-0000000000c1
        correlation:
          type: value_count
          rules: [11111111-0000-4000-8000-0000000000a1]
          group-by: [client_ip]
          timespan: 1m
          condition: {field: query, gte: 5}
        level: high
        """,
        """
        title: many failures
        id: 11111111-0000-4000-8000-0000000000c2
        correlation:
          type: event_count
          rules: [11111111-0000-4000-8000-0000000000a2]
          group-by: [client_ip, query]
          timespan: 5m
          condition: {gte: 2}
        level: high
        """,
    ]);

    private readonly TemporaryFolder _folder = new();

    private string Log => _folder["log"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_page_has_the_columns_of_a_file_in_their_order()
    {
        var page = File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "dnslog.md"));
        var table = page[page.IndexOf("| column | type | |", StringComparison.Ordinal)..];
        var described = Row().Matches(table[..table.IndexOf("\n\n", StringComparison.Ordinal)]).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}");
        Assert.Equal(LookupColumns.All.Select(column => $"{column.Name} {column.TypeText}"), described);

        Write(Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng"));
        var file = Assert.Single(Files());
        Assert.Equal(LookupColumns.All.Select(column => column.Name), ParquetCopy.SchemaOf(file).Fields.Select(field => field.Name));
        Assert.Matches("dt=2026-11-24/sensor=s1/20261124T[0-9]{6}Z-[0-9a-f]{12}-000001[.]parquet$", file);
    }

    [Theory]
    [InlineData("the rules that are shipped", false)]
    [InlineData("rules on every kind of field, with correlations", true)]
    public void Hunting_gives_the_alerts_of_the_first_run_with_the_same_ids(string label, bool isBroad)
    {
        Assert.NotEmpty(label);
        var rules = isBroad ? WriteRules() : TestPaths.AllRules;
        string[] captures = [.. Directory.GetFiles(TestPaths.Captures).Where(file => file.Contains(".pcap", StringComparison.Ordinal) && !file.EndsWith(".jsonl", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        var first = Product.Run(["read", .. captures, "-r", rules, "--format", "ecs"]);
        Write(captures);

        var hunted = Product.Run("hunt", Log, "-r", rules, "--format", "ecs");

        Assert.Equal(0, hunted.ExitStatus);
        var expected = Ids(first);
        Assert.True(expected.Count > (isBroad ? 1900 : 100), $"{expected.Count} alerts");
        Assert.Equal(expected, Ids(hunted));
    }

    [Fact]
    public void A_log_does_not_take_the_place_of_standard_output()
    {
        var capture = Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng");
        var plain = Product.Run("read", capture, "-r", TestPaths.Rules, "-f", "ecs");
        var logged = Product.Run("read", capture, "-r", TestPaths.Rules, "-f", "ecs", "-o", $"parquet:{Log}");
        Assert.NotEmpty(plain.Output.Lines);
        Assert.Equal(Ids(plain), Ids(logged));
        Assert.Single(Files());
    }

    [Fact]
    public void Time_and_name_leave_out_what_they_need_not_read()
    {
        Write(Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng"));
        var all = Product.Run("hunt", Log, "-r", TestPaths.Rules, "-f", "ecs");

        var named = Product.Run("hunt", Log, "-r", TestPaths.Rules, "-f", "ecs", "--name", "*.zzzz-nowhere.zzz");
        Assert.Equal(0, named.ExitStatus);
        Assert.Empty(named.Output.Lines);
        Assert.Contains(named.Error.Lines, line => line.StartsWith("lookups matched", StringComparison.Ordinal) && line.Contains(" 0 ", StringComparison.Ordinal));
        var name = Product.Run("hunt", Log, "-r", TestPaths.Rules, "-f", "ecs", "--name", "MsStorageAzure.com");
        Assert.Equal(Ids(all, line => line.Contains("\"question\":{\"name\":\"msstorageazure.com\"", StringComparison.OrdinalIgnoreCase)), Ids(name));
        Assert.NotEmpty(name.Output.Lines);

        var later = Product.Run("hunt", Log, "-r", TestPaths.Rules, "-f", "ecs", "--since", "2026-11-26");
        Assert.Equal(1, later.ExitStatus);
        Assert.Contains("no file of a DNS log is there", later.Error.Text, StringComparison.Ordinal);
        var day = Product.Run("hunt", Log, "-r", TestPaths.Rules, "-f", "ecs", "--since", "2026-11-24", "--until", "2026-11-24");
        Assert.Equal(Ids(all), Ids(day));
    }

    [Fact]
    public void Hidden_clients_stay_hidden_and_rules_about_them_are_refused_by_name()
    {
        File.WriteAllText(_folder["address.yml"], Rule("d1", "selection: {client_ip|cidr: 192.0.2.0/24}"));
        var capture = Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng");
        var first = Product.Run("read", capture, "-r", TestPaths.Rules, "-f", "ecs", "--client-privacy", "prefix", "-o", "stdout", "-o", $"parquet:{Log}");
        Assert.Equal(0, first.ExitStatus);
        using (var reader = LogFileReader.Open(Assert.Single(Files())))
        {
            Assert.True(reader.HidesClients);
            var rows = reader.Read(0);
            Assert.All(rows.QueryOctets, octets => Assert.True(octets.IsEmpty));
            Assert.All(rows.ResponseOctets, octets => Assert.True(octets.IsEmpty));
            Assert.DoesNotContain(rows.Client, client => client.Span is "192.0.2.11");
        }

        var hunted = Product.Run("hunt", Log, "-r", TestPaths.Rules, "-r", _folder["address.yml"], "-f", "ecs");

        Assert.Equal(1, hunted.ExitStatus);
        Assert.Contains("'d1' is refused: it asks for client_ip, and clients are hidden in this log", hunted.Error.Text, StringComparison.Ordinal);
        Assert.Equal(Ids(first), Ids(hunted));
        Assert.NotEmpty(hunted.Output.Lines);
    }

    [Fact]
    public void Files_with_and_without_a_column_are_hunted_together()
    {
        var capture = Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng");
        Write(capture);
        var file = Assert.Single(Files());
        var alone = Ids(Product.Run("hunt", Log, "-r", TestPaths.Rules, "-f", "ecs"));

        // One that a later version has written, and one of a version that knew less.
        ParquetCopy.Write(file, Path.Combine(Log, "later.parquet"), added: "asn", removed: null);
        ParquetCopy.Write(file, Path.Combine(Log, "earlier.parquet"), added: null, removed: "rcode_name", run: "another");
        File.Delete(file);

        var hunted = Product.Run("hunt", Log, "-r", TestPaths.Rules, "-f", "ecs");

        Assert.Equal(0, hunted.ExitStatus);
        Assert.Contains(hunted.Error.Lines, line => Regex.IsMatch(line, "^files +2 *$"));
        Assert.Equal(2 * alone.Count, hunted.Output.Lines.Count);
        Assert.Equal(alone.Concat(alone).Order(StringComparer.Ordinal), Ids(hunted));
    }

    [Fact]
    public void A_file_that_Parquet_Net_has_written_is_hunted_together_with_one_of_our_own()
    {
        Write(Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng"));
        var alone = Ids(Product.Run("hunt", Log, "-r", TestPaths.Rules, "-f", "ecs"));
        ParquetCopy.Write(Assert.Single(Files()), Path.Combine(Log, "earlier.parquet"), added: null, removed: null, run: "another");

        var hunted = Product.Run("hunt", Log, "-r", TestPaths.Rules, "-f", "ecs");

        Assert.Equal(0, hunted.ExitStatus);
        Assert.NotEmpty(alone);
        Assert.Equal(alone.Concat(alone).Order(StringComparer.Ordinal), Ids(hunted));
    }

    [Fact]
    public void A_damaged_file_is_named_and_the_others_are_hunted()
    {
        Write(Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng"));
        var expected = Ids(Product.Run("hunt", Log, "-r", TestPaths.Rules, "-f", "ecs"));
        var octets = File.ReadAllBytes(Assert.Single(Files()));
        File.WriteAllBytes(Path.Combine(Log, "cut.parquet"), octets[..(octets.Length / 2)]);
        File.WriteAllText(Path.Combine(Log, "text.parquet"), "no parquet");
        File.WriteAllBytes(Path.Combine(Log, "empty.parquet"), []);

        var hunted = Product.Run("hunt", Log, "-r", TestPaths.Rules, "-f", "ecs");

        Assert.Equal(1, hunted.ExitStatus);
        Assert.Equal(expected, Ids(hunted));
        foreach (var name in new[] { "cut", "text", "empty" })
        {
            Assert.Contains(hunted.Error.Lines, line => line.Contains($"{name}.parquet: damaged, or no Parquet file", StringComparison.Ordinal));
        }

        Assert.DoesNotContain("Exception", hunted.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_a_file_holds_reading_it_ends_with_rows_or_a_fault()
    {
        Write(Path.Combine(TestPaths.Captures, "queries-only.pcap"));
        var octets = File.ReadAllBytes(Assert.Single(Files()));
        var random = new Random(20_261_127);
        var faults = 0;
        var heads = new LookupHeads();
        for (var round = 0; round < 60; round++)
        {
            var damaged = octets.ToArray();
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                // Mostly in the footer, which says what the rest is.
                damaged[round % 3 == 0 ? random.Next(damaged.Length) : damaged.Length - 1 - random.Next(Math.Min(damaged.Length, 9000))] = (byte)random.Next(256);
            }

            var path = _folder["damaged.parquet"];
            File.WriteAllBytes(path, round % 10 == 0 ? damaged[..random.Next(damaged.Length)] : damaged);
            try
            {
                using var reader = LogFileReader.Open(path);
                for (var group = 0; group < reader.Groups.Count; group++)
                {
                    reader.Read(group);
                    reader.ReadHeads(group, HeadParts.Names | HeadParts.Headers | HeadParts.AnswerTypes | HeadParts.Sources, heads);
                }
            }
            catch (LogFileException exception)
            {
                faults++;
                Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
            }
        }

        Assert.True(faults > 10, $"{faults} faults");
    }

    [Fact]
    public void What_a_run_that_was_killed_had_open_is_said_and_removed()
    {
        var folder = Path.Combine(Log, "dt=2026-11-24", "sensor=s1");
        Directory.CreateDirectory(folder);
        var left = Path.Combine(folder, ".20261124T144734Z-0123456789ab-000007.parquet.open");
        File.WriteAllText(left, "PAR1");

        var run = Write(Path.Combine(TestPaths.Captures, "queries-only.pcap"));

        Assert.Contains("an earlier run did not end well: the lookups in 1 file that it had open are lost", run.Error.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(left));
        Assert.Single(Files());
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_an_error_at_the_start()
    {
        File.WriteAllText(_folder["file"], "");
        var run = Product.Run("read", Path.Combine(TestPaths.Captures, "queries-only.pcap"), "-o", $"parquet:{_folder["file"]}/log");
        Assert.Equal(2, run.ExitStatus);
        Assert.Contains($"parquet:{_folder["file"]}/log: it cannot be written: a part of the path is no folder", run.Error.Text, StringComparison.Ordinal);
        Assert.Equal(2, Product.Run("read", Path.Combine(TestPaths.Captures, "queries-only.pcap"), "-o", $"parquet:{Log},sensor=a/b").ExitStatus);
    }

    private static string Rule(string id, string detection, string condition = "selection", string source = "category: dns") => $$"""
        title: {{id}}
        id: 11111111-0000-4000-8000-0000000000{{id}}
        logsource: { {{source}} }
        detection:
          {{detection}}
          condition: {{condition}}
        level: low
        """;

    private string WriteRules()
    {
        File.WriteAllText(_folder["rules.yml"], Rules);
        return _folder["rules.yml"];
    }

    private ProgramResult Write(params string[] captures)
    {
        var run = Product.Run(["read", .. captures, "-o", $"parquet:{Log},sensor=s1"]);
        Assert.Equal(0, run.ExitStatus);
        return run;
    }

    private string[] Files() => Directory.GetFiles(Log, "*.parquet", SearchOption.AllDirectories);

    private static List<string> Ids(ProgramResult run, Func<string, bool>? which = null) =>
        [.. run.Output.Lines.Where(line => which?.Invoke(line) ?? true).Select(line => JsonNode.Parse(line)!["event"]!["id"]!.GetValue<string>()).Order(StringComparer.Ordinal)];

    [GeneratedRegex("^[|] `([a-z_]+)` [|] ([^|]+?) [|]", RegexOptions.Multiline)]
    private static partial Regex Row();
}
