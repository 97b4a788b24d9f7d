using System.Net;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Tests.Health;

/// <summary>Lookups are counted by the directions that were seen, each once, whatever happens on the wire.</summary>
public sealed class SeenLookupsTests
{
    private static readonly Tunnel[] Vxlan5 = [new(TunnelKind.Vxlan, 5)];
    private static readonly Tunnel[] Vxlan6 = [new(TunnelKind.Vxlan, 6)];
    private static readonly Tunnel[] Gre = [new(TunnelKind.Gre, 5)];

    private readonly SeenLookups _watch = new(new LookupLifetime(TimeSpan.FromSeconds(10)));
    private readonly MessageSeeds _seeds = MessageSeeds.Next();

    [Fact]
    public void A_query_and_its_response_are_one_complete_lookup()
    {
        Query(1);
        Assert.Equal(new LookupCounts(0, 0, 0, 1, 0), _watch.Count());

        Response(1, milliseconds: 30);
        Assert.Equal(new LookupCounts(1, 0, 0, 0, 0), _watch.Count());
    }

    [Fact]
    public void A_response_before_its_query_is_the_same_lookup()
    {
        Response(1);
        Assert.Equal(new LookupCounts(0, 0, 1, 0, 0), _watch.Count());

        Query(1, milliseconds: 1);
        Assert.Equal(new LookupCounts(1, 0, 0, 0, 0), _watch.Count());
    }

    [Fact]
    public void Retransmissions_and_copies_count_once()
    {
        Query(1);
        Query(1, milliseconds: 5000);
        Response(1, milliseconds: 5001);
        Response(1, milliseconds: 5001);
        Query(1, milliseconds: 5002);
        Query(2);
        Query(2);
        Response(3);
        Response(3);

        Assert.Equal(new LookupCounts(1, 0, 1, 1, 0), _watch.Count());
    }

    [Fact]
    public void A_query_waits_for_ten_seconds_and_then_is_alone()
    {
        Query(1);
        Query(2, milliseconds: 10_000);
        Assert.Equal(new LookupCounts(0, 0, 0, 2, 0), _watch.Count());

        Query(3, milliseconds: 10_001);
        Assert.Equal(new LookupCounts(0, 1, 0, 2, 0), _watch.Count());

        Response(1, milliseconds: 10_002);
        Assert.Equal(new LookupCounts(0, 1, 1, 2, 0), _watch.Count());
    }

    [Fact]
    public void A_lookup_ends_ten_seconds_after_its_first_message_whatever_was_repeated()
    {
        Query(1);
        Query(1, milliseconds: 9_000);
        Response(1, milliseconds: 10_000);
        Assert.Equal(new LookupCounts(1, 0, 0, 0, 0), _watch.Count());

        Query(2);
        Query(2, milliseconds: 9_000);
        Response(2, milliseconds: 10_001);
        Assert.Equal(new LookupCounts(1, 1, 1, 0, 0), _watch.Count());
    }

    [Fact]
    public void What_a_source_leaves_unanswered_was_not_answered_and_does_not_meet_the_next_source()
    {
        Query(1);
        _watch.FinishSource();
        Response(1);

        Assert.Equal(new LookupCounts(0, 1, 1, 0, 0), _watch.Count());
    }

    [Theory]
    [InlineData("WWW.eXample.COM", 1, 1, Label = "another case")]
    [InlineData("www.example.com", 1, 1, Label = "the name as it was")]
    [InlineData("www.example.net", 1, 0, Label = "another name")]
    [InlineData("www.example.com.example.com", 1, 0, Label = "a longer name")]
    [InlineData("www.example.com", 2, 0, Label = "another id")]
    public void A_response_is_told_by_its_question_and_id(string name, ushort id, int complete)
    {
        Query(1);
        Add("192.0.2.53", 53, "192.0.2.1", 40_000, DnsBytes.Response(name, id));

        Assert.Equal(complete, _watch.Count().Complete);
    }

    [Theory]
    [InlineData("192.0.2.53", 53, "192.0.2.2", 40_000, Label = "another client")]
    [InlineData("192.0.2.53", 53, "192.0.2.1", 40_001, Label = "another port of the client")]
    [InlineData("192.0.2.54", 53, "192.0.2.1", 40_000, Label = "another server")]
    [InlineData("192.0.2.53", 54, "192.0.2.1", 40_000, Label = "another port of the server")]
    [InlineData("192.0.2.1", 40_000, "192.0.2.53", 53, Label = "the ends exchanged")]
    public void A_response_is_told_by_its_ends(string source, ushort sourcePort, string destination, ushort destinationPort)
    {
        Query(1);
        Add(source, sourcePort, destination, destinationPort, DnsBytes.Response("www.example.com", 1));

        Assert.Equal(new LookupCounts(0, 0, 1, 1, 0), _watch.Count());
    }

    [Fact]
    public void The_transport_and_the_kind_of_tunnel_keep_lookups_apart_and_the_virtual_network_does_not()
    {
        Query(1);
        Add("192.0.2.53", 53, "192.0.2.1", 40_000, DnsBytes.Response("www.example.com", 1), transport: Transport.Tcp);
        Add("192.0.2.1", 40_000, "192.0.2.53", 53, DnsBytes.Query("www.example.com", 2), tunnels: Vxlan5);
        Add("192.0.2.53", 53, "192.0.2.1", 40_000, DnsBytes.Response("www.example.com", 2), tunnels: Gre);
        Add("192.0.2.53", 53, "192.0.2.1", 40_000, DnsBytes.Response("www.example.com", 2), tunnels: Vxlan6);
        Add("192.0.2.53", 53, "192.0.2.1", 40_000, DnsBytes.Response("www.example.com", 2), tunnels: Vxlan5);

        Assert.Equal(new LookupCounts(1, 0, 2, 1, 0), _watch.Count());
    }

    [Fact]
    public void Ipv6_addresses_that_differ_anywhere_keep_lookups_apart()
    {
        Add("2001:db8::1", 40_000, "2001:db8::53", 53, DnsBytes.Query("a.example", 1));
        Add("2001:db8::53", 53, "2001:db8::2", 40_000, DnsBytes.Response("a.example", 1));
        Add("2001:db8::53", 53, "2001:db9::1", 40_000, DnsBytes.Response("a.example", 1));
        Add("2001:db8::53", 53, "2001:db8::1", 40_000, DnsBytes.Response("a.example", 1));

        Assert.Equal(new LookupCounts(1, 0, 2, 0, 0), _watch.Count());
    }

    [Fact]
    public void A_response_without_a_question_is_told_by_its_ends_and_id()
    {
        Query(1);
        Query(2);
        Add("192.0.2.53", 53, "192.0.2.1", 40_000, Convert.FromHexString("000281010000000000000000"));

        Assert.Equal(new LookupCounts(1, 0, 0, 1, 0), _watch.Count());
    }

    [Theory]
    [InlineData("0001010000010000000000000000020001", "0001818000010000000000000000020001", Label = "a query of the root")]
    [InlineData("00010100000100000000000003777777", "00018180000100000000000003777777", Label = "a name that breaks off")]
    [InlineData("0001010000010000000000000261000000010001", "0001818000010000000000000261000000010001", Label = "a label with a zero in it")]
    [InlineData("000101000001000000000000", "000181800001000000000000", Label = "a header and nothing else")]
    [InlineData("0001010000010000000000000861626364656667680000010001", "0001818000010000000000000861626364656667680000010001", Label = "a label of eight octets")]
    public void Any_question_is_matched_with_its_echo(string query, string response)
    {
        Add("192.0.2.1", 40_000, "192.0.2.53", 53, Convert.FromHexString(query));
        Add("192.0.2.53", 53, "192.0.2.1", 40_000, Convert.FromHexString(response));

        Assert.Equal(new LookupCounts(1, 0, 0, 0, 0), _watch.Count());
    }

    [Theory]
    [InlineData("00012800000100000000000000000600ff", 53, Label = "an update")]
    [InlineData("0001240000010000000000000000060001", 53, Label = "a notification")]
    [InlineData("000130000000000000000000", 53, Label = "a stateful operation")]
    [InlineData("0001000000010000000000000000010001", 5353, Label = "multicast DNS")]
    [InlineData("0001000000010000000000000000010001", 5355, Label = "LLMNR")]
    [InlineData("0001010000010000000000", 53, Label = "less than a header")]
    [InlineData("", 53, Label = "nothing")]
    public void What_has_no_response_of_its_own_is_passed_over(string message, ushort serverPort)
    {
        Add("192.0.2.1", 40_000, "192.0.2.53", serverPort, Convert.FromHexString(message));

        Assert.Equal(default, _watch.Count());
    }

    [Fact]
    public void A_client_whose_own_port_is_that_of_multicast_DNS_counts()
    {
        Add("192.0.2.1", 5353, "192.0.2.53", 53, DnsBytes.Query("www.example.com", 1));
        Add("192.0.2.53", 53, "192.0.2.1", 5353, DnsBytes.Response("www.example.com", 1));

        Assert.Equal(1, _watch.Count().Complete);
    }

    [Fact]
    public void Each_lookup_of_a_busy_sound_link_is_complete()
    {
        for (var i = 0; i < 300_000; i++)
        {
            Exchange(i, isAnswered: true);
        }

        Assert.Equal(new LookupCounts(300_000, 0, 0, 0, 0), _watch.Count());
    }

    [Fact]
    public void A_flood_without_answers_is_counted_in_full_and_says_what_was_given_up_early()
    {
        for (var i = 0; i < 300_000; i++)
        {
            Exchange(i, isAnswered: false);
        }

        var counts = _watch.Count();
        Assert.Equal(300_000, counts.QueriesAlone + counts.Waiting);
        Assert.Equal(0, counts.Complete + counts.ResponsesAlone);
        Assert.InRange(counts.GivenUpEarly, 300_000 - SeenLookups.Capacity, 300_000 - (SeenLookups.Capacity / 2));
    }

    [Fact]
    public void None_of_twelve_thousand_lookups_without_answers_is_given_up_early_whatever_the_seeds()
    {
        for (var round = 0; round < 20; round++)
        {
            var others = new SeenLookupsTests();
            for (var i = 0; i < 12_000; i++)
            {
                others.Exchange(i, isAnswered: false);
            }

            Assert.Equal(new LookupCounts(0, 0, 0, 12_000, 0), others._watch.Count());
        }
    }

    [Fact]
    public void Lookups_that_differ_in_the_question_alone_have_room_for_sixteen()
    {
        for (var i = 0; i < 18; i++)
        {
            Add("192.0.2.1", 40_000, "192.0.2.53", 53, DnsBytes.Query($"n{i}.example.com", 1), i);
        }

        Assert.Equal(2, _watch.Count().GivenUpEarly);
        for (var i = 2; i < 18; i++)
        {
            Add("192.0.2.53", 53, "192.0.2.1", 40_000, DnsBytes.Response($"n{i}.example.com", 1), 100 + i);
        }

        Assert.Equal(new LookupCounts(16, 2, 0, 0, 2), _watch.Count());
    }

    [Fact]
    public void A_flood_without_answers_does_not_hide_that_others_are_answered()
    {
        for (var i = 0; i < 200_000; i++)
        {
            Exchange(2 * i, isAnswered: false);
            Exchange((2 * i) + 1, isAnswered: true);
        }

        Assert.Equal(200_000, _watch.Count().Complete);
    }

    [Fact]
    public void A_message_allocates_nothing()
    {
        var query = DnsBytes.Query("a.rather.long.name.of.several.labels.example.com", 7);
        var response = DnsBytes.Response("a.rather.long.name.of.several.labels.example.com", 7);
        var client = NetAddress.From(IPAddress.Parse("2001:db8::1"));
        var server = NetAddress.From(IPAddress.Parse("192.0.2.53"));
        Exchange();

        Assert.Equal(0, Allocated.By(Exchange));

        void Exchange()
        {
            for (var i = 0; i < 50_000; i++)
            {
                Add(client, (ushort)i, server, 53, query, i, Transport.Udp, default);
                Add(server, 53, client, (ushort)i, response, i, Transport.Tcp, Vxlan5);
            }
        }
    }

    [Theory]
    [InlineData(0, 19, 0, "Unknown", Label = "too few to say")]
    [InlineData(0, 20, 0, "Queries", Label = "just enough")]
    [InlineData(50, 50, 0, "Both", Label = "half of them is not more than half")]
    [InlineData(49, 51, 0, "Queries", Label = "more than half")]
    [InlineData(49, 0, 51, "Responses", Label = "responses alone")]
    [InlineData(10, 80, 20, "Queries", Label = "mostly queries")]
    [InlineData(10, 20, 80, "Responses", Label = "mostly responses")]
    [InlineData(10, 50, 50, "EitherOfThem", Label = "some this way and some that")]
    [InlineData(1000, 3, 3, "Both", Label = "all is well")]
    public void The_verdict_needs_twenty_lookups_and_more_than_half_of_them_one_sided(
        long complete, long queries, long responses, string verdict)
    {
        Assert.Equal(Enum.Parse<MirroredDirections>(verdict), new LookupCounts(complete, queries, responses, 0, 0).Verdict);
    }

    // One lookup every 10 µs; its response comes 1 ms later, among those of others.
    private void Exchange(int number, bool isAnswered)
    {
        const int Delay = 100;
        var client = NetAddress.FromIpv4([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
        var server = NetAddress.FromIpv4([192, 0, 2, 53]);
        Add(client, 40_000, server, 53, DnsBytes.Query("www.example.com", (ushort)number), number * 10_000L, Transport.Udp, default);
        if (isAnswered)
        {
            Add(server, 53, client, 40_000, DnsBytes.Response("www.example.com", (ushort)number), (number + Delay) * 10_000L, Transport.Udp, default);
        }
    }

    private void Query(ushort id, int milliseconds = 0) =>
        Add("192.0.2.1", 40_000, "192.0.2.53", 53, DnsBytes.Query("www.example.com", id), milliseconds);

    private void Response(ushort id, int milliseconds = 0) =>
        Add("192.0.2.53", 53, "192.0.2.1", 40_000, DnsBytes.Response("www.example.com", id), milliseconds);

    private void Add(
        string source, ushort sourcePort, string destination, ushort destinationPort, byte[] message, int milliseconds = 0,
        Transport transport = Transport.Udp, Tunnel[]? tunnels = null) =>
        Add(
            NetAddress.From(IPAddress.Parse(source)), sourcePort, NetAddress.From(IPAddress.Parse(destination)), destinationPort, message,
            1_700_000_000_000_000_000 + (milliseconds * 1_000_000L), transport, tunnels);

    private void Add(
        NetAddress source, ushort sourcePort, NetAddress destination, ushort destinationPort, byte[] message, long nanoseconds,
        Transport transport, Tunnel[]? tunnels)
    {
        var origin = new PayloadOrigin
        {
            Transport = transport,
            Source = source,
            SourcePort = sourcePort,
            Destination = destination,
            DestinationPort = destinationPort,
            Time = PacketTime.FromNanoseconds(nanoseconds),
            PacketNumber = 1,
        };
        origin.SetTunnels(tunnels, tunnels?.Length ?? 0);
        var observed = ObservedMessage.Read(new TransportPayload(message, in origin), _seeds);
        if (observed.Payload.Data.Length >= DnsHeader.LengthInBytes)
        {
            _watch.Note(observed.Payload, observed.Header, observed.Key);
        }
    }
}
