using System.Globalization;
using System.Net;
using System.Text;
using WireDns.Capture.Files;
using WireDns.Tests.Running;

namespace WireDns.Tests.Privacy;

/// <summary>With <c>--client-privacy</c> no address of a client leaves the process, in any form.</summary>
public sealed class ClientPrivacyTests : IDisposable
{
    private const string Key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private const string Server = "198.51.100.53";

    // The server is none of them. The names have a third one's address in them, which is private.
    private static readonly string[] Clients = ["10.211.112.213", "203.0.113.177", "2001:db8:7a:8b:9c:a1:b2:c3"];
    private static readonly string[] Mentioned = ["10.221.122.223", "fd12:3456:789a:1::7b"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("text")]
    [InlineData("ecs")]
    [InlineData("ecs9")]
    [InlineData("eve")]
    [InlineData("cef")]
    [InlineData("ocsf")]
    [InlineData("zeek")]
    public void No_alert_has_an_address_of_a_client(string format)
    {
        var plain = Run("-f", format, "-v", "--anomalies", "--suppress", "1h", "--correlation-ends", "yes");
        var hidden = Run("-f", format, "-v", "--anomalies", "--suppress", "1h", "--correlation-ends", "yes", "--client-privacy", $"pseudonym,key={_folder["key"]}");

        // The search finds them where they are, so the alerts would have told.
        Assert.Equal(Clients, Clients.Where(client => IsIn(client, plain)));
        Assert.Contains(Mentioned, address => IsIn(address, plain));
        Assert.Equal(Alerts(plain), Alerts(hidden));
        DoesNotTell(Encoding.UTF8.GetBytes(string.Join('\n', [.. hidden.Output.Lines, .. hidden.Error.Lines])));
        Assert.Contains(hidden.Output.Lines, line => line.Contains(Server, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("json")]
    [InlineData("zeek")]
    [InlineData("zeek-json")]
    [InlineData("cof")]
    [InlineData("log")]
    public void No_line_of_the_lookup_log_has_one(string format)
    {
        var plain = RunWithoutRules("--log-dns", $"stdout,format={format}");
        var hidden = RunWithoutRules("--log-dns", $"stdout,format={format}", "--client-privacy", $"pseudonym,key={_folder["key"]}");

        Assert.Contains([.. Clients, .. Mentioned], address => IsIn(address, plain));
        Assert.Equal(plain.Output.Lines.Count, hidden.Output.Lines.Count);
        DoesNotTell(Encoding.UTF8.GetBytes(string.Join('\n', [.. hidden.Output.Lines, .. hidden.Error.Lines])));
    }

    [Fact]
    public void No_packet_of_the_evidence_has_one_and_every_packet_that_can_be_hidden_is_there()
    {
        var run = Run("--evidence", _folder["e"], "--client-privacy", $"pseudonym,key={_folder["key"]}", "-f", "ecs");
        var file = Assert.Single(Directory.GetFiles(_folder["e"], "*.pcapng"));
        DoesNotTell(File.ReadAllBytes(file));

        // Left out: the names of reverse lookups, and a segment that ends within a message with such a record.
        Assert.Single(run.Error.Lines, line => line.StartsWith("  packets left out", StringComparison.Ordinal));
        Run("--evidence", _folder["plain"], "-f", "ecs");
        var (kept, all) = (Count(file), Count(Assert.Single(Directory.GetFiles(_folder["plain"], "*.pcapng"))));
        Assert.InRange(kept, all / 2, all - 1);

        // They can be read as before: the same rules find the same alerts, but those on what was hidden.
        var again = Product.Run("read", file, "-r", _folder["names.yml"], "-f", "ecs");
        Assert.Contains(again.Output.Lines, line => line.Contains("v6.evil.example", StringComparison.Ordinal));
        Assert.Contains(again.Output.Lines, line => line.Contains("split.evil.example", StringComparison.Ordinal));
        Assert.Contains(again.Output.Lines, line => line.Contains("tunnel.evil.example", StringComparison.Ordinal));
        Assert.Contains(again.Output.Lines, line => line.Contains("fragments.evil.example", StringComparison.Ordinal));
    }

    [Fact]
    public void Ids_are_made_of_pseudonyms_the_same_in_each_run_with_the_key_and_there_is_no_Community_ID()
    {
        string[] arguments = ["-f", "ecs", "--client-privacy", $"pseudonym,key={_folder["key"]}"];
        var (plain, first, second) = (Run("-f", "ecs"), Run(arguments), Run(arguments));
        _folder.Write("key", Key.Replace("00", "ff", StringComparison.Ordinal));
        var otherKey = Run(arguments);

        Assert.Equal(first.Output.Lines, second.Output.Lines);
        Assert.Empty(Ids(first).Intersect(Ids(plain)));
        Assert.Empty(Ids(first).Intersect(Ids(otherKey)));
        Assert.Equal(Ids(first).Count, Ids(first).Distinct().Count());
        Assert.All(first.Output.Lines, line => Assert.DoesNotContain("community_id", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Addresses_are_cut_to_the_prefixes_that_are_given()
    {
        var run = Run("-f", "ecs", "--client-privacy", "prefix,ipv4=8,ipv6=32");

        Assert.Contains(run.Output.Lines, line => line.Contains("\"10.0.0.0\"", StringComparison.Ordinal));
        Assert.Contains(run.Output.Lines, line => line.Contains("\"203.0.0.0\"", StringComparison.Ordinal));
        Assert.Contains(run.Output.Lines, line => line.Contains("\"2001:db8::\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Rules_and_silences_see_the_true_addresses()
    {
        _folder.Write("silences.yml", "- until: 2999-01-01\n  reason: test\n  client: 203.0.113.177\n");
        var run = Run("-f", "text", "--silences", _folder["silences.yml"], "--client-privacy", "prefix,ipv4=0,ipv6=0");

        Assert.Contains(run.Output.Lines, line => line.Contains("\"many\"", StringComparison.Ordinal));
        Assert.Single(run.Error.Lines, line => line.StartsWith("  silenced", StringComparison.Ordinal));
    }

    [Fact]
    public void The_check_of_rules_says_which_rules_tell_an_address_by_what_they_ask_for()
    {
        var run = Product.Run("rules", "check", _folder["names.yml"], _folder["address.yml"], "--client-privacy", "prefix");

        Assert.Equal(0, run.ExitStatus);
        Assert.Contains("matches the true addresses (src_ip)", Assert.Single(run.Output.Lines, line => line.Contains("--client-privacy", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("both", "both: prefix or pseudonym was expected")]
    [InlineData("prefix,ipv4=33", "prefix: ipv4=33: a number from 0 to 32 was expected")]
    [InlineData("prefix,key=x", "prefix: no setting 'key' here; there are ipv4, ipv6, network")]
    [InlineData("prefix,network=10.1", "prefix: network takes an IPv4 or IPv6 address or a network without host bits, not '10.1'.")]
    [InlineData("pseudonym", "pseudonym: key=FILE is missing: a file of 32 random octets, or of 64 hexadecimal digits (openssl rand -hex 32)")]
    public void A_setting_that_is_wrong_is_said(string how, string error)
    {
        var run = Product.Run("read", _folder["a.pcap"], "-r", _folder["names.yml"], "--client-privacy", how);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal($"wiredns: --client-privacy {error}", run.Error.Lines[^1]);
    }

    [Fact]
    public void A_key_is_never_made_up()
    {
        Refuses("absent", "no such file");
        _folder.Write("short", "0001");
        Refuses("short", "a key is 32 octets, or 64 hexadecimal digits on one line");
        File.WriteAllBytes(_folder["raw"], Convert.FromHexString(Key));
        _folder.Write("lines", Key + "\r\n");
        Assert.Equal(Output("raw"), Output("lines"));

        void Refuses(string key, string error)
        {
            var run = Product.Run("read", _folder["a.pcap"], "-r", _folder["names.yml"], "--client-privacy", $"pseudonym,key={_folder[key]}");
            Assert.Equal(2, run.ExitStatus);
            Assert.EndsWith(error, run.Error.Lines[^1], StringComparison.Ordinal);
            Assert.False(key == "absent" && File.Exists(_folder[key]));
        }

        IReadOnlyList<string> Output(string key) => Run("--client-privacy", $"pseudonym,key={_folder[key]}").Output.Lines;
    }

    public ClientPrivacyTests()
    {
        _folder.Write("key", Key);
        _folder.Write("names.yml", """
            title: names
            logsource: {category: dns}
            detection:
              s: {query|endswith: [evil.example, in-addr.arpa, ip6.arpa]}
              condition: s
            level: high
            """);
        _folder.Write("address.yml", $$"""
            title: by address
            name: addressed
            logsource: {category: dns}
            detection:
              s: {src_ip: [{{Clients[0]}}, {{Clients[1]}}]}
              condition: s
            level: low
            ---
            title: many
            correlation:
              type: event_count
              rules: [addressed]
              group-by: [src_ip]
              timespan: 1h
              condition: {gte: 2}
            level: high
            """);
        _folder.Write("a.pcap", Capture());
    }

    private static byte[] Capture()
    {
        var file = new PcapBuilder(linkType: 1);
        uint time = 1;
        foreach (var client in Clients[..2])
        {
            foreach (var name in new[] { "a.evil.example", "b.evil.example", Reverse(client), Reverse(Mentioned[0]), Reverse(Mentioned[1]) })
            {
                var query = DnsBytes.Message((ushort)time, 0x0100, [DnsBytes.Question(name)], [], [Subnet(client)]);
                var response = DnsBytes.Response(name, (ushort)time, 1, 0, DnsBytes.Address(name, Mentioned[0]), DnsBytes.Address(name, Mentioned[1]));
                file.Record(time, 0, Frames.Udp(client, 40_000, Server, 53, query));
                file.Record(time, 1, Frames.Udp(Server, 53, client, 40_000, response));
                time++;
            }
        }

        var anomaly = DnsBytes.Query("x.evil.example", 77);
        file.Record(time++, 0, Frames.Udp(Clients[0], 40_000, Server, 53, anomaly.AsSpan(0, 20)));

        file.Record(time++, 0, Layers.Ethernet(Layers.Ipv6(Layers.Udp(DnsBytes.Query("v6.evil.example", 9)), 17, Clients[2]), 0x86dd));

        var message = Layers.Framed(DnsBytes.Query("split.evil.example", 10));
        file.Record(time, 0, Frames.Tcp(Clients[0], 50_000, Server, 53, 1000, 0x18, message.AsSpan(0, 20)));
        file.Record(time++, 1, Frames.Tcp(Clients[0], 50_000, Server, 53, 1020, 0x18, message.AsSpan(20)));
        message = Layers.Framed(DnsBytes.Response("dirty.evil.example", 11, 1, 0, DnsBytes.Address("dirty.evil.example", Mentioned[0])));
        file.Record(time, 0, Frames.Tcp(Server, 53, Clients[0], 50_001, 1000, 0x18, message.AsSpan(0, 20)));
        file.Record(time++, 1, Frames.Tcp(Server, 53, Clients[0], 50_001, 1020, 0x18, message.AsSpan(20)));

        var inner = Frames.Udp(Clients[1], 40_000, Server, 53, DnsBytes.Query("tunnel.evil.example", 12));
        file.Record(time++, 0, Frames.Udp(Clients[0], 50_000, Mentioned[0], 4789, (byte[])[8, 0, 0, 0, 0, 0, 7, 0, .. inner]));

        var datagram = Layers.Udp(DnsBytes.Response("fragments.evil.example", 13, 16, 0, DnsBytes.Record("fragments.evil.example", 16, 60, [.. Enumerable.Repeat((byte)0, 600)])), 53, 40_000);
        file.Record(time, 0, Frames.Ipv4(Server, Clients[0], 17, 0x2000, datagram.AsSpan(0, 400)));
        file.Record(time++, 1, Frames.Ipv4(Server, Clients[0], 17, 50, datagram.AsSpan(400)));
        return file.ToArray();
    }

    /// <summary>An OPT record with the whole address as the client's subnet (RFC 7871).</summary>
    private static byte[] Subnet(string client)
    {
        var edns = DnsBytes.Edns();
        edns[^1] = 12;
        return [.. edns, 0, 8, 0, 8, 0, 1, 32, 0, .. IPAddress.Parse(client).GetAddressBytes()];
    }

    private static string Reverse(string address)
    {
        var octets = IPAddress.Parse(address).GetAddressBytes();
        return octets.Length == 4
            ? string.Join('.', octets.Reverse()) + ".in-addr.arpa"
            : string.Join('.', Convert.ToHexStringLower(octets).Reverse()) + ".ip6.arpa";
    }

    /// <summary>An address in every form: as text, backwards as in the names of reverse lookups, hexadecimal, as octets, and as the labels of a name on the wire.</summary>
    private static IEnumerable<byte[]> Forms(string address)
    {
        var octets = IPAddress.Parse(address).GetAddressBytes();
        var reverse = Reverse(address);
        yield return Encoding.ASCII.GetBytes(address);
        yield return Encoding.ASCII.GetBytes(reverse);
        yield return Encoding.ASCII.GetBytes(reverse[..reverse.LastIndexOf('.', reverse.LastIndexOf('.') - 1)]);
        yield return Encoding.ASCII.GetBytes(address.Replace('.', '-'));
        yield return Encoding.ASCII.GetBytes(Convert.ToHexString(octets));
        yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(octets));
        yield return octets;
        yield return [.. Enumerable.Reverse(octets)];
        yield return DnsBytes.Name(reverse)[..^1];
        yield return Encoding.ASCII.GetBytes(BitConverter.ToUInt32([.. Enumerable.Reverse(octets[..4])]).ToString(CultureInfo.InvariantCulture));
    }

    private static void DoesNotTell(byte[] output)
    {
        foreach (var address in (string[])[.. Clients, .. Mentioned])
        {
            Assert.All(Forms(address), form => Assert.True(output.AsSpan().IndexOf(form) < 0, $"{address} is there as {Convert.ToHexString(form)}"));
        }
    }

    private static bool IsIn(string address, ProgramResult run) =>
        Forms(address).Any(form => Encoding.UTF8.GetBytes(string.Join('\n', run.Output.Lines)).AsSpan().IndexOf(form) >= 0);

    // Of an alert in text, further lines are indented.
    private static int Alerts(ProgramResult run) => run.Output.Lines.Count(line => !line.StartsWith(' '));

    private static IReadOnlyList<string> Ids(ProgramResult run) =>
        [.. run.Output.Lines.Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!["event"]!["id"]!.GetValue<string>())];

    private static int Count(string file)
    {
        var count = 0;
        using var reader = CaptureFileReader.Open(file);
        while (reader.TryReadBatch(out PacketBatch batch))
        {
            foreach (var packet in batch)
            {
                _ = packet.Data;
                count++;
            }
        }

        return count;
    }

    private ProgramResult Run(params string[] arguments) => RunWithoutRules(["-r", _folder["names.yml"], "-r", _folder["address.yml"], .. arguments]);

    private ProgramResult RunWithoutRules(params string[] arguments)
    {
        var run = Product.Run(["read", _folder["a.pcap"], .. arguments]);
        Assert.Equal(0, run.ExitStatus);
        return run;
    }
}
