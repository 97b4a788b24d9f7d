using WireDns.Alerts;
using WireDns.Alerts.Formats;
using WireDns.Detection.Counters;
using WireDns.RuleTools;
using WireDns.Statistics;

namespace WireDns.Reporting;

/// <summary>Everything that a report says. All of its formats are written from it.</summary>
internal sealed class ReportContent
{
    // Tables of these would say twice what the report says elsewhere, or need a list of known names.
    private static readonly string[] OtherTables = ["overview", "time", "new"];

    /// <summary>What it is called.</summary>
    public required string Title { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The command line, a word each.</summary>
    public required IReadOnlyList<string> CommandLine { get; init; }

    /// <summary>Whether the run was interrupted, so that only a part of the input was read.</summary>
    public required bool IsPartial { get; init; }

    /// <summary>How long reading took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The files that were read.</summary>
    public required ReadFiles Files { get; init; }

    /// <summary>What was counted in all of them.</summary>
    public required RunCounters Counters { get; init; }

    /// <summary>The alerts.</summary>
    public required AlertGroups Alerts { get; init; }

    /// <summary>The rules and how much of each runs.</summary>
    public required RuleCatalog Catalog { get; init; }

    /// <summary>What is known of all lookups.</summary>
    public required LookupStatistics Lookups { get; init; }

    /// <summary>The bounds.</summary>
    public required ReportLimits Limits { get; init; }

    /// <summary>Rows of each table of the overview.</summary>
    public required int Top { get; init; }

    /// <summary>The rules that raised alerts, the highest level first, then the most alerts.</summary>
    public IReadOnlyList<KeyValuePair<AlertRule, long>> Fired =>
    [
        .. Alerts.ByRule.OrderByDescending(rule => rule.Key.Level).ThenByDescending(rule => rule.Value).ThenBy(rule => rule.Key.Title, StringComparer.Ordinal),
    ];

    /// <summary>The techniques of ATT&amp;CK that rules name which run, with the alerts of these rules; those with the most alerts first.</summary>
    public IReadOnlyList<TechniqueFindings> Techniques()
    {
        var alerts = Alerts.ByRule
            .SelectMany(rule => rule.Key.AttackTechniques.Distinct(StringComparer.Ordinal).Select(id => (Id: id, rule.Value, rule.Key.Title)))
            .ToLookup(entry => entry.Id);
        var covered = new CoverageReport(Catalog.Entries).Techniques.ToDictionary(technique => technique.Id, StringComparer.Ordinal);
        return
        [
            .. covered.Keys.Union(alerts.Select(group => group.Key), StringComparer.Ordinal)
                .Select(id => new TechniqueFindings(
                    id, AttackNames.Shipped.Technique(id), covered.TryGetValue(id, out var technique) ? technique.Entries.Count(entry => entry.Runs) : 0,
                    [.. alerts[id].Select(entry => entry.Title)], alerts[id].Sum(entry => entry.Value)))
                .Where(technique => technique.RunningRules > 0 || technique.Alerts > 0)
                .OrderByDescending(technique => technique.Alerts).ThenBy(technique => technique.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>The tables of <c>wiredns stats</c> that a report shows.</summary>
    public IEnumerable<StatisticsTable> LookupTables() =>
        StatisticsTables.All.Except(OtherTables).Select(name => StatisticsTables.Make(name, Lookups, Top)).Where(table => table.Rows.Count > 0);

    /// <summary>The clients, and the registered domains, with the most alerts.</summary>
    public IEnumerable<StatisticsTable> AlertTables() =>
    [
        Counts("alerts_by_client", "clients with the most alerts", "client", Alerts.Clients),
        Counts("alerts_by_domain", "registered domains with the most alerts", "domain", Alerts.Domains),
    ];

    private StatisticsTable Counts(string name, string title, string column, TopCounts<CountedEntry> counts) => new(
        name, title, [column, "alerts", "percent"],
        [
            .. counts.Top(Top, entry => entry.Count).Select(pair => (IReadOnlyList<Cell>)
                [Cell.Of(pair.Key), Cell.Of(pair.Value), Cell.Percent(pair.Value.Count, Alerts.Alerts)]),
        ]);
}

/// <summary>The files of a report, as many as are listed, and sums over all.</summary>
/// <param name="limit">How many are listed.</param>
internal sealed class ReadFiles(int limit)
{
    private readonly List<FileFacts> _listed = [];

    /// <summary>Those that are listed.</summary>
    public IReadOnlyList<FileFacts> Listed => _listed;

    /// <summary>All of them.</summary>
    public long Count { get; private set; }

    /// <summary>Those that were not read to their end.</summary>
    public long Failed { get; private set; }

    /// <summary>The earliest and the latest time of a packet; null if none has one.</summary>
    public (long First, long Last)? Span { get; private set; }

    /// <summary>Takes the facts of a file.</summary>
    public void Add(FileFacts file)
    {
        Count++;
        Failed += file.Failure is null ? 0 : 1;
        if (file.File?.Span is { } own)
        {
            Span = Span is { } span ? (Math.Min(span.First, own.First), Math.Max(span.Last, own.Last)) : own;
        }

        if (_listed.Count < limit)
        {
            _listed.Add(file);
        }
    }
}

/// <summary>What was found of a technique of ATT&amp;CK.</summary>
/// <param name="Id">The technique.</param>
/// <param name="Name">Its name, or null if it is not known.</param>
/// <param name="RunningRules">Rules that name it and run.</param>
/// <param name="Titles">Those that raised alerts.</param>
/// <param name="Alerts">Their alerts.</param>
internal sealed record TechniqueFindings(string Id, string? Name, int RunningRules, IReadOnlyList<string> Titles, long Alerts);
