using System.Globalization;
using WireDns.Alerts;
using WireDns.Output;
using WireDns.Statistics;
using WireDns.Terminal;

namespace WireDns.Reporting;

/// <summary>The tables of <c>wiredns summary</c>: the files, and the anomalies by their place. docs/report.md describes the columns.</summary>
internal static class SummaryTables
{
    private const int MaximumPathWidth = 44;

    /// <summary>The words that select tables.</summary>
    public static IReadOnlyList<string> All { get; } = ["files", "anomalies"];

    /// <summary>A table.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <param name="files">The files.</param>
    /// <param name="hasRules">Whether alerts were looked for.</param>
    public static StatisticsTable Make(string name, IReadOnlyList<FileFacts> files, bool hasRules) => name == "files" ? Files(files, hasRules) : Anomalies(files);

    private static StatisticsTable Files(IReadOnlyList<FileFacts> files, bool hasRules)
    {
        List<string> columns = ["file", "format", "link_types", "first", "last", "packets", "dns_messages", "loss", "anomalies"];
        if (hasRules)
        {
            columns.AddRange(Levels().Select(level => level.Name()));
        }

        columns.Add("failure");
        return new StatisticsTable("files", "files", columns, [.. files.Select(file => Row(file, hasRules))]);
    }

    private static List<Cell> Row(FileFacts file, bool hasRules)
    {
        List<Cell> cells =
        [
            Path(file.Path),
            Word(file.File is { } known ? known.Format + (known.Compression is null ? "" : $".{known.Compression}") : null),
            Word(file.File is { LinkTypes: [_, ..] types } ? string.Join(' ', types) : null),
            Cell.Time(file.File?.Span?.First),
            Cell.Time(file.File?.Span?.Last),
            Cell.Of(file.Packets),
            Cell.Of(file.Messages),
            Word(Loss(file)),
            Cell.Of(file.Anomalies.Sum(anomaly => anomaly.Count)),
        ];
        if (hasRules)
        {
            cells.AddRange(Levels().Select(level => Cell.Of(file.AlertsByLevel[(int)level])));
        }

        cells.Add(Word(file.Failure));
        return cells;
    }

    /// <summary>What is missing from a file, in words; null if nothing is.</summary>
    public static string? Loss(FileFacts file)
    {
        string?[] parts =
        [
            file.Incomplete == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{file.Incomplete:N0} incomplete"),
            file.LostTcpBytes == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{file.LostTcpBytes:N0} TCP bytes"),
            .. file.Findings.Where(finding => finding is not "tcp_bytes_missing").Select(ReasonText.Of),
        ];
        var text = string.Join(", ", parts.OfType<string>());
        return text.Length == 0 ? null : text;
    }

    private static StatisticsTable Anomalies(IReadOnlyList<FileFacts> files) => new(
        "anomalies", "anomalies", ["file", "kind", "reason", "count", "first_packets"],
        [
            .. files.SelectMany(file => file.Anomalies.Select(anomaly => (IReadOnlyList<Cell>)
            [
                Path(file.Path), Cell.Of(anomaly.Kind), Cell.Of(anomaly.Reason), Cell.Of(anomaly.Count),
                Cell.Of(string.Join(' ', anomaly.Packets.Select(number => string.Create(CultureInfo.InvariantCulture, $"#{number}")))),
            ])),
        ]);

    private static IEnumerable<AlertLevel> Levels() => Enum.GetValues<AlertLevel>().Reverse();

    private static Cell Word(string? text) => text is null ? new Cell(null, "-", false) : Cell.Of(text);

    // For people the end of a path says more than its start.
    private static Cell Path(string path)
    {
        var text = Printable.Text(path);
        return new Cell(path, text.Length <= MaximumPathWidth ? text : string.Concat("…", text.AsSpan(text.Length - MaximumPathWidth + 1)), false);
    }
}
