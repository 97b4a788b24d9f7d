using WireDns.Detection.Counters;

using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>In which of the ledger's counters a packet ended, and why: told by how the counters changed.</summary>
/// <param name="Counter">The counter's name in the ledger; <c>held</c> for a packet that waits for others.</param>
/// <param name="Reason">The reason's name in the ledger; empty for counters without reasons.</param>
/// <param name="Released">Held packets that this one released: the other parts of what it completed.</param>
internal sealed record PacketOutcome(string Counter, string Reason, int Released)
{
    /// <summary>Whether the packet waits for the rest of its datagram or message.</summary>
    public bool IsHeld => Counter == "held";

    /// <summary>Finds what one packet added to the ledger.</summary>
    public static PacketOutcome Between(RunCounters before, RunCounters after)
    {
        var gained = after.Reasons().Where(entry => entry.Count > before.Count(entry.Counter, entry.Reason)).ToList();
        var released = (int)Math.Max(0, before.Held - after.Held);

        // A packet that is not held, but caused others to be given up or delivered, has a counter of its own.
        foreach (var counter in (string[])["not_dns", "undecodable"])
        {
            if (gained.Find(entry => entry.Counter == counter) is { Reason: not null } found)
            {
                return new PacketOutcome(counter, found.Reason, released);
            }
        }

        if (after.DnsPackets > before.DnsPackets)
        {
            return new PacketOutcome("dns_packets", "", released);
        }

        return after.Held <= before.Held && gained.Find(entry => entry.Counter == "incomplete_packets") is { Reason: not null } incomplete
            ? new PacketOutcome("incomplete_packets", incomplete.Reason, released)
            : new PacketOutcome("held", "", 0);
    }

    /// <summary>The outcome in words.</summary>
    public string Describe() => (Counter, Reason) switch
    {
        ("dns_packets", _) when Released > 0 => Invariant($"it holds DNS, and completes what {Released} earlier packet{(Released == 1 ? "" : "s")} began"),
        ("dns_packets", _) => "it holds DNS",
        ("held", _) => "it holds a part of a fragmented datagram or of a stream, and waits for the rest",
        ("not_dns", "other_port") => "UDP or TCP between ports that are not read as DNS (--port says which are)",
        ("not_dns", "other_protocol") => "another protocol than UDP and TCP",
        ("not_dns", "tcp_control") => "TCP on a DNS port without payload: a handshake, an acknowledgement, an end",
        ("not_dns", "retransmission") => "TCP payload of which every byte came before",
        ("not_dns", "outside_window") => "TCP payload far from where its stream is: a stray or forged segment",
        ("not_dns", "behind_fin") => "TCP payload after the end of its stream",
        ("not_dns", "duplicate_fragment") => "a fragment of which every byte came before",
        ("not_dns", "encrypted_dns") => "encrypted DNS, by its port or its resolver",
        ("undecodable", "unknown_link_type") => "its link type is not read",
        ("undecodable", "cut_header") => "it ends within a header",
        ("undecodable", "bad_version") => "a version field holds what the layer below does not announce",
        ("undecodable", "bad_length") => "a length field is less than its header, or more than what carries it",
        ("undecodable", "too_many_tunnels") => "more tunnels in each other than are followed",
        ("undecodable", "too_many_tags") => "more VLAN tags or labels than are followed",
        ("undecodable", "internal_error") => "this program failed on it",
        ("undecodable", "too_many_headers") => "more headers than are followed",
        ("undecodable", "encrypted") => "encrypted: ESP, MACsec or protected 802.11",
        ("undecodable", "bad_fragment") => "a fragment that no datagram can have",
        ("undecodable", "overlapping_fragments") => "fragments of an IPv6 datagram overlap, which no receiver accepts (RFC 5722)",
        ("undecodable", "unsupported_header") => "a header whose form is not read",
        ("incomplete_packets", "tcp_unsynchronised") => "TCP payload in front of the first message of a stream that was met in the middle",
        ("incomplete_packets", "tcp_gap") => "bytes of its stream are missing",
        ("incomplete_packets", "tcp_unfinished") => "its stream ended within a message",
        ("incomplete_packets", "tcp_evicted") => "its connection gave way to newer ones",
        ("incomplete_packets", "fragment_timeout") => "the other fragments did not come in time",
        ("incomplete_packets", "fragment_evicted") => "its datagram gave way to newer ones",
        ("incomplete_packets", "fragment_cut") => "the first fragment of its datagram was cut, and was read without it",
        ("incomplete_packets", "fragment_unfinished") => "the other fragments did not come",
        _ => "",
    };
}
