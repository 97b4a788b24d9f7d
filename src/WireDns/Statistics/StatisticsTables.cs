using System.Globalization;

namespace WireDns.Statistics;

/// <summary>The tables that <c>wiredns stats</c> prints, in their order.</summary>
internal static class StatisticsTables
{
    private static readonly (string Name, Func<LookupStatistics, int, StatisticsTable> Make)[] Makers =
    [
        ("overview", (statistics, _) => Overview(statistics)),
        ("names", Names),
        ("domains", Domains),
        ("clients", Clients),
        ("servers", Servers),
        ("types", (statistics, top) => Words("types", "query types", "type", statistics.Types, top)),
        ("codes", (statistics, top) => Words("codes", "response codes", "code", statistics.Codes, top)),
        ("nxdomain", Nonexistent),
        ("rare", Rare),
        ("new", New),
        ("random", RandomNames),
        ("long", LongNames),
        ("time", (statistics, _) => Time(statistics)),
    ];

    /// <summary>The words that select tables.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Makers.Select(maker => maker.Name)];

    /// <summary>A table.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <param name="statistics">The numbers.</param>
    /// <param name="top">Rows at most, where a table can have many.</param>
    public static StatisticsTable Make(string name, LookupStatistics statistics, int top) =>
        Makers.First(maker => maker.Name == name).Make(statistics, top);

    private static StatisticsTable Overview(LookupStatistics statistics)
    {
        List<IReadOnlyList<Cell>> rows =
        [
            [Cell.Of("lookups"), Cell.Of(statistics.Lookups)],
            [Cell.Of("without_response"), Cell.Of(statistics.Unanswered)],
            [Cell.Of("without_query"), Cell.Of(statistics.WithoutQuery)],
            [Cell.Of("repeated_queries"), Cell.Of(statistics.Repeated)],
            [Cell.Of("multicast_messages"), Cell.Of(statistics.Multicast)],
            [Cell.Of("names"), Cell.Of(statistics.DistinctNames)],
            [Cell.Of("registered_domains"), Cell.Of(statistics.DistinctDomains)],
            [Cell.Of("clients"), Cell.Of(statistics.DistinctClients)],
            [Cell.Of("servers"), Cell.Of(statistics.DistinctServers)],
            [Cell.Of("first"), Cell.Time(statistics.Span?.First)],
            [Cell.Of("last"), Cell.Time(statistics.Span?.Last)],
        ];
        return new StatisticsTable("overview", "overview", ["what", "value"], rows);
    }

    private static StatisticsTable Names(LookupStatistics statistics, int top) => new(
        "names", "names by lookups", ["name", "lookups", "percent"],
        [.. statistics.Names.Top(top, entry => entry.Count).Select(pair => Row(
            Cell.Of(pair.Key), Cell.Of(pair.Value), Cell.Percent(pair.Value.Count, statistics.Lookups)))]);

    private static StatisticsTable Domains(LookupStatistics statistics, int top) => new(
        "domains", "registered domains by lookups", ["domain", "lookups", "percent", "names", "nxdomain"],
        [.. statistics.Domains.Top(top, entry => entry.Count).Select(pair => Row(
            Cell.Of(pair.Key), Cell.Of(pair.Value), Cell.Percent(pair.Value.Count, statistics.Lookups), Cell.Of(pair.Value.Names),
            Cell.Of(pair.Value.Nonexistent)))]);

    private static StatisticsTable Clients(LookupStatistics statistics, int top) => new(
        "clients", "clients by lookups", ["client", "lookups", "percent", "domains", "without_response"],
        [.. statistics.Clients.Top(top, entry => entry.Count).Select(pair => Row(
            Cell.Of(pair.Key), Cell.Of(pair.Value), Cell.Percent(pair.Value.Count, statistics.Lookups), Cell.Of(pair.Value.Domains),
            Cell.Of(pair.Value.Unanswered)))]);

    private static StatisticsTable Servers(LookupStatistics statistics, int top) => new(
        "servers", "servers by lookups, with their latency", ["server", "lookups", "answered_percent", "median_ms", "p95_ms", "longest_ms"],
        [.. statistics.Servers.Top(top, entry => entry.Count).Select(pair => Row(
            Cell.Of(pair.Key), Cell.Of(pair.Value), Cell.Percent(pair.Value.Answered, pair.Value.Count),
            Cell.Milliseconds(pair.Value.Latency.Percentile(0.5)), Cell.Milliseconds(pair.Value.Latency.Percentile(0.95)),
            Cell.Milliseconds(pair.Value.Latency.Percentile(1))))]);

    private static StatisticsTable Words(string name, string title, string column, TopCounts<CountedEntry> words, int top)
    {
        var all = words.Entries.Sum(pair => pair.Value.Count);
        return new StatisticsTable(name, title, [column, "lookups", "percent"],
            [.. words.Top(top, entry => entry.Count).Select(pair => Row(
                Cell.Of(pair.Key), Cell.Of(pair.Value), Cell.Percent(pair.Value.Count, all)))]);
    }

    private static StatisticsTable Nonexistent(LookupStatistics statistics, int top) => new(
        "nxdomain", "clients that asked for names that do not exist", ["client", "nxdomain", "percent_of_its_lookups"],
        [.. statistics.Clients.Top(top, entry => entry.Nonexistent).Where(pair => pair.Value.Nonexistent > 0).Select(pair => Row(
            Cell.Of(pair.Key), Cell.Of(pair.Value.Nonexistent), Cell.Percent(pair.Value.Nonexistent, pair.Value.Count)))]);

    private static StatisticsTable Rare(LookupStatistics statistics, int top) => new(
        "rare", "registered domains with the fewest lookups", ["domain", "lookups", "first", "first_client"],
        [.. statistics.Domains.Top(top, entry => -entry.Count).Select(Seen)], DroppedOf(statistics));

    private static StatisticsTable New(LookupStatistics statistics, int top) => new(
        "new", "registered domains with names that --known does not have", ["domain", "lookups", "first", "first_client"],
        [.. statistics.Domains.Top(int.MaxValue, entry => entry.Unknown).Where(pair => pair.Value.Unknown > 0).Take(top).Select(pair => Row(
            Cell.Of(pair.Key), Cell.Of(pair.Value.Unknown), Cell.Time(pair.Value.FirstTime), Cell.Of(pair.Value.FirstClient)))],
        DroppedOf(statistics));

    private static StatisticsTable RandomNames(LookupStatistics statistics, int top) => new(
        "random", "names whose labels could hold the most bits, one of a registered domain", ["name", "bits", "bits_a_character"],
        [.. statistics.Domains.Top(top, entry => entry.Bits).Where(pair => pair.Value.Bits > 0).Select(pair => Row(
            Cell.Of(pair.Value.RandomName), Cell.Decimal(pair.Value.Bits), Cell.Decimal(pair.Value.BitsOfCharacter)))], DroppedOf(statistics));

    private static StatisticsTable LongNames(LookupStatistics statistics, int top) => new(
        "long", "the longest names, one of a registered domain", ["name", "characters"],
        [.. statistics.Domains.Top(top, entry => entry.LongestName.Length).Select(pair => Row(
            Cell.Of(pair.Value.LongestName), Cell.Of(pair.Value.LongestName.Length)))], DroppedOf(statistics));

    private static StatisticsTable Time(LookupStatistics statistics) => new(
        "time", string.Create(CultureInfo.InvariantCulture, $"lookups by time, intervals of {statistics.Times.Seconds:N0} s"),
        ["from", "lookups", "without_response", "nxdomain"],
        [.. statistics.Times.Intervals.Select(pair => Row(
            Cell.Time(pair.Key * 1_000_000_000), Cell.Of(pair.Value[LookupStatistics.Any]), Cell.Of(pair.Value[LookupStatistics.OfNoResponse]), Cell.Of(pair.Value[LookupStatistics.OfNoName])))]);

    private static IReadOnlyList<Cell> Seen(KeyValuePair<string, DomainEntry> pair) => Row(
        Cell.Of(pair.Key), Cell.Of(pair.Value), Cell.Time(pair.Value.FirstTime), Cell.Of(pair.Value.FirstClient));

    private static IReadOnlyList<Cell> Row(params IReadOnlyList<Cell> cells) => cells;

    private static string DroppedOf(LookupStatistics statistics) => statistics.Domains.Dropped == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture, $"{statistics.Domains.Dropped:N0} domains with few lookups were forgotten for want of room, and may be missing here");
}
