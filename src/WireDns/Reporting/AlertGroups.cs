using System.Globalization;
using WireDns.Alerts;
using WireDns.Statistics;

namespace WireDns.Reporting;

/// <summary>
/// The alerts of a report, in bounded memory: alerts of the same rule, client and registered domain are a group. What there is no room for is counted.
/// One thread at a time.
/// </summary>
/// <param name="limits">The bounds.</param>
internal sealed class AlertGroups(ReportLimits limits)
{
    private const int MaximumKeys = 1 << 15;

    private readonly Dictionary<(AlertRule Rule, string Client, string Domain), AlertGroup> _groups = [];
    private readonly Dictionary<AlertRule, long> _byRule = new(ReferenceEqualityComparer.Instance);

    // Alerts whose packets are being collected, and those among them whose query may still be answered.
    private readonly Dictionary<Alert, ListedAlert> _awaited = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(long Packet, int Id), List<ListedAlert>> _unanswered = [];
    private long _listed;
    private long _evidenceInBytes;

    /// <summary>All alerts.</summary>
    public long Alerts { get; private set; }

    /// <summary>How many groups there are.</summary>
    public int Groups => _groups.Count;

    /// <summary>Alerts that are in no group, or in a group without being listed.</summary>
    public long NotListed { get; private set; }

    /// <summary>Of those, alerts that are in no group.</summary>
    public long NotGrouped { get; private set; }

    /// <summary>Listed alerts without their packets.</summary>
    public long WithoutEvidence { get; private set; }

    /// <summary>Alerts by <see cref="AlertLevel"/>.</summary>
    public long[] ByLevel { get; } = new long[(int)AlertLevel.Critical + 1];

    /// <summary>Alerts by rule.</summary>
    public IReadOnlyDictionary<AlertRule, long> ByRule => _byRule;

    /// <summary>Alerts by client.</summary>
    public TopCounts<CountedEntry> Clients { get; } = new(MaximumKeys);

    /// <summary>Alerts by registered domain, or by name where it has none.</summary>
    public TopCounts<CountedEntry> Domains { get; } = new(MaximumKeys);

    /// <summary>Alerts by time, with <see cref="AlertLevel"/> as kind.</summary>
    public TimeLine Times { get; } = new((int)AlertLevel.Critical + 1);

    /// <summary>The groups, the highest level first, then the most alerts.</summary>
    public IReadOnlyList<AlertGroup> Sorted() =>
    [
        .. _groups.Values.OrderByDescending(group => group.Rule.Level).ThenByDescending(group => group.Count).ThenBy(group => group.First)
            .ThenBy(group => group.Rule.Title, StringComparer.Ordinal).ThenBy(group => group.Client, StringComparer.Ordinal)
            .ThenBy(group => group.Domain, StringComparer.Ordinal),
    ];

    /// <summary>Takes an alert.</summary>
    /// <returns>Whether its packets are wanted (<see cref="Take(AlertEvidence)"/>).</returns>
    public bool Take(Alert alert)
    {
        Count(alert);
        var domain = DomainOf(alert);
        var key = (alert.Rule, alert.Client.Address, domain);
        if (!_groups.TryGetValue(key, out var group))
        {
            if (_groups.Count == limits.Groups)
            {
                NotListed++;
                NotGrouped++;
                return false;
            }

            _groups.Add(key, group = new AlertGroup(alert.Rule, alert.Client.Address, domain));
        }

        group.Add(alert);
        if (_listed == limits.Alerts || group.Alerts.Count == limits.AlertsOfGroup)
        {
            NotListed++;
            return false;
        }

        _listed++;
        var listed = new ListedAlert(AlertFragment.Row(alert));
        group.Alerts.Add(listed);
        if (group.Alerts.Count > limits.EvidenceOfGroup || _evidenceInBytes >= limits.EvidenceInBytes)
        {
            WithoutEvidence++;
            return false;
        }

        _awaited.Add(alert, listed);
        if (!alert.Message.IsResponse)
        {
            var query = (alert.PacketNumber, alert.Message.Id);
            if (!_unanswered.TryGetValue(query, out var others))
            {
                _unanswered.Add(query, others = []);
            }

            others.Add(listed);
        }

        return true;
    }

    /// <summary>A lookup is over: its response is that of an alert that its query raised.</summary>
    public void Take(DnsLookup lookup)
    {
        if (_unanswered.Count > 0 && lookup is { Query: { } query, Response: not null } && _unanswered.Remove((query.PacketNumber, lookup.MessageId), out var alerts))
        {
            alerts.ForEach(alert => alert.Lookup = lookup);
        }
    }

    /// <summary>The packets of an alert whose packets were wanted.</summary>
    public bool Take(AlertEvidence evidence)
    {
        if (_awaited.Remove(evidence.Alert, out var listed))
        {
            listed.Evidence = AlertFragment.Evidence(evidence, listed.Lookup);
            listed.Lookup = null;
            _evidenceInBytes += listed.Evidence.Length;
        }

        return true;
    }

    /// <summary>A file has ended: no more packets come of it.</summary>
    public void FinishSource()
    {
        WithoutEvidence += _awaited.Count;
        _awaited.Clear();
        _unanswered.Clear();
    }

    private void Count(Alert alert)
    {
        Alerts++;
        ByLevel[(int)alert.Rule.Level]++;
        _byRule[alert.Rule] = _byRule.GetValueOrDefault(alert.Rule) + 1;
        Clients.Count(alert.Client.Address);
        if (DomainOf(alert) is { Length: > 0 } domain)
        {
            Domains.Count(domain);
        }

        if (alert.UnixTimeNanoseconds is { } time)
        {
            Times.Add(time, (int)alert.Rule.Level);
        }
    }

    private static string DomainOf(Alert alert) => (alert.Message.RegisteredDomain ?? alert.Message.QuestionName ?? "").ToLowerInvariant();
}

/// <summary>Alerts of the same rule, client and registered domain.</summary>
/// <param name="rule">The rule.</param>
/// <param name="client">The client's address.</param>
/// <param name="domain">The registered domain in lower case, or the name where it has none; empty without a question.</param>
internal sealed class AlertGroup(AlertRule rule, string client, string domain)
{
    private const int MaximumNames = 10;

    /// <summary>The rule.</summary>
    public AlertRule Rule { get; } = rule;

    /// <summary>The client's address.</summary>
    public string Client { get; } = client;

    /// <summary>The registered domain, or the name.</summary>
    public string Domain { get; } = domain;

    /// <summary>How many alerts there are.</summary>
    public long Count { get; private set; }

    /// <summary>When the first and the last were, in nanoseconds since the Unix epoch; null if the capture has no times.</summary>
    public long? First { get; private set; }

    /// <inheritdoc cref="First"/>
    public long? Last { get; private set; }

    /// <summary>File and packet of the first alert; null if there is none yet, or its file is not known.</summary>
    public string? FirstPlace { get; private set; }

    /// <summary>The first different names.</summary>
    public List<string> Names { get; } = [];

    /// <summary>Whether there were names beyond <see cref="Names"/>.</summary>
    public bool HasMoreNames { get; private set; }

    /// <summary>The first alerts, in the order of the files and their packets.</summary>
    public List<ListedAlert> Alerts { get; } = [];

    /// <summary>Counts an alert.</summary>
    public void Add(Alert alert)
    {
        Count++;
        FirstPlace ??= alert.File is null ? null : string.Create(CultureInfo.InvariantCulture, $"{alert.File}#{alert.PacketNumber}");
        if (alert.UnixTimeNanoseconds is { } time)
        {
            First = First is { } first ? Math.Min(first, time) : time;
            Last = Last is { } last ? Math.Max(last, time) : time;
        }

        if (alert.Message.QuestionName is { } name && !Names.Contains(name))
        {
            if (Names.Count < MaximumNames)
            {
                Names.Add(name);
            }
            else
            {
                HasMoreNames = true;
            }
        }
    }
}

/// <summary>An alert that a report lists.</summary>
/// <param name="row">What is said of it in a line: the members of a JSON object.</param>
internal sealed class ListedAlert(byte[] row)
{
    /// <summary>A JSON object.</summary>
    public byte[] Row { get; } = row;

    /// <summary>Its evidence as a JSON object; null if it is not in the report.</summary>
    public byte[]? Evidence { get; set; }

    /// <summary>Its lookup, until the evidence is written.</summary>
    public DnsLookup? Lookup { get; set; }
}

/// <summary>The bounds of a report: 100,000 groups and alerts, about 400 bytes each, and 8 MiB of evidence.</summary>
internal sealed record ReportLimits
{
    /// <summary>Groups of alerts. Default: 100,000.</summary>
    public int Groups { get; init; } = 100_000;

    /// <summary>Alerts that are listed. Default: 100,000.</summary>
    public int Alerts { get; init; } = 100_000;

    /// <summary>Alerts of one group that are listed. Default: 1,000.</summary>
    public int AlertsOfGroup { get; init; } = 1000;

    /// <summary>Alerts of one group that have their evidence. Default: 3.</summary>
    public int EvidenceOfGroup { get; init; } = 3;

    /// <summary>All evidence together. Default: 8 MiB.</summary>
    public long EvidenceInBytes { get; init; } = 8 << 20;

    /// <summary>Files that are listed. Default: 10,000.</summary>
    public int Files { get; init; } = 10_000;

    /// <summary>Rows of each table of anomalies and of rules that do not run. Default: 1,000.</summary>
    public int Rows { get; init; } = 1000;
}
