using WireDns.Detection.Anomalies;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Counters;

/// <summary>
/// What a worker counts about packets and messages, as it goes. Each packet ends in exactly one of <see cref="DnsPackets"/>,
/// <see cref="NotDns"/>, <see cref="Undecodable"/> and <see cref="IncompletePackets"/>, which add up to <see cref="Packets"/> once the
/// input has ended.
/// </summary>
/// <remarks>One writer, the worker's thread. Others may read: each value is whole, but they are not of one moment.</remarks>
internal sealed class Ledger(PacketCounters packets)
{
    private readonly long[] _others = new long[Enum.GetValues<ForeignProtocol>().Length];
    private readonly long[] _malformed = new long[Enum.GetValues<DnsError>().Length];

    /// <summary>What the decoder counts.</summary>
    public PacketCounters Decoder => packets;

    /// <summary>Where the first anomalies of each reason are.</summary>
    public FirstPlaces Places { get; } = new();

    /// <summary>Packets that were read.</summary>
    public long Packets => packets.Packets;

    /// <summary>Packets that held a part of a DNS message, be it sound, malformed or cut.</summary>
    public long DnsPackets => packets.Selected - OtherOnDnsPort;

    /// <summary>Packets that were understood and held no part of a DNS message.</summary>
    public long NotDns => packets.NotSelected + OtherOnDnsPort;

    /// <summary>Packets that could not be decoded, in the file or in a header.</summary>
    public long Undecodable => packets.Undecodable;

    /// <summary>Packets held for a reassembly that never completed.</summary>
    public long IncompletePackets => packets.Incomplete;

    /// <summary>Messages that were delivered, including malformed ones with a sound question.</summary>
    public long Messages { get; private set; }

    /// <summary>Messages with a fault, delivered or not.</summary>
    public long Malformed { get; private set; }

    /// <summary>Messages with a fault of which nothing could be delivered.</summary>
    public long MalformedNotDelivered { get; private set; }

    /// <summary>Messages known to have begun that were never completed, or that the snap length cut.</summary>
    public long Incomplete => packets.IncompleteMessages;

    // Packets on DNS ports that hold another protocol, recognised by its marks. A sensor asks for it with each packet.
    private long OtherOnDnsPort { get; set; }

    /// <summary>Counts the packets of a payload of another protocol.</summary>
    public void Add(ForeignProtocol protocol, int packetCount)
    {
        _others[(int)protocol] += packetCount;
        OtherOnDnsPort += packetCount;
    }

    /// <summary>Counts a message in which nothing is wrong.</summary>
    public void AddSound() => Messages++;

    /// <summary>Counts a message.</summary>
    public void Add(DnsMessageVerdict verdict)
    {
        Messages += verdict.IsDelivered ? 1 : 0;
        if (verdict.IsMalformed)
        {
            Malformed++;
            MalformedNotDelivered += verdict.IsDelivered ? 0 : 1;
            _malformed[(int)verdict.Error]++;
        }
    }

    /// <summary>The reasons of the counters: (counter, reason, number), even if the number is 0, in the order of the counters.</summary>
    public IEnumerable<(string Counter, string Reason, long Count)> Reasons()
    {
        foreach (var reason in Enum.GetValues<NotSelectedReason>())
        {
            yield return ("not_dns", Name(reason.ToString()), packets.Count(reason));
        }

        yield return ("not_dns", "other_on_dns_port", OtherOnDnsPort);
        foreach (var protocol in Enum.GetValues<ForeignProtocol>().Where(protocol => protocol != ForeignProtocol.None))
        {
            yield return ("other_on_dns_port", protocol.ToName(), _others[(int)protocol]);
        }

        foreach (var reason in Enum.GetValues<UndecodableReason>())
        {
            yield return ("undecodable", reason.ToReason(), packets.Count(reason));
        }

        foreach (var reason in Enum.GetValues<IncompleteReason>())
        {
            yield return ("incomplete_packets", Name(reason.ToString()), packets.Count(reason));
        }

        foreach (var error in Enum.GetValues<DnsError>().Where(error => error != DnsError.None))
        {
            yield return ("malformed", error.ToReason(), _malformed[(int)error]);
        }

        foreach (var reason in Enum.GetValues<IncompleteReason>())
        {
            yield return ("incomplete", Name(reason.ToString()), packets.CountMessages(reason));
        }
    }

    /// <summary>The name of an enumeration's member as a reason: lower case, with underscores.</summary>
    private static string Name(string member) => string.Concat(
        member.Select((letter, index) => char.IsUpper(letter) && index > 0 ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
}
