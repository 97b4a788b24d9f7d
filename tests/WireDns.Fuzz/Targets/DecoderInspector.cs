using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Fuzz.Targets;

/// <summary>
/// Drives a <see cref="PacketDecoder"/> and checks what holds after every packet: each packet is in exactly one counter, what is delivered
/// is counted as selected, and nothing is left at the end.
/// </summary>
internal sealed class DecoderInspector
{
    private static readonly NotSelectedReason[] NotSelected = Enum.GetValues<NotSelectedReason>();
    private static readonly UndecodableReason[] UndecodableReasons = Enum.GetValues<UndecodableReason>();
    private static readonly IncompleteReason[] Incomplete = Enum.GetValues<IncompleteReason>();

    // One inside the other: more would be too many combinations to learn from.
    private const int DistinctTunnels = 2;

    private readonly PacketDecoderOptions _options;
    private readonly PacketDecoder _decoder;
    private readonly long[] _before = new long[64];
    private readonly long[] _now = new long[64];
    private long _packetNumber;

    // Of the packets since the last end, after which nothing of an earlier one can be delivered.
    private readonly List<long> _times = [];

    public DecoderInspector(PacketDecoderOptions options)
    {
        _options = options;
        _decoder = new PacketDecoder(options, DnsMessageStart.IsPlausible);
        Snapshot(_before);
    }

    /// <summary>Takes a payload that was delivered.</summary>
    public delegate void PayloadAction(in TransportPayload payload);

    /// <summary>A number that stands for all that the last <see cref="Decode"/> or <see cref="Finish"/> delivered and counted.</summary>
    public ulong Outcome { get; private set; }

    /// <summary>How many payloads the last call delivered.</summary>
    public int Delivered { get; private set; }

    /// <summary>How many packets the last call reported as undecodable.</summary>
    public int Undecodable { get; private set; }

    public void Decode(LinkType linkType, ReadOnlySpan<byte> data, int originalLength, long time, FeatureMap features, PayloadAction? action = null)
    {
        var packet = new Packet
        {
            Data = data,
            OriginalLength = originalLength,
            LinkType = linkType,
            Time = PacketTime.FromNanoseconds(time),
            Number = ++_packetNumber,
        };
        _times.Add(time);
        var selected = _decoder.Counters.Selected;
        var undecodable = _decoder.Counters.Undecodable;
        Take(_decoder.Decode(in packet), features, action);
        Invariant.Holds(_decoder.Counters.Undecodable == undecodable + Undecodable, "what counts as undecodable is told of");
        Invariant.Holds(Delivered == 0 || _decoder.Counters.Selected > selected, "what is delivered comes from a packet that counts as selected");
        Check(features, (int)linkType);
    }

    public void Finish(FeatureMap features, PayloadAction? action = null)
    {
        Take(_decoder.Finish(), features, action);
        _times.Clear();
        Check(features, -1);
        Invariant.Holds(_decoder.Counters.Held == 0, "no packet is left at the end");
    }

    private void Take(PayloadReader payloads, FeatureMap features, PayloadAction? action)
    {
        var hash = 0UL;
        Delivered = 0;
        while (payloads.TryRead(out var payload))
        {
            Delivered++;
            hash = (hash * 31) + Fingerprint.Of(payload.Data) + payload.SourcePort + ((ulong)payload.DestinationPort << 16)
                + ((ulong)payload.Transport << 32) + (payload.IsTruncated ? 1UL << 40 : 0) + (payload.HasOverlap ? 1UL << 41 : 0)
                + ((ulong)payload.VlanIds.Length << 42) + ((ulong)payload.Tunnels.Length << 48);
            Invariant.Holds(payload.Data.Length <= ushort.MaxValue, "a payload has at most 65,535 bytes");
            Invariant.Holds(payload.VlanIds.Length <= _options.MaximumVlanTags, "VLAN tags are bounded");
            Invariant.Holds(payload.Tunnels.Length <= _options.MaximumTunnels, "tunnels are bounded");
            Invariant.Holds(payload.Transport is Transport.Udp or Transport.Tcp, "a payload has a transport");
            Invariant.Holds(payload.SourcePort == 53 || payload.DestinationPort == 53, "a payload is of a selected port");
            Invariant.Holds(payload.Source.IsIpv6 == payload.Destination.IsIpv6, "both ends are of one family");
            var age = _packetNumber - payload.PacketNumber;
            Invariant.Holds(age >= 0 && age < _times.Count, "a payload has the number of a packet of its input");
            Invariant.Holds(payload.Time.Nanoseconds == _times[^((int)age + 1)], "a payload has the number and the time of one packet");
            Invariant.Holds(age == 0 || payload.Transport == Transport.Tcp, "only a message of a stream may be of an earlier packet");
            var stack = (ulong)payload.VlanIds.Length;
            foreach (var tunnel in payload.Tunnels[..Math.Min(payload.Tunnels.Length, DistinctTunnels)])
            {
                stack = (stack * 67) + (ulong)tunnel.Kind + 1;
                features.Add(4, stack);
            }

            foreach (var id in payload.VlanIds)
            {
                Invariant.Holds(id <= 4095, "a VLAN id has 12 bits");
            }

            action?.Invoke(in payload);
        }

        Undecodable = 0;
        if (payloads.TryReadUndecodable(out var packet))
        {
            Undecodable = packet.Origin.PacketCount;
            Invariant.Holds(Undecodable > 0 && Enum.IsDefined(packet.Fault.Reason), "an undecodable packet has a reason");
            Invariant.Holds(packet.Origin.PacketNumber == _packetNumber, "an undecodable packet is the one at hand");
            Invariant.Holds(
                packet.Fault.Known != KnownEnds.Ports || packet.Origin.Transport is Transport.Udp or Transport.Tcp, "ports have a transport");
        }

        Outcome = hash;
    }

    private void Check(FeatureMap features, int linkType)
    {
        var counters = _decoder.Counters;
        Invariant.Holds(counters.Held >= 0, "no packet is counted that was not held");
        Invariant.Holds(
            counters.Packets == counters.Selected + counters.NotSelected + counters.Undecodable + counters.Incomplete + counters.Held,
            "every packet is in one counter");
        var count = Snapshot(_now);
        for (var i = 0; i < count; i++)
        {
            var change = _now[i] - _before[i];
            if (change != 0)
            {
                Invariant.Holds(change > 0 || i == 0, "counters do not go back");
                Outcome = (Outcome * 31) + ((ulong)i << 32) + (ulong)change;
                features.Add(1, (uint)i | ((ulong)long.Log2(Math.Abs(change)) << 8));
                features.Add(2, (uint)i | ((ulong)(uint)linkType << 8));
            }

            _before[i] = _now[i];
        }

        features.AddMagnitude(3, Delivered);
    }

    // The duplicates are left out: a packet that is given twice counts once.
    private int Snapshot(long[] counts)
    {
        var counters = _decoder.Counters;
        var i = 0;
        counts[i++] = counters.Held;
        counts[i++] = counters.Selected;
        counts[i++] = counters.LostTcpBytes;
        counts[i++] = counters.OverlapsWithDifferentBytes;
        counts[i++] = counters.EvictedFragmentedDatagrams;
        counts[i++] = counters.EvictedTcpConnections;
        foreach (var reason in NotSelected)
        {
            counts[i++] = counters.Count(reason);
        }

        foreach (var reason in UndecodableReasons)
        {
            counts[i++] = counters.Count(reason);
        }

        foreach (var reason in Incomplete)
        {
            counts[i++] = counters.Count(reason);
            counts[i++] = counters.CountMessages(reason);
        }

        return i;
    }
}
