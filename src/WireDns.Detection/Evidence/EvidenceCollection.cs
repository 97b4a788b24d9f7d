using WireDns.Alerts;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Wire.Framing;
using WireDns.Wire.Net;

namespace WireDns.Detection.Evidence;

/// <summary>What is collected of one alert until it is given out.</summary>
internal sealed class EvidenceCollection(Alert alert)
{
    public Alert Alert => alert;

    public LookupKey Key { get; set; }

    public long Start { get; set; }

    public bool IsGivenOut { get; set; }

    public bool IsWaiting { get; set; }

    public int Octets { get; set; }

    public HashSet<long> Serials { get; } = [];

    public List<(long Serial, EvidencePacket Packet)> Packets { get; } = [];

    public HashSet<string> Missing { get; } = [];

    /// <summary>How many of so many octets are in none of the ranges, which are sorted.</summary>
    public static int MissingOf(List<(int From, int To)> ranges, int length)
    {
        var (missing, end) = (0, 0);
        ranges.Sort();
        foreach (var (from, to) in ranges)
        {
            missing += Math.Max(0, from - end);
            end = Math.Max(end, to);
        }

        return missing + length - end;
    }
}

/// <summary>What is remembered of a message, to find its packets.</summary>
internal struct KeptMessage
{
    public long Serial; // from 1
    public LookupKey Key;
    public bool IsResponse;
    public int Id;
    public long Number;
    public long BeforeOfNumber; // the message before it of a packet with the same number
    public PacketSource? Source;
    public int Length;
    public long Time;
    public int PacketCount;
    public NetAddress Client;
    public bool IsClean; // no address of a client is in it; false unless that is asked
    public PayloadOrigin Origin;
    public long Packet; // in the ring; -1 until it is there
    public long Before; // the message before it with the same key

    /// <summary>Of a message of a stream: the sequence number of its length prefix.</summary>
    public readonly uint StreamStart => Origin.StreamEnd - (uint)(MessageFraming.PrefixLength + Length);

    /// <summary>Notes which octets of a segment are of the message, if that is clean; returns whether it starts with the segment.</summary>
    public readonly bool Cover(in PacketRing.Entry segment, List<(int From, int To)> covered)
    {
        var (from, to) = ((int)(StreamStart - segment.Sequence), (int)(Origin.StreamEnd - segment.Sequence));
        if (IsClean && to > 0 && from < segment.SegmentLength)
        {
            covered.Add((Math.Max(from, 0), Math.Min(to, segment.SegmentLength)));
        }

        return from == 0;
    }
}
