using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

public sealed class TcpTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Yields_the_same_messages_however_a_stream_is_cut_ordered_and_repeated(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 150; round++)
        {
            var messages = Enumerable.Range(1, random.Next(1, 12))
                .Select(id => Message(id, random.Next(8) == 0 ? random.Next(3000, 20_000) : random.Next(0, 300))).ToArray();
            var stream = Join([.. messages.Select(Framed)]);
            var first = (uint)random.NextInt64(1L << 32);
            var segments = Cut(stream, random);
            var sent = segments.SelectMany(part => random.Next(6) == 0 ? new[] { part, part } : [part]).ToArray();
            Shuffle(sent, random, distance: random.Next(1, 20));

            var packets = sent.Select(part => Ipv4(Tcp(first + 1 + (uint)part.Offset, part.Data), 6)).Prepend(Ipv4(Tcp(first, [], "S"), 6)).ToArray();
            var (payloads, decoder) = Decoding.Run(Raw(packets));

            Assert.Equal(messages.Select(Convert.ToHexString), payloads.Select(payload => Convert.ToHexString(payload.Data)));
            Assert.Equal(packets.Length, decoder.Counters.Selected + decoder.Counters.NotSelected);
            Assert.Equal(segments.Count, decoder.Counters.Selected);
            Assert.Equal((0, 0), (decoder.Counters.LostTcpBytes, decoder.Counters.IncompleteMessages));
            Assert.DoesNotContain(payloads, payload => payload.HasOverlap);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Yields_nothing_that_was_not_sent_when_segments_are_lost(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            var messages = Enumerable.Range(1, 20).Select(id => Query(id)).ToArray();
            var stream = Join([.. messages.Select(Framed)]);
            var parts = Cut(stream, random).Where(_ => random.Next(5) != 0).ToArray();
            var packets = parts.Select(part => Ipv4(Tcp(1 + (uint)part.Offset, part.Data), 6)).Prepend(Ipv4(Tcp(0, [], "S"), 6));

            var (payloads, decoder) = Decoding.Run(Raw(packets));

            var sent = messages.Select(Convert.ToHexString).ToList();
            var got = payloads.Select(payload => Convert.ToHexString(payload.Data)).ToList();
            Assert.All(got, message => Assert.Contains(message, sent));
            Assert.Equal(got.Order(StringComparer.Ordinal), got);
            var end = parts.Select(part => part.Offset + part.Data.Length).LastOrDefault();
            Assert.True(decoder.Counters.LostTcpBytes <= end - parts.Sum(part => part.Data.Length));
        }
    }

    [Fact]
    public void Goes_on_where_the_framing_says_after_a_gap_within_a_message()
    {
        // A zone transfer: message boundaries fall within segments, so no segment starts at one.
        var stream = Join([.. Enumerable.Range(1, 5).Select(id => Framed(Message(id, 5000)))]);
        var segments = stream.Chunk(1400).Select((data, i) => Ipv4(Tcp(1 + (uint)(i * 1400), data), 6)).ToList();
        segments.RemoveAt(4);

        var (payloads, decoder) = Decoding.Run(Raw([Ipv4(Tcp(0, [], "S"), 6), .. segments]));

        Assert.Equal([1, 3, 4, 5], payloads.Select(payload => payload.Id));
        Assert.Equal(1400, decoder.Counters.LostTcpBytes);
        Assert.Equal(1, decoder.Counters.CountMessages(IncompleteReason.TcpGap));
    }

    [Fact]
    public void Goes_on_where_the_framing_says_when_the_rest_of_the_message_comes_later()
    {
        var stream = Join([.. Enumerable.Range(1, 3).Select(id => Framed(Message(id, 9000)))]);
        var segments = stream.Chunk(1400).Select((data, i) => Ipv4(Tcp(1 + (uint)(i * 1400), data), 6)).ToList();
        segments.RemoveAt(1);
        segments.Insert(2, Ipv4(Tcp(9, [], "A", acknowledgement: 1 + (3 * 1400), source: 53, destination: 40000), 6, Server, Client));

        var (payloads, _) = Decoding.Run(Raw([Ipv4(Tcp(0, [], "S"), 6), .. segments]));

        Assert.Equal([2, 3], payloads.Select(payload => payload.Id));
    }

    [Fact]
    public void Waits_for_an_acknowledgement_before_it_gives_a_gap_up()
    {
        var (a, b, c) = (Framed(Query(1)), Framed(Query(2)), Framed(Query(3)));
        var start = Ipv4(Tcp(0, [], "S"), 6);
        var first = Ipv4(Tcp(1, a), 6);
        var third = Ipv4(Tcp(1 + (uint)(a.Length + b.Length), c), 6);
        var second = Ipv4(Tcp(1 + (uint)a.Length, b), 6);
        byte[] Ack(int octets) => Ipv4(Tcp(500, [], "A", 1 + (uint)octets, 53, 40000), 6, Server, Client);

        var duplicateAcks = Decoding.Run(Raw([start, first, third, Ack(a.Length), Ack(a.Length), second]));
        var acknowledged = Decoding.Run(Raw([start, first, third, Ack(a.Length + b.Length + c.Length), second]));

        Assert.Equal([1, 2, 3], duplicateAcks.Payloads.Select(payload => payload.Id));
        Assert.Equal([1, 3], acknowledged.Payloads.Select(payload => payload.Id));
        Assert.Equal([2, 3], acknowledged.Payloads.Select(payload => payload.Frame));
        Assert.Equal(b.Length, acknowledged.Decoder.Counters.LostTcpBytes);
        Assert.Equal(1, acknowledged.Decoder.Counters.Count(NotSelectedReason.Retransmission));
    }

    [Fact]
    public void Keeps_the_octet_that_arrived_first_and_marks_that_message_alone()
    {
        var (a, b) = (Framed(Message(1, 100)), Framed(Message(2, 100)));
        var changed = (byte[])b.Clone();
        changed[60] ^= 1;

        var (payloads, decoder) = Decoding.Run(Raw([
            Ipv4(Tcp(0, [], "S"), 6), Ipv4(Tcp(1 + 102, b[..80]), 6), Ipv4(Tcp(1 + 102, changed[..80]), 6), Ipv4(Tcp(1, Join(a, changed)), 6)]));

        Assert.Equal([Message(1, 100), Message(2, 100)], payloads.Select(payload => payload.Data));
        Assert.Equal([false, true], payloads.Select(payload => payload.HasOverlap));
        Assert.Equal(2, decoder.Counters.OverlapsWithDifferentBytes);
    }

    [Fact]
    public void Counts_other_bytes_in_the_place_of_a_message_that_was_delivered()
    {
        var (payloads, decoder) = Decoding.Run(Raw([
            Ipv4(Tcp(0, [], "S"), 6), Ipv4(Tcp(1, Framed(Query(1))), 6), Ipv4(Tcp(1, Framed(Query(1))), 6), Ipv4(Tcp(1, Framed(Query(2))), 6)]));

        Assert.Equal(1, Assert.Single(payloads).Id);
        Assert.Equal(1, decoder.Counters.OverlapsWithDifferentBytes);
        Assert.Equal(2, decoder.Counters.Count(NotSelectedReason.Retransmission));
    }

    [Fact]
    public void Follows_a_stream_that_went_on_far_away()
    {
        var far = 50_000_000u;
        var length = (uint)Framed(Query(1)).Length;
        var packets = Enumerable.Range(2, 5).Select(id => Ipv4(Tcp(far + ((uint)id * length), Framed(Query(id))), 6));

        var (payloads, decoder) = Decoding.Run(Raw([Ipv4(Tcp(0, [], "S"), 6), Ipv4(Tcp(1, Framed(Query(1))), 6), .. packets]));

        Assert.Equal([1, 4, 5, 6], payloads.Select(payload => payload.Id));
        Assert.Equal(2, decoder.Counters.Count(NotSelectedReason.OutsideWindow));
    }

    [Fact]
    public void Gives_a_gap_up_when_the_stream_has_moved_on_too_far()
    {
        var options = new PacketDecoderOptions { MaximumTcpGapInBytes = 300 };
        var length = Framed(Query(1)).Length;
        var packets = Enumerable.Range(1, 20).Where(id => id != 2).Select(id => Ipv4(Tcp(1 + (uint)((id - 1) * length), Framed(Query(id))), 6));

        var (payloads, _) = Decoding.Run(Raw([Ipv4(Tcp(0, [], "S"), 6), .. packets]), options);

        Assert.Equal(Enumerable.Range(1, 20).Where(id => id != 2), payloads.Select(payload => payload.Id));
        Assert.Equal(3, payloads[1].Frame);
    }

    [Fact]
    public void Gives_a_gap_up_at_the_fin_of_a_stream_whose_other_side_is_not_seen()
    {
        var (payloads, _) = Decoding.Run(Raw([
            Ipv4(Tcp(0, [], "S"), 6), Ipv4(Tcp(1 + 35, Framed(Query(2))), 6), Ipv4(Tcp(1 + 70, [], "FA"), 6), Ipv4(Udp(Query(9))),]));

        Assert.Equal([(2, 2L), (9, 4L)], payloads.Select(payload => (payload.Id, payload.Frame)));
    }

    [Fact]
    public void Keeps_what_was_held_apart_for_each_network()
    {
        byte[] Geneve(int network, byte[] inner) =>
            Ipv4(Udp(Join(Hex("0000 0800 00"), Big16(network), [0], inner), 50000, 6081), 17, "10.0.0.1", "10.0.0.2");
        var message = Framed(Query(1));
        var other = Framed(Query(2));

        var (payloads, _) = Decoding.Run(Raw([
            Geneve(1, Ipv4(Tcp(0, [], "S"), 6)), Geneve(2, Ipv4(Tcp(0, [], "S"), 6)),
            Geneve(1, Ipv4(Tcp(1, message[..20]), 6)), Geneve(2, Ipv4(Tcp(1, other[..20]), 6)),
            Geneve(1, Ipv4(Tcp(21, message[20..]), 6)), Geneve(2, Ipv4(Tcp(21, other[20..]), 6))]));

        Assert.Equal([(1, "Geneve:1"), (2, "Geneve:2")], payloads.Select(payload => (payload.Id, payload.Tunnels)));
    }

    [Fact]
    public void Names_the_tunnels_of_a_message_that_the_end_of_the_input_released()
    {
        byte[] Gre(byte[] inner) => Ipv4(Join(Hex("2000 0800 00000007"), inner), 47, "10.0.0.1", "10.0.0.2");

        var (payloads, _) = Decoding.Run(Raw([Gre(Ipv4(Tcp(0, [], "S"), 6)), Gre(Ipv4(Tcp(90, Framed(Query(1))), 6)), Ipv4(Udp([]), 1)]));

        var payload = Assert.Single(payloads);
        Assert.Equal((1, "Gre:7", 2L), (payload.Id, payload.Tunnels, payload.Frame));
    }

    [Fact]
    public void Judges_a_start_in_the_middle_by_enough_of_it()
    {
        var stream = Join(Framed(Query(1)), Framed(Query(2)), Framed(Query(3)));

        // Byte by byte from within the first message on: no byte looks like the start of anything for long.
        var bytewise = stream[11..].Select((value, i) => Ipv4(Tcp(1 + (uint)i, [value]), 6));
        var halves = new[] { (5, 20), (20, 35), (35, 41), (41, 70), (70, 105) }
            .Select(part => Ipv4(Tcp(1 + (uint)part.Item1, stream[part.Item1..part.Item2]), 6));

        Assert.All(Decoding.Run(Raw(bytewise)).Payloads, payload => Assert.Equal(Query(payload.Id), payload.Data));
        Assert.Equal([2, 3], Decoding.Run(Raw(halves)).Payloads.Select(payload => payload.Id));
    }

    [Fact]
    public void Forgets_idle_connections_and_delivers_what_they_held()
    {
        var start = 1_000 * Second;

        var (payloads, decoder) = Decoding.Run([
            Raw(Ipv4(Tcp(0, [], "S"), 6), 1, start), Raw(Ipv4(Tcp(50, Framed(Query(1))), 6), 2, start),
            Raw(Ipv4(Udp(Query(2))), 3, start + (301 * Second))]);

        Assert.Equal([(1, 2L), (2, 3L)], payloads.Select(payload => (payload.Id, payload.Frame)));
        Assert.Equal(1, decoder.Counters.CountMessages(IncompleteReason.TcpGap));
    }

    [Fact]
    public void Evicts_the_connection_that_was_idle_for_longest()
    {
        var options = new PacketDecoderOptions { MaximumTcpConnections = 2 };
        byte[] From(int port, uint sequence, byte[] data, string flags = "A") => Ipv4(Tcp(sequence, data, flags, source: port), 6);
        var message = Framed(Query(1));

        var (payloads, decoder) = Decoding.Run(
            Raw([
                From(1001, 0, [], "S"), From(1001, 1, message[..9]), From(1002, 0, [], "S"), From(1003, 0, [], "S"),
                From(1002, 1, message), From(1003, 1, message), From(1001, 10, message[9..])]),
            options);

        Assert.Equal([1002, 1003], payloads.Select(payload => payload.SourcePort));
        Assert.Equal(1, decoder.Counters.CountMessages(IncompleteReason.TcpEvicted));
        Assert.Equal(2, decoder.Counters.EvictedTcpConnections);
    }

    [Fact]
    public void Keeps_its_memory_bounded_under_a_flood_of_huge_unfinished_messages()
    {
        var options = new PacketDecoderOptions { TcpMemoryInBytes = 1 << 20, MaximumTcpConnections = 1000 };
        var decoder = Decoding.NewDecoder(options);
        var data = Join(Hex("ffff"), new byte[1400]);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var number = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var (host, port) = ($"10.{i % 7}.{i / 250 % 250}.{i % 250}", 1024 + (i % 60_000));
            Drain(decoder.Decode(Raw(Ipv4(Tcp(0, [], "S", source: port), 6, host), ++number, 1_000 * Second).ToPacket()));
            Drain(decoder.Decode(Raw(Ipv4(Tcp(1, data, source: port), 6, host), ++number, 1_000 * Second).ToPacket()));
            Drain(decoder.Decode(Raw(Ipv4(Tcp(90_000, data, source: port), 6, host), ++number, 1_000 * Second).ToPacket()));
        }

        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 12 << 20);
        Decoding.AssertSum(decoder.Counters);
        Drain(decoder.Decode(Raw(Ipv4(Tcp(0, [], "S", source: 7), 6), ++number, 1_000 * Second).ToPacket()));
        var payloads = new List<DecodedPayload>();
        Decoding.Add(decoder.Decode(Raw(Ipv4(Tcp(1, Framed(Query(3))[..9], source: 7), 6), ++number, 1_000 * Second).ToPacket()), payloads);
        Decoding.Add(decoder.Decode(Raw(Ipv4(Tcp(10, Framed(Query(3))[9..], source: 7), 6), ++number, 1_000 * Second).ToPacket()), payloads);
        Assert.Equal(3, Assert.Single(payloads).Id);
        Drain(decoder.Finish());
        Assert.Equal(0, decoder.Counters.Held);
    }

    [Fact]
    public void Survives_random_segments_of_one_connection()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var flags = new[] { "A", "A", "A", "A", "A", "FA", "RA", "SA", "S", "" };
            var packets = Enumerable.Range(0, 400).Select(_ =>
            {
                var data = random.Next(3) == 0 ? Framed(Query(random.Next(100))) : new byte[random.Next(0, 300)];
                var (sequence, acknowledgement) = ((uint)random.Next(0, 2000), (uint)random.Next(0, 2000));
                sequence = random.Next(30) == 0 ? (uint)random.NextInt64(1L << 32) : sequence + (uint)(random.Next(20) == 0 ? 200_000 : 0);
                var segment = Tcp(sequence, data, flags[random.Next(flags.Length)], acknowledgement, random.Next(2) == 0 ? 53 : 40000, 53);
                return Ipv4(segment, 6);
            });

            Decoding.Run(Raw(packets), new PacketDecoderOptions { MaximumTcpGapInBytes = 1 + (seed * 1000) });
        }
    }

    private static List<(int Offset, byte[] Data)> Cut(byte[] stream, Random random)
    {
        var parts = new List<(int, byte[])>();
        var style = random.Next(3);
        for (var offset = 0; offset < stream.Length;)
        {
            var length = Math.Min(style switch { 0 => random.Next(1, 5), 1 => random.Next(1, 200), _ => random.Next(500, 1461) }, stream.Length - offset);
            length = parts.Count > 1500 ? Math.Min(1460, stream.Length - offset) : length;
            parts.Add((offset, stream[offset..(offset + length)]));
            offset += length;
        }

        return parts;
    }

    private static void Shuffle<T>(T[] items, Random random, int distance)
    {
        for (var i = 0; i < items.Length; i++)
        {
            var other = Math.Min(items.Length - 1, i + random.Next(distance));
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    private static void Drain(PayloadReader reader)
    {
        while (reader.TryRead(out _))
        {
        }
    }
}
