using System.Globalization;
using WireDns.Detection.Counters;
using WireDns.Detection.Lookups;
using WireDns.Wire.Net;

namespace WireDns.Detection.Health;

/// <summary>
/// What the counters of a run say about the path from the link to the sensor: what is missing, what comes twice, what gave way. A view of
/// one moment, for a report.
/// </summary>
public sealed class MirrorHealth
{
    // A few copies are a switch's or a client's own; a mirror of both ends copies most packets.
    private const int LeastDuplicates = 20;
    private const int DuplicateShareOfSelected = 20;

    private readonly RunCounters _counters;

    private MirrorHealth(RunCounters counters)
    {
        _counters = counters;
        Lookups = counters.Lookups;
        Findings = [.. Find()];
    }

    /// <summary>Lookups by the directions that were seen.</summary>
    public LookupCounts Lookups { get; }

    /// <summary>Packets on DNS ports that repeat one of the last 10 ms.</summary>
    public long ExactDuplicatePackets => _counters["exact_duplicate_packets"];

    /// <summary>Bytes that are missing from TCP streams on DNS ports.</summary>
    public long LostTcpBytes => _counters["lost_tcp_bytes"];

    /// <summary>Fragments and segments with other bytes for a place that was already filled.</summary>
    public long OverlapsWithDifferentBytes => _counters["overlaps_with_different_bytes"];

    /// <summary>Datagrams in fragments that gave way to newer ones.</summary>
    public long EvictedFragmentedDatagrams => _counters["evicted_fragmented_datagrams"];

    /// <summary>TCP connections, or buffers of one, that gave way to newer ones.</summary>
    public long EvictedTcpConnections => _counters["evicted_tcp_connections"];

    /// <summary>Messages that the snap length of the capture cut.</summary>
    public long CutMessages => _counters.Count("incomplete", "snap_length");

    /// <summary>Packets that were cut before the capture.</summary>
    public long SlicedPackets => _counters["sliced_packets"];

    /// <summary>The shortest and the longest of the <see cref="SlicedPackets"/>, in bytes; 0 where there are none.</summary>
    public (int Shortest, int Longest) Slices => ((int)_counters[RunCounters.ShortestSlice], (int)_counters[RunCounters.LongestSlice]);

    /// <summary>The findings, the worst for detection first.</summary>
    public IReadOnlyList<HealthFinding> Findings { get; }

    /// <summary>The health of a run, by what it has counted so far.</summary>
    public static MirrorHealth Of(RunCounters counters)
    {
        ArgumentNullException.ThrowIfNull(counters);
        return new MirrorHealth(counters);
    }

    private IEnumerable<HealthFinding> Find()
    {
        switch (Lookups.Verdict)
        {
            case MirroredDirections.Queries:
                yield return new("responses_missing",
                    "most queries have no response here: does the mirror deliver both directions of the link (rx and tx), or do the servers not answer?");
                break;
            case MirroredDirections.Responses:
                yield return new("queries_missing",
                    "most responses have no query here: does the mirror deliver both directions of the link (rx and tx)?");
                break;
            case MirroredDirections.EitherOfThem:
                yield return new("directions_apart",
                    "most lookups are seen in one direction, some this way and some that: asymmetric routes or load sharing; mirror every link, or read with --merge");
                break;
        }

        if (CutMessages > 0)
        {
            yield return new("snap_length_too_short", "packets were captured in part: raise the snap length of whatever captured them");
        }

        if (SlicedPackets > 0)
        {
            var (shortest, longest) = Slices;
            yield return new("packets_sliced", string.Create(
                CultureInfo.InvariantCulture,
                $"packets were cut to {(shortest == longest ? $"{shortest:N0}" : $"between {shortest:N0} and {longest:N0}")} bytes before they were captured: by a broker, a cloud mirror, or the MTU on a mirror's way"));
        }

        if (LostTcpBytes > 0)
        {
            yield return new("tcp_bytes_missing",
                "packets were lost before they came here, or in the capture: is the mirror's port overbooked, does the capture drop?");
        }

        if (OverlapsWithDifferentBytes > 0)
        {
            yield return new("contradicting_overlaps",
                "fragments or segments contradict each other, which no sound sender does: somebody may be hiding; alerts of such messages say overlap");
        }

        if (ExactDuplicatePackets >= LeastDuplicates && ExactDuplicatePackets > _counters.DnsPackets / DuplicateShareOfSelected)
        {
            yield return new("packets_twice",
                "packets come twice: the mirror delivers both ends of a link, or a port and its VLAN; one of them is enough");
        }

        if (EvictedFragmentedDatagrams > 0)
        {
            yield return new("fragments_evicted",
                "more fragments at once than there is room for, by an attack or by loss: see --fragment-datagrams and --fragment-memory");
        }

        if (EvictedTcpConnections > 0)
        {
            yield return new("tcp_evicted",
                "more TCP connections to DNS ports at once than there is room for, by a scan or an attack: see --tcp-connections and --tcp-memory");
        }
    }
}

/// <summary>Something that is wrong between the link and the sensor.</summary>
/// <param name="Name">Its name in the JSON ledger: lower case with underscores.</param>
/// <param name="Advice">What it means, and what to check: one line.</param>
public sealed record HealthFinding(string Name, string Advice);
