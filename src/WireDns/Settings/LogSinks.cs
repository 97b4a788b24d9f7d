using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.LookupFormats;
using WireDns.Alerts.Transports;
using WireDns.Detection.Logging;
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
    public static readonly string[] Formats = ["json", "zeek", "zeek-json", "cof"];

    // A lookup is smaller than an alert, and there are many more of them.
    private const int QueueFactor = 8;

    /// <summary>Reads a target without opening it.</summary>
    /// <param name="text">The target, as the user wrote it.</param>
    /// <param name="settings">The defaults for everything that the target does not set itself.</param>
    /// <param name="mode">What happens when the buffer is full.</param>
    /// <param name="span">How long passive DNS adds records up; null if the target does not say.</param>
    /// <exception cref="CommandFailure">The target is unknown, or has a setting that it does not support.</exception>
    public static SinkPlan Plan(string text, OutputSettings settings, QueueMode mode, out TimeSpan? span)
    {
        var target = OutputTarget.Parse(text, Flag);
        var name = target.Choice("format", [.. Formats.Select(format => (format, format))]);
        span = name == "cof" ? target.Time("span") : null;
        IMessageFormat format = name switch
        {
            "zeek" => new ZeekLookupFormat(isJson: false),
            "zeek-json" => new ZeekLookupFormat(isJson: true),
            "cof" => new CofFormat(Environment.MachineName),
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
}
