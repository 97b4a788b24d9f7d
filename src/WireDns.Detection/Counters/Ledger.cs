using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Counters;

/// <summary>
/// What a worker counts of packets and messages, as it goes. Each packet ends in exactly one of <see cref="DnsPackets"/>, <see cref="NotDns"/>,
/// <see cref="Undecodable"/> and <see cref="IncompletePackets"/>, which add up to <see cref="Packets"/> once the input has ended.
/// </summary>
/// <remarks>One writer, the worker's thread. Others may read values that are whole, but not of one moment.</remarks>
internal sealed class Ledger(PacketCounters packets)
{
    private readonly long[] _malformed = new long[Enum.GetValues<DnsError>().Length];
    private readonly OrderedDictionary<string, long> _skipped = [];

    /// <summary>What the decoder counts.</summary>
    public PacketCounters Decoder => packets;

    /// <summary>Packets that were read.</summary>
    public long Packets => packets.Packets + Skipped;

    /// <summary>Packets that held a part of a DNS message, be it sound, malformed or cut.</summary>
    public long DnsPackets => packets.Selected;

    /// <summary>Packets that were understood and held no part of a DNS message.</summary>
    public long NotDns => packets.NotSelected;

    /// <summary>Packets that could not be decoded, in the file or in a header.</summary>
    public long Undecodable => packets.Undecodable + Skipped;

    /// <summary>Packets that were held for reassembly which never completed.</summary>
    public long IncompletePackets => packets.Incomplete;

    /// <summary>Messages that were delivered, malformed ones with a sound question among them.</summary>
    public long Messages { get; private set; }

    /// <summary>Messages with a fault, delivered or not.</summary>
    public long Malformed { get; private set; }

    /// <summary>Messages with a fault of which nothing could be delivered.</summary>
    public long MalformedNotDelivered { get; private set; }

    /// <summary>Messages known to have begun that were never completed, or that the snap length cut.</summary>
    public long Incomplete => packets.IncompleteMessages;

    private long Skipped { get; set; }

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

    /// <summary>Counts packets that the reader of a file had to skip: they are undecodable.</summary>
    /// <param name="reason">Why, in lower case with underscores. Reasons are listed in the order in which they came first.</param>
    /// <param name="count">How many, also 0.</param>
    public void AddSkipped(string reason, long count)
    {
        Skipped += count;
        _skipped[reason] = _skipped.GetValueOrDefault(reason) + count;
    }

    /// <summary>The reasons of the counters: (counter, reason, number), also where the number is 0, in the order of the counters.</summary>
    public IEnumerable<(string Counter, string Reason, long Count)> Reasons()
    {
        foreach (var reason in Enum.GetValues<NotSelectedReason>())
        {
            yield return ("not_dns", Name(reason.ToString()), packets.Count(reason));
        }

        foreach (var reason in Enum.GetValues<UndecodableReason>())
        {
            yield return ("undecodable", Name(reason.ToString()), packets.Count(reason));
        }

        foreach (var (reason, count) in _skipped)
        {
            yield return ("undecodable", reason, count);
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

    /// <summary>An enumeration's member as a reason: lower case, with underscores.</summary>
    private static string Name(string member) => string.Concat(
        member.Select((letter, index) => char.IsUpper(letter) && index > 0 ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
}
