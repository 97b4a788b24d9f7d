using WireDns.Detection.Anomalies;
using WireDns.Detection.Correlation;
using WireDns.Detection.Intel;
using WireDns.Detection.Lookups;
using WireDns.Wire.EncryptedDns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Detection.Counters;

/// <summary>
/// Everything that workers have counted, at one moment. Immutable; what several workers counted can be added. Each counter has one name, in
/// summary, ledger and metrics alike.
/// </summary>
public sealed class RunCounters
{
    internal const string ShortestSlice = "shortest_slice";
    internal const string LongestSlice = "longest_slice";

    private readonly OrderedDictionary<string, long> _values;
    private readonly IReadOnlyList<(string Counter, string Reason, long Count)> _reasons;

    private RunCounters(
        OrderedDictionary<string, long> values, IReadOnlyList<(string Counter, string Reason, long Count)> reasons,
        IReadOnlyList<EncryptedTraffic> encryptedDns, IReadOnlyList<long> alertsByRule, IReadOnlyList<AnomalyPlace> places)
    {
        _values = values;
        _reasons = reasons;
        EncryptedDns = encryptedDns;
        AlertsByRule = alertsByRule;
        Places = places;
    }

    /// <summary>Nothing was counted.</summary>
    public static RunCounters None { get; } = new([], [], [], [], []);

    /// <summary>Packets that were read. Once the input has ended, the next four add up to it.</summary>
    public long Packets => this["packets"];

    /// <summary>Packets that held a part of a DNS message, be it sound, malformed or cut.</summary>
    public long DnsPackets => this["dns_packets"];

    /// <summary>Packets that were understood and held no part of a DNS message.</summary>
    public long NotDns => this["not_dns"];

    /// <summary>Packets that could not be decoded, in the file or in a header.</summary>
    public long Undecodable => this["undecodable"];

    /// <summary>Packets held for a reassembly that never completed.</summary>
    public long IncompletePackets => this["incomplete_packets"];

    /// <summary>Packets that are held for reassembly now; 0 once the input has ended.</summary>
    public long Held => this["held_packets"];

    /// <summary>Messages that were delivered, including malformed ones with a sound question.</summary>
    public long Messages => this["dns_messages"];

    /// <summary>Messages with a fault, delivered or not.</summary>
    public long Malformed => this["malformed"];

    /// <summary>Messages with a fault of which nothing could be delivered.</summary>
    public long MalformedNotDelivered => this["malformed_not_delivered"];

    /// <summary>Messages known to have begun that were never completed, or that the snap length cut.</summary>
    public long Incomplete => this["incomplete"];

    /// <summary>Lookups by the directions that were seen of them.</summary>
    public LookupCounts Lookups => new(
        this["lookups_complete"], this["lookups_query_alone"], this["lookups_response_alone"], this["lookups_waiting"], this["lookups_given_up_early"]);

    /// <summary>Who used DNS that cannot be read: an entry for each client and kind, in no order.</summary>
    public IReadOnlyList<EncryptedTraffic> EncryptedDns { get; }

    /// <summary>
    /// Where the first anomalies are: at most three of each reason of <c>malformed</c>, <c>undecodable</c> and <c>other_on_dns_port</c>, in
    /// the order of their sources and packets.
    /// </summary>
    public IReadOnlyList<AnomalyPlace> Places { get; }

    /// <summary>
    /// Alerts that were raised, by the number of the rule or correlation (<see cref="Rules.CompiledRule.Number"/>); rules beyond the end have raised
    /// none. Rules that do not run any more are among them.
    /// </summary>
    public IReadOnlyList<long> AlertsByRule { get; }

    /// <summary>A counter by its name; 0 for an unknown name.</summary>
    public long this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Every counter once, by name. Reasons, alerts by rule and clients are apart.</summary>
    public IReadOnlyDictionary<string, long> All() => _values;

    /// <summary>The reasons of the counters: (counter, reason, number), also where the number is 0, in the order of the counters.</summary>
    public IReadOnlyList<(string Counter, string Reason, long Count)> Reasons() => _reasons;

    /// <summary>How often a counter counted for a reason.</summary>
    public long Count(string counter, string reason) =>
        _reasons.Where(entry => entry.Counter == counter && entry.Reason == reason).Sum(entry => entry.Count);

    /// <summary>What these and other counters come to together.</summary>
    public RunCounters Plus(RunCounters other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var values = new OrderedDictionary<string, long>(_values);
        foreach (var (name, value) in other._values)
        {
            var own = values.GetValueOrDefault(name);
            values[name] = name switch
            {
                // Lengths, and not numbers of anything; 0 where there is none.
                ShortestSlice => own == 0 || value == 0 ? own + value : Math.Min(own, value),
                LongestSlice => Math.Max(own, value),
                _ => own + value,
            };
        }

        return new RunCounters(
            values,
            [.. _reasons.Concat(other._reasons).GroupBy(entry => (entry.Counter, entry.Reason))
                .Select(group => (group.Key.Counter, group.Key.Reason, group.Sum(entry => entry.Count)))],
            [.. EncryptedDns.Concat(other.EncryptedDns).GroupBy(traffic => (traffic.Client, traffic.Kind))
                .Select(group => new EncryptedTraffic(
                    group.Key.Client, group.Key.Kind, group.Sum(traffic => traffic.Packets), group.Sum(traffic => traffic.Connections)))],
            [.. Enumerable.Range(0, Math.Max(AlertsByRule.Count, other.AlertsByRule.Count))
                .Select(rule => AlertsByRule.ElementAtOrDefault(rule) + other.AlertsByRule.ElementAtOrDefault(rule))],
            FirstPlaces.Merge(Places, other.Places));
    }

    /// <summary>
    /// What was counted after <paramref name="earlier"/>, of the same worker. What is the case now, and not counted, stays as it is; places are left out.
    /// </summary>
    public RunCounters Since(RunCounters earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var values = new OrderedDictionary<string, long>(_values.Count);
        foreach (var (name, value) in _values)
        {
            values[name] = name is ShortestSlice or LongestSlice or "held_packets" or "lookups_waiting" ? value : value - earlier[name];
        }

        var reasons = earlier._reasons.ToDictionary(entry => (entry.Counter, entry.Reason), entry => entry.Count);
        var encrypted = earlier.EncryptedDns.ToDictionary(traffic => (traffic.Client, traffic.Kind));
        return new RunCounters(
            values,
            [.. _reasons.Select(entry => (entry.Counter, entry.Reason, entry.Count - reasons.GetValueOrDefault((entry.Counter, entry.Reason))))],
            [.. EncryptedDns.Select(traffic => encrypted.TryGetValue((traffic.Client, traffic.Kind), out var before)
                ? new EncryptedTraffic(traffic.Client, traffic.Kind, traffic.Packets - before.Packets, traffic.Connections - before.Connections)
                : traffic).Where(traffic => traffic.Packets > 0)],
            [.. AlertsByRule.Select((count, rule) => count - earlier.AlertsByRule.ElementAtOrDefault(rule))],
            []);
    }

    /// <summary>What a worker has counted.</summary>
    internal static RunCounters Of(Ledger ledger, PacketDecoder decoder, LookupTable lookups, DetectorCounters? detector)
    {
        var packets = ledger.Decoder;
        var seen = lookups.Seen.Count();
        var correlator = detector?.Correlations.Correlator;
        var correlation = correlator?.Counters;
        var values = new OrderedDictionary<string, long>
        {
            ["packets"] = ledger.Packets,
            ["dns_packets"] = ledger.DnsPackets,
            ["not_dns"] = ledger.NotDns,
            ["undecodable"] = ledger.Undecodable,
            ["incomplete_packets"] = ledger.IncompletePackets,
            ["held_packets"] = packets.Held,
            ["dns_messages"] = ledger.Messages,
            ["malformed"] = ledger.Malformed,
            ["malformed_not_delivered"] = ledger.MalformedNotDelivered,
            ["incomplete"] = ledger.Incomplete,
            ["lookups_complete"] = seen.Complete,
            ["lookups_query_alone"] = seen.QueriesAlone,
            ["lookups_response_alone"] = seen.ResponsesAlone,
            ["lookups_waiting"] = seen.Waiting,
            ["lookups_given_up_early"] = seen.GivenUpEarly,
            ["lookups_forgotten"] = lookups.Evicted,
            ["exact_duplicate_packets"] = packets.ExactDuplicatePackets,
            ["lost_tcp_bytes"] = packets.LostTcpBytes,
            ["overlaps_with_different_bytes"] = packets.OverlapsWithDifferentBytes,
            ["sliced_packets"] = packets.SlicedPackets,
            [ShortestSlice] = packets.ShortestSliceInBytes,
            [LongestSlice] = packets.LongestSliceInBytes,
            ["evicted_fragmented_datagrams"] = packets.EvictedFragmentedDatagrams,
            ["evicted_tcp_connections"] = packets.EvictedTcpConnections,
            ["encrypted_dns_unattributed_packets"] = decoder.EncryptedDnsPacketsOfFurtherClients,
            ["alerts"] = (detector?.AlertsOfForgottenRules ?? 0) + (detector?.AlertsByRule.Sum() ?? 0),
            [NetworkSightings.Counter] = detector?.Sightings?.Total ?? 0,
            [IndicatorHits.Counter] = detector?.Indicators.Counts.Sum(count => count.Hits) ?? 0,
            [IndicatorHits.ExpiredCounter] = detector?.Indicators.Counts.Sum(count => count.Expired) ?? 0,
            ["anomalies_held_back"] = detector?.AnomaliesHeldBack ?? 0,
            ["correlation_observed"] = correlation?.Observed ?? 0,
            ["correlation_ungrouped"] = correlation?.Ungrouped ?? 0,
            ["correlation_evicted_groups"] = correlation?.EvictedGroups ?? 0,
            ["correlation_evicted_numbers"] = correlation?.EvictedNumbers ?? 0,
            ["correlation_late"] = correlation?.Late ?? 0,
            ["correlation_set_back"] = correlation?.SetBack ?? 0,
            ["correlation_overflown"] = correlation?.Overflown ?? 0,
            ["correlation_without_time"] = correlator?.WithoutTime ?? 0,
            ["correlation_forwarded"] = correlator?.Forwarded ?? 0,
            ["correlation_ends"] = correlator?.Alerts.Ends ?? 0,
            ["correlation_ends_untold"] = correlation?.UntoldEnds ?? 0,
            ["correlation_shed"] = detector?.Correlations.Shed?.Total ?? 0,
        };
        var shed = detector?.Correlations.Shed?.ByReason().Select(reason => ("correlation_shed", reason.Reason, reason.Count)) ?? [];
        return new RunCounters(
            values, [.. ledger.Reasons(), .. detector?.Sightings?.Reasons() ?? [], .. shed, .. detector is null ? [] : ReasonsOf(detector.Indicators)], [.. decoder.GetEncryptedDns()], [.. detector?.AlertsByRule ?? []],
            ledger.Places.ToList());
    }

    private static IEnumerable<(string Counter, string Reason, long Count)> ReasonsOf(IndicatorHits indicators) =>
        indicators.Counts.SelectMany(count => new[] { (IndicatorHits.Counter, count.List, count.Hits), (IndicatorHits.ExpiredCounter, count.List, count.Expired) });
}

/// <summary>What a detector counts by itself.</summary>
/// <param name="AlertsByRule">Alerts, by the number of the rule or correlation.</param>
/// <param name="AlertsOfForgottenRules">Alerts of rules that a reload took away.</param>
/// <param name="AnomaliesHeldBack">Anomalies beyond what is sent in a second.</param>
/// <param name="Sightings">Lookups that were seen in a further virtual network too.</param>
/// <param name="Indicators">Hits of lists of indicators.</param>
/// <param name="Correlations">What correlations count.</param>
internal sealed record DetectorCounters(
    IReadOnlyList<long> AlertsByRule, long AlertsOfForgottenRules, long AnomaliesHeldBack, NetworkSightings Sightings, IndicatorHits Indicators,
    ICorrelations Correlations);
