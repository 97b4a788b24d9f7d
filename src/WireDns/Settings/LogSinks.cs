using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.LookupFormats;
using WireDns.Alerts.Transports;
using WireDns.Detection.Logging;
using WireDns.Detection.Rules;
using WireDns.Parquet.Loading;
using WireDns.Parquet.Records;
using WireDns.Parquet.Writing;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>
/// Reads the sinks of the lookup log from targets: the targets of <c>-o</c>, with formats of their own.
/// </summary>
internal static class LogSinks
{
    /// <summary>The flag of these targets.</summary>
    public const string Flag = "--log-dns";

    /// <summary>The names of the formats.</summary>
    public static readonly string[] Formats = ["json", "zeek", "zeek-json", "cof", "log"];

    /// <summary>How a target begins that is a folder of Parquet files.</summary>
    public const string ParquetKind = "parquet:";

    // A lookup is smaller than an alert, and there are many more of them.
    private const int QueueFactor = 8;

    // As many as are sent at a time. Where reading waits for the writer, a longer queue is memory for nothing.
    private const int MostWaiting = 512;

    /// <summary>Reads a target without opening it.</summary>
    /// <param name="text">The target, as the user wrote it.</param>
    /// <param name="settings">The defaults for everything that the target does not set itself.</param>
    /// <param name="mode">What happens when the buffer is full.</param>
    /// <param name="hidesClients">Whether the addresses of clients are hidden in what is written.</param>
    /// <param name="span">How long passive DNS adds records up; null if the target does not say.</param>
    /// <exception cref="CommandFailure">The target is unknown, or has a setting that it does not support.</exception>
    public static SinkPlan Plan(string text, OutputSettings settings, QueueMode mode, bool hidesClients, out TimeSpan? span)
    {
        if (IsLog(text))
        {
            span = null;
            return PlanParquet(OutputTarget.Parse(text, "-o"), settings, mode, hidesClients);
        }

        var target = OutputTarget.Parse(text, Flag);
        var name = target.Choice("format", [.. Formats.Select(format => (format, format))]);
        span = name == "cof" ? target.Time("span") : null;
        IMessageFormat format = name switch
        {
            "zeek" => new ZeekLookupFormat(isJson: false),
            "zeek-json" => new ZeekLookupFormat(isJson: true),
            "cof" => new CofFormat(Environment.MachineName),
            "log" => new LookupRecordFormat
            {
                Sensor = SensorName(target),
                ProductVersion = ProductVersion.Text,
                Suffixes = DnsFields.PublicSuffixDigest,
                HidesClients = hidesClients,
            },
            _ => new JsonLookupFormat(),
        };
        if (AlertSinks.IsSyslog(target))
        {
            format = new SyslogLookupFormat(format, AlertSinks.Syslog(target, settings));
        }

        Func<string>? header = name == "zeek" && !AlertSinks.IsSyslog(target) ? () => ZeekLookupFormat.Header(TimeProvider.System.GetUtcNow()) : null;
        return AlertSinks.Plan(target, settings, mode, header, new AlertSink(target.Address, format, null!)
        {
            Items = "lookups",
            QueueCapacity = target.Number("queue", 1, 10_000_000) ?? settings.Queue * QueueFactor,
        });
    }

    /// <summary>Whether a target takes lookups and no alerts, so that <c>-o</c> takes it too.</summary>
    public static bool IsLog(string target) => target.StartsWith(ParquetKind, StringComparison.Ordinal);

    private static SinkPlan PlanParquet(OutputTarget target, OutputSettings settings, QueueMode mode, bool hidesClients)
    {
        var usual = new ParquetLogOptions
        {
            Folder = Folder(target),
            Sensor = SensorName(target),
            ProductVersion = ProductVersion.Text,
            Suffixes = DnsFields.PublicSuffixDigest,
            HidesClients = hidesClients,
            Run = settings.LogRun,
            Ending = settings.LogEnding,
        };
        var options = usual with
        {
            // A run with a name of its own writes the same files again when it is repeated, however long it takes.
            MaximumAge = Age(target) ?? (settings.LogRun is null ? usual.MaximumAge : TimeSpan.FromDays(30)),
            RowsPerFile = RowsPerFile(target) ?? usual.RowsPerFile,
            RowsPerGroup = RowsPerGroup(target) ?? usual.RowsPerGroup,
        };
        var sink = new AlertSink(target.Address, new LookupRowFormat(hasIds: target.Choice("ids", ("no", false), ("yes", true))), null!)
        {
            Items = "lookups",
            Mode = mode,
            Patience = mode == QueueMode.Drop ? Timeout.InfiniteTimeSpan : TimeSpan.FromMinutes(1),
            QueueCapacity = target.Number("queue", 1, 10_000_000) ?? (mode == QueueMode.Drop ? settings.Queue * QueueFactor : MostWaiting),
        };
        target.RequireAllTaken();
        return new SinkPlan(sink, () => ParquetTransport.Open(options, line => StandardError.Write($"wiredns: {line}")), null);
    }

    /// <summary>Reads a target <c>parquet:DIR</c> of <c>log load</c>.</summary>
    /// <param name="target">The target.</param>
    /// <param name="topic">The topic that is loaded.</param>
    /// <exception cref="CommandFailure">It names no folder, or has a setting with a wrong value.</exception>
    public static TopicLogOptions TopicLog(OutputTarget target, string topic)
    {
        var usual = new TopicLogOptions { Folder = Folder(target), Topic = topic };
        return usual with
        {
            MaximumAge = Age(target) ?? usual.MaximumAge,
            RowsPerFile = RowsPerFile(target) ?? usual.RowsPerFile,
            RowsPerGroup = RowsPerGroup(target) ?? usual.RowsPerGroup,
        };
    }

    private static string Folder(OutputTarget target) => target.Address.Length > ParquetKind.Length
        ? target.Address[ParquetKind.Length..]
        : throw target.Mistake("a folder was expected, as in parquet:/var/lib/wiredns/log");

    private static TimeSpan? Age(OutputTarget target) => target.Time("age") is not { } age || age >= TimeSpan.FromSeconds(1)
        ? target.Time("age")
        : throw target.Mistake("age: at least 1s was expected");

    private static int? RowsPerFile(OutputTarget target) => target.Number("rows", 1, 100_000_000);

    private static int? RowsPerGroup(OutputTarget target) => target.Number("group", 1, 10_000_000);

    /// <summary>The sensor's name: that of the target, or else the host's.</summary>
    /// <exception cref="CommandFailure">It has other characters than a name.</exception>
    public static string SensorName(OutputTarget target) => target.Text("sensor") is not { } name
        ? string.Concat(Environment.MachineName.Select(character => IsOfName(character) ? character : '_'))
        : name.Length > 0 && name.All(IsOfName) ? name
        : throw target.Mistake($"sensor={name}: a name of letters, digits, dots, hyphens and underscores was expected");

    private static bool IsOfName(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_';
}
