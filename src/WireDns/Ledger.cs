using WireDns.Capture.Files;
using WireDns.Health;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns;

/// <summary>
/// Every counter of a run: each packet that was read ends in exactly one of <see cref="DnsPackets"/>, <see cref="NotDns"/>,
/// <see cref="Undecodable"/> and <see cref="IncompletePackets"/>, which sum up to <see cref="Packets"/> once the input has ended.
/// </summary>
/// <remarks>One writer, the pipeline's thread. Others may read values that are whole, but not of one moment.</remarks>
internal sealed class Ledger(PacketDecoder decoder)
{
    private readonly PacketCounters _packets = decoder.Counters;
    private readonly long[] _malformed = new long[Enum.GetValues<DnsError>().Length];
    private readonly long[] _skipped = new long[Enum.GetValues<SkippedPacketReason>().Length];

    /// <summary>What the decoder counts.</summary>
    public PacketCounters Decoder => _packets;

    /// <summary>Lookups by the directions that were seen of them.</summary>
    public LookupWatch Lookups { get; } = new();

    /// <summary>Packets that were read.</summary>
    public long Packets => _packets.Packets + Skipped;

    /// <summary>Packets that held a part of a DNS message, be it sound, malformed or cut.</summary>
    public long DnsPackets => _packets.Selected;

    /// <summary>Packets that were understood and held no part of a DNS message.</summary>
    public long NotDns => _packets.NotSelected;

    /// <summary>Packets that could not be decoded, in the file or in a header.</summary>
    public long Undecodable => _packets.Undecodable + Skipped;

    /// <summary>Packets that were held for reassembly which never completed.</summary>
    public long IncompletePackets => _packets.Incomplete;

    /// <summary>Messages that were delivered, malformed ones with a sound question among them.</summary>
    public long Messages { get; private set; }

    /// <summary>Messages with a fault, delivered or not.</summary>
    public long Malformed { get; private set; }

    /// <summary>Messages with a fault of which nothing could be delivered.</summary>
    public long MalformedNotDelivered { get; private set; }

    /// <summary>Messages known to have begun that were never completed, or that the snap length cut.</summary>
    public long Incomplete => _packets.IncompleteMessages;

    private PacketDecoder PacketDecoder => decoder;

    private long Skipped { get; set; }

    /// <summary>Who used DNS that cannot be read; in detail for at most so many clients. Allocates: for a report.</summary>
    public EncryptedDnsUse GetEncryptedDns(int maximumClients) => EncryptedDnsUse.Of(decoder, maximumClients);

    /// <summary>Adds what another ledger has, at rest.</summary>
    public void Absorb(Ledger other)
    {
        decoder.Absorb(other.PacketDecoder);
        Lookups.Absorb(other.Lookups);
        Messages += other.Messages;
        Malformed += other.Malformed;
        MalformedNotDelivered += other.MalformedNotDelivered;
        Skipped += other.Skipped;
        Add(_malformed, other._malformed);
        Add(_skipped, other._skipped);
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

    /// <summary>Counts the packets of a file that its reader had to skip.</summary>
    public void Add(SkippedPackets skipped)
    {
        Skipped += skipped.Total;
        foreach (var reason in Enum.GetValues<SkippedPacketReason>())
        {
            _skipped[(int)reason] += skipped[reason];
        }
    }

    /// <summary>The reasons behind a counter, only those that occurred: (counter, reason, number), in the order of the counters.</summary>
    public IEnumerable<(string Counter, string Reason, long Count)> Reasons()
    {
        foreach (var reason in Enum.GetValues<NotSelectedReason>())
        {
            yield return ("not_dns", Name(reason.ToString()), _packets.Count(reason));
        }

        foreach (var reason in Enum.GetValues<UndecodableReason>())
        {
            yield return ("undecodable", Name(reason.ToString()), _packets.Count(reason));
        }

        foreach (var reason in Enum.GetValues<SkippedPacketReason>())
        {
            yield return ("undecodable", "file_" + Name(reason.ToString()), _skipped[(int)reason]);
        }

        foreach (var reason in Enum.GetValues<IncompleteReason>())
        {
            yield return ("incomplete_packets", Name(reason.ToString()), _packets.Count(reason));
        }

        foreach (var error in Enum.GetValues<DnsError>().Where(error => error != DnsError.None))
        {
            yield return ("malformed", error.ToReason(), _malformed[(int)error]);
        }

        foreach (var reason in Enum.GetValues<IncompleteReason>())
        {
            yield return ("incomplete", Name(reason.ToString()), _packets.CountMessages(reason));
        }
    }

    private static void Add(long[] counts, long[] others)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] += others[i];
        }
    }

    /// <summary>An enumeration's member as a reason: lower case, with underscores.</summary>
    private static string Name(string member) => string.Concat(
        member.Select((letter, index) => char.IsUpper(letter) && index > 0 ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
}
