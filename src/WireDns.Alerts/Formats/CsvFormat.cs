using System.Buffers;
using System.Globalization;
using System.Text;

namespace WireDns.Alerts.Formats;

/// <summary>
/// A row of a CSV file (RFC 4180) per alert, for a spreadsheet: <see cref="Header"/> first, then a row for each. Cells are those of <see cref="CsvText"/>;
/// what cannot be shown is escaped as by <see cref="SafeText"/>, so a row is a line. docs/formats says what the columns are.
/// </summary>
public sealed class CsvFormat : IAlertFormat
{
    private const int MaximumAnswers = 20;

    private static readonly (string Name, Func<Alert, string?> Text)[] Columns =
    [
        ("kind", Kind),
        ("time", alert => Time(alert.UnixTimeNanoseconds)),
        ("level", alert => alert.Rule.Level.Name()),
        ("rule", alert => alert.Anomaly is { } anomaly ? $"{anomaly.Kind} {anomaly.Reason}" : alert.Rule.Title),
        ("rule_id", alert => alert.Rule.Id),
        ("client", alert => alert.Client.Address),
        ("client_port", alert => Port(alert.Client)),
        ("server", alert => alert.Server.Address),
        ("server_port", alert => Port(alert.Server)),
        ("transport", alert => alert.Transport),
        ("message", alert => ReferenceEquals(alert.Message, AlertMessage.None) ? null : alert.Message.IsResponse ? "response" : "query"),
        ("name", alert => alert.Message.QuestionName ?? alert.Repeats?.Domain),
        ("domain", alert => alert.Message.RegisteredDomain ?? alert.Repeats?.Domain),
        ("type", alert => alert.Message.QuestionType),
        ("code", alert => alert.Message.ResponseCode),
        ("answers", alert => Join(alert.Message.Answers.Take(MaximumAnswers).Select(answer => $"{answer.Type} {answer.Data}"), alert.Message.Answers.Count - MaximumAnswers)),
        ("reason", alert => Join(alert.Reasons.Take(MaximumAnswers).Select(Reason), alert.Reasons.Count - MaximumAnswers)),
        ("count", alert => Number(alert.Repeats?.Count ?? alert.Correlation?.Extent?.Events)),
        ("value", alert => alert.Correlation?.Value.ToString("R", CultureInfo.InvariantCulture)),
        ("group", alert => Join(alert.Correlation?.Group.Select(value => $"{value.Field}={value.Value}") ?? [], 0)),
        ("notes", Notes),
        ("file", alert => alert.File),
        ("interface", alert => alert.Interface),
        ("packet", alert => Number(alert.PacketNumber)),
        ("related_packet", alert => Number(alert.RelatedPacketNumber)),
        ("round_trip_ms", alert => alert.RoundTripNanoseconds is { } time ? ((decimal)time / 1_000_000).ToString("0.######", CultureInfo.InvariantCulture) : null),
        ("vlans", alert => Join(alert.VlanIds.Select(id => Number(id)!), 0)),
        ("tunnels", alert => Join(alert.Tunnels, 0)),
        ("tags", alert => Join(alert.Rule.Tags, 0)),
        ("community_id", alert => alert.CommunityId),
        ("alert_id", alert => alert.Id),
        ("sentence", Sentence.Of),
        ("indicators", alert => Join(alert.Indicators.Select(IndicatorText.Of), 0)),
    ];

    /// <summary>The first line of a file: the names of the columns.</summary>
    public static string Header { get; } = string.Join(',', Columns.Select(column => column.Name));

    /// <inheritdoc/>
    public bool Write(Alert alert, IBufferWriter<byte> output)
    {
        Write(output, Columns.Select(column => column.Text(alert)));
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>The state stands where an alert has its rule.</remarks>
    public bool Write(SensorEvent sensorEvent, IBufferWriter<byte> output)
    {
        Write(output, Columns.Select(column => column.Name switch
        {
            "kind" => "sensor",
            "time" => Time(sensorEvent.UnixTimeNanoseconds),
            "level" => sensorEvent.Level.Name(),
            "rule" => $"{sensorEvent.Part} {sensorEvent.State}",
            "reason" => sensorEvent.Reason,
            "notes" => sensorEvent.Cause,
            "interface" => sensorEvent.Interface,
            "alert_id" => sensorEvent.Id,
            "sentence" => Sentence.Of(sensorEvent),
            _ => null,
        }));
        return true;
    }

    private static void Write(IBufferWriter<byte> output, IEnumerable<string?> cells) =>
        Encoding.UTF8.GetBytes(string.Join(',', cells.Select(cell => CsvText.Cell(SafeText.Escape(cell ?? "")))), output);

    private static string Kind(Alert alert) => alert switch
    {
        { Repeats: not null } => "repeats",
        { Anomaly: not null } => "anomaly",
        { Correlation.Extent: not null } => "correlation_end",
        { Correlation: not null } => "correlation",
        _ => "alert",
    };

    private static string Reason(AlertReason reason) =>
        $"{(reason.IsNegated ? "not " : "")}{string.Join('|', reason.Modifiers.Prepend(reason.Field ?? "keyword"))}:{reason.Pattern}";

    private static string? Notes(Alert alert) => Join(
        new[]
        {
            alert.Message.Malformed is { } fault && alert.Anomaly is null ? $"malformed {fault}" : null, alert.Message.IsTruncated ? "truncated" : null,
            alert.Message.HasOverlap ? "overlap" : null, alert.IsForwarded ? "forwarded" : null, alert.Rule.Caveat is null ? null : "caveat",
            alert.Repeats?.Words, alert.Correlation?.Extent?.Cause,
        }.OfType<string>(), 0);

    private static string? Time(long? nanoseconds)
    {
        if (nanoseconds is not { } time)
        {
            return null;
        }

        Span<byte> text = stackalloc byte[Timestamp.MaximumLength];
        return Encoding.ASCII.GetString(text[..Timestamp.Format(text, time, decimals: 6)]);
    }

    private static string? Port(AlertEndpoint endpoint) => endpoint.Port == AlertEndpoint.UnknownPort ? null : Number(endpoint.Port);

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string Join(IEnumerable<string> parts, int more) =>
        string.Join("; ", more > 0 ? parts.Append(string.Create(CultureInfo.InvariantCulture, $"and {more} more")) : parts);
}
