using System.Buffers;
using System.Text.Json;
using WireDns.Alerts;
using WireDns.Alerts.Formats;
using WireDns.Detection.Health;
using WireDns.Output;
using WireDns.RuleTools;
using WireDns.Statistics;
using WireDns.Terminal;

namespace WireDns.Reporting;

/// <summary>
/// A report as one JSON object (docs/report.md), which is also the data of the page: ASCII, without the characters that HTML gives a meaning to, and with every text
/// made printable.
/// </summary>
/// <param name="json">Takes the object. Its encoder must be the default one, which escapes for HTML.</param>
/// <param name="content">What is said.</param>
internal sealed class ReportJson(Utf8JsonWriter json, ReportContent content)
{
    private const int MaximumClients = 100;

    // Groups that a page shows when it opens.
    private const int GroupsAtFirst = 50;

    /// <summary>Writes the object with all groups and their alerts.</summary>
    public void Write() => Write(() => WriteGroups(content.Alerts.Sorted(), hasAlerts: true));

    /// <summary>
    /// Writes the object with what a page shows when it opens: the first groups, without their alerts. The others are written by
    /// <see cref="WriteFurtherGroups"/>, the alerts by <see cref="WriteAlerts"/>.
    /// </summary>
    public void WriteForPage() => Write(() => WriteGroups(content.Alerts.Sorted().Take(GroupsAtFirst), hasAlerts: false));

    /// <summary>Writes an object with the groups that <see cref="WriteForPage"/> leaves out, without their alerts.</summary>
    public void WriteFurtherGroups()
    {
        json.WriteStartObject();
        WriteGroups(content.Alerts.Sorted().Skip(GroupsAtFirst), hasAlerts: false);
        json.WriteEndObject();
        json.Flush();
    }

    private void Write(Action writeGroups)
    {
        json.WriteStartObject();
        Text("title", content.Title);
        Text("created", content.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        Text("version", ProductVersion.Text);
        Texts("commandLine", content.CommandLine);
        json.WriteBoolean("partial", content.IsPartial);
        json.WriteNumber("seconds", Math.Round(content.Duration.TotalSeconds, 3));
        WriteTotals();
        WriteTimeLine();
        WriteRules();
        WriteTechniques();
        WriteTables("alertTables", content.AlertTables());
        WriteTables("lookupTables", content.LookupTables());
        WriteLookupTimes();
        WriteFiles();
        WriteCoverage();
        WriteLedger();
        writeGroups();
        json.WriteEndObject();
        json.Flush();
    }

    private void WriteTotals()
    {
        var (alerts, counters) = (content.Alerts, content.Counters);
        json.WriteStartObject("totals");
        json.WriteNumber("files", content.Files.Count);
        json.WriteNumber("filesFailed", content.Files.Failed);
        Text("first", ReportText.Time(content.Files.Span?.First));
        Text("last", ReportText.Time(content.Files.Span?.Last));
        json.WriteNumber("packets", counters.Packets);
        json.WriteNumber("dnsPackets", counters.DnsPackets);
        json.WriteNumber("dnsMessages", counters.Messages);
        json.WriteNumber("lookups", content.Lookups.Lookups);
        json.WritePropertyName("names");
        WriteCell(Cell.Of(content.Lookups.DistinctNames));
        json.WritePropertyName("clients");
        WriteCell(Cell.Of(content.Lookups.DistinctClients));
        json.WriteNumber("alerts", alerts.Alerts);
        json.WriteNumber("rulesFired", alerts.ByRule.Count);
        json.WriteNumber("rulesRunning", content.Catalog.Entries.Count(entry => entry.Runs));
        json.WriteNumber("clientsWithAlerts", alerts.Clients.Entries.Count());
        json.WriteNumber("domainsWithAlerts", alerts.Domains.Entries.Count());
        json.WriteStartObject("byLevel");
        foreach (var level in Levels())
        {
            json.WriteNumber(level.Name(), alerts.ByLevel[(int)level]);
        }

        json.WriteEndObject();
        json.WriteNumber("groups", alerts.Groups);
        json.WriteNumber("alertsNotListed", alerts.NotListed);
        json.WriteNumber("alertsNotGrouped", alerts.NotGrouped);
        json.WriteNumber("alertsWithoutEvidence", alerts.WithoutEvidence);
        json.WriteNumber("filesNotListed", content.Files.Count - content.Files.Listed.Count);
        json.WriteEndObject();
    }

    private void WriteTimeLine()
    {
        json.WriteStartObject("timeLine");
        json.WriteNumber("seconds", content.Alerts.Times.Seconds);
        json.WriteStartArray("intervals");
        foreach (var (start, counts) in content.Alerts.Times.Intervals)
        {
            json.WriteStartObject();
            json.WriteNumber("from", start);
            foreach (var level in Levels().Where(level => counts[(int)level] > 0))
            {
                json.WriteNumber(level.Name(), counts[(int)level]);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteLookupTimes()
    {
        json.WriteStartObject("lookupTimes");
        json.WriteNumber("seconds", content.Lookups.Times.Seconds);
        json.WriteStartArray("intervals");
        foreach (var (start, counts) in content.Lookups.Times.Intervals)
        {
            json.WriteStartObject();
            json.WriteNumber("from", start);
            json.WriteNumber("lookups", counts[LookupStatistics.Any]);
            json.WriteNumber("withoutResponse", counts[LookupStatistics.OfNoResponse]);
            json.WriteNumber("nxdomain", counts[LookupStatistics.OfNoName]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteRules()
    {
        json.WriteStartArray("rules");
        foreach (var (rule, alerts) in content.Fired)
        {
            json.WriteStartObject();
            Text("title", rule.Title);
            Text("id", rule.Id);
            Text("level", rule.Level.Name());
            json.WriteNumber("alerts", alerts);
            Text("status", rule.Status);
            Text("author", rule.Author);
            Text("description", rule.Description);
            Text("caveat", rule.Caveat);
            Text("file", rule.File);
            Texts("tactics", rule.AttackTactics.Select(tactic => AttackNames.Shipped.Tactic(tactic)?.Name ?? tactic));
            Texts("techniques", rule.AttackTechniques.Select(id => AttackNames.Shipped.Technique(id) is { } name ? $"{id} {name}" : id));
            Texts("references", rule.References);
            Texts("falsePositives", rule.FalsePositives);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteTechniques()
    {
        json.WriteStartArray("techniques");
        foreach (var technique in content.Techniques())
        {
            json.WriteStartObject();
            Text("id", technique.Id);
            Text("name", technique.Name);
            json.WriteNumber("rules", technique.RunningRules);
            json.WriteNumber("alerts", technique.Alerts);
            Texts("titles", technique.Titles);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteTables(string name, IEnumerable<StatisticsTable> tables)
    {
        json.WriteStartArray(name);
        foreach (var table in tables)
        {
            json.WriteStartObject();
            Text("name", table.Name);
            Text("title", table.Title);
            Text("note", table.Note);
            Texts("columns", table.Columns);
            json.WriteStartArray("rows");
            foreach (var row in table.Rows)
            {
                json.WriteStartArray();
                foreach (var cell in row)
                {
                    WriteCell(cell);
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // A number as it is; one that is not exact as the object {value, text}.
    private void WriteCell(Cell cell)
    {
        switch (cell.Value)
        {
            case long number when cell.Text.AsSpan().ContainsAny('~', 't'):
                json.WriteStartObject();
                json.WriteNumber("value", number);
                json.WriteString("text", cell.Text);
                json.WriteEndObject();
                break;
            default:
                StatisticsWriter.Write(json, cell.Value is string text ? ReportText.Printable(text) : cell.Value);
                break;
        }
    }

    private void WriteFiles()
    {
        json.WriteStartArray("files");
        foreach (var file in content.Files.Listed)
        {
            json.WriteStartObject();
            Text("path", file.Path);
            Text("sha256", file.Digest?.Sha256);
            Number("size", file.Digest?.SizeInBytes);
            Text("format", file.File?.Format);
            Text("compression", file.File?.Compression);
            Texts("linkTypes", file.File?.LinkTypes ?? []);
            Text("first", ReportText.Time(file.File?.Span?.First));
            Text("last", ReportText.Time(file.File?.Span?.Last));
            json.WriteNumber("packets", file.Packets);
            json.WriteNumber("dnsMessages", file.Messages);
            Text("loss", SummaryTables.Loss(file));
            json.WriteNumber("alerts", file.AlertsByLevel.Sum());
            json.WriteStartArray("anomalies");
            foreach (var anomaly in file.Anomalies)
            {
                json.WriteStartObject();
                Text("kind", anomaly.Kind);
                Text("reason", anomaly.Reason);
                Text("words", ReasonText.Of(anomaly.Reason));
                json.WriteNumber("count", anomaly.Count);
                json.WriteStartArray("packets");
                anomaly.Packets.ToList().ForEach(json.WriteNumberValue);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            Text("failure", file.Failure);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteCoverage()
    {
        json.WriteStartObject("coverage");
        CatalogJson.WriteCounts(json, content.Catalog.Entries);
        var others = content.Catalog.Entries.Where(entry => entry.Coverage is not (CatalogCoverage.Full or CatalogCoverage.NotDns)).ToList();
        json.WriteStartArray("notInFull");
        foreach (var entry in others.Take(content.Limits.Rows))
        {
            json.WriteStartObject();
            Text("title", entry.Name);
            Text("coverage", CoverageName.Words(entry.Coverage));
            Text("reason", entry.Reason);
            Text("file", entry.File);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("notInFullNotListed", Math.Max(0, others.Count - content.Limits.Rows));
        json.WriteEndObject();
    }

    private void WriteLedger()
    {
        json.WritePropertyName("counted");
        LedgerJson.Write(json, content.Counters);
        Texts("summary", Summary.Of(content.Counters, content.Duration).TrimEnd('\n').Split('\n'));
        json.WriteStartArray("health");
        foreach (var finding in MirrorHealth.Of(content.Counters).Findings)
        {
            json.WriteStartObject();
            Text("name", ReasonText.Of(finding.Name));
            Text("advice", finding.Advice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        var use = EncryptedDnsUse.Of(content.Counters, MaximumClients);
        json.WriteStartArray("encryptedDns");
        foreach (var client in use.Clients)
        {
            json.WriteStartObject();
            Text("client", client.Address);
            json.WriteNumber("packets", client.Packets);
            Text("what", client.Describe());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("encryptedDnsFurtherClients", use.FurtherClients);
    }

    private void WriteGroups(IEnumerable<AlertGroup> groups, bool hasAlerts)
    {
        var numbers = content.Fired.Select((rule, index) => (rule.Key, index)).ToDictionary(pair => pair.Key, pair => pair.index, (IEqualityComparer<AlertRule>)ReferenceEqualityComparer.Instance);
        json.WriteStartArray("groups");
        foreach (var group in groups)
        {
            json.WriteStartObject();
            json.WriteNumber("rule", numbers[group.Rule]);
            Text("client", group.Client);
            Text("domain", group.Domain);
            json.WriteNumber("count", group.Count);
            Text("first", ReportText.Time(group.First));
            Text("last", ReportText.Time(group.Last));
            Texts("names", group.Names);
            json.WriteBoolean("moreNames", group.HasMoreNames);
            json.WriteNumber("listed", group.Alerts.Count);
            if (hasAlerts)
            {
                json.WritePropertyName("alerts");
                Write(json, group);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes the alerts of all groups, in the order of the groups: an array in a line for each.</summary>
    public static void WriteAlerts(Stream output, ReportContent content)
    {
        // A writer that has the stream would flush it for each group, and a stream that packs would begin anew.
        var line = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(line);
        foreach (var group in content.Alerts.Sorted())
        {
            Write(json, group);
            json.Flush();
            output.Write(line.WrittenSpan);
            output.WriteByte((byte)'\n');
            line.ResetWrittenCount();
            json.Reset();
        }
    }

    private static void Write(Utf8JsonWriter json, AlertGroup group)
    {
        json.WriteStartArray();
        foreach (var alert in group.Alerts)
        {
            json.WriteStartObject();
            json.WritePropertyName("about");
            json.WriteRawValue(alert.Row, skipInputValidation: true);
            if (alert.Evidence is not null)
            {
                json.WritePropertyName("evidence");
                json.WriteRawValue(alert.Evidence, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IEnumerable<AlertLevel> Levels() => Enum.GetValues<AlertLevel>().Reverse();

    // Absent where there is nothing to say.
    private void Text(string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            json.WriteString(name, ReportText.Printable(text));
        }
    }

    private void Number(string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }

    private void Texts(string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(ReportText.Printable(text));
        }

        json.WriteEndArray();
    }
}
