using WireDns.Alerts.Buffers;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Delivery;

/// <summary>One destination of alerts: a format, the transport of its messages, and the buffer that keeps what is not settled.</summary>
/// <param name="Name">Its name in reports (stdout, syslog).</param>
/// <param name="Format">The format of its messages.</param>
/// <param name="Transport">How they go to the receiver. The delivery owns it and disposes it at the end.</param>
public sealed record AlertSink(string Name, IMessageFormat Format, IMessageTransport Transport)
{
    /// <summary>Tells it from a sink of its name with other settings, for <see cref="AlertDelivery.Exchange"/>; by default empty.</summary>
    public string Identity { get; init; } = "";

    /// <summary>What it delivers, in the plural, for messages to the user; by default alerts.</summary>
    public string Items { get; init; } = "alerts";

    /// <summary>The lowest level of alerts that go to it; by default informational, which means all.</summary>
    public AlertLevel LeastLevel { get; init; } = AlertLevel.Informational;

    /// <summary>Ids or titles of the rules whose alerts go to it; null for all.</summary>
    public IReadOnlySet<string>? Rules { get; init; }

    /// <summary>Whether the sensor's events go to it, whatever its level and rules; by default they do.</summary>
    public bool TakesEvents { get; init; } = true;

    /// <summary>Whether alerts go to it; by default they do.</summary>
    public bool TakesAlerts { get; init; } = true;

    /// <summary>What a full buffer means; by default that the alert is dropped and counted.</summary>
    public QueueMode Mode { get; init; } = QueueMode.Drop;

    /// <summary>How many alerts its buffer holds, at least 1; by default 8192.</summary>
    public int QueueCapacity { get; init; } = 8192;

    /// <summary>About how many octets of memory the alerts in its buffer may take together, at least 1; by default 64 MiB.</summary>
    public long QueueMaximumOctets { get; init; } = AlertBuffer.DefaultMaximumOctets;

    /// <summary>
    /// How long alerts wait for a receiver that accepts nothing before they count as failed; after that each is tried once, until one gets
    /// through. By default for ever: alerts raised meanwhile find the buffer full.
    /// </summary>
    public TimeSpan Patience { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Where its messages wait on disk; null for none. The delivery owns it and disposes it at the end.</summary>
    public Spool? Spool { get; init; }

    /// <summary>Whether an alert or an event goes to it.</summary>
    internal bool Wants(Notification notification) => Format.Takes(notification) && notification switch
    {
        Alert alert => Wants(alert),
        SensorEvent => TakesEvents,
        _ => true,
    };

    private bool Wants(Alert alert) => TakesAlerts && (alert.IsCanary || (alert.Rule.Level >= LeastLevel
        && (Rules is null || Rules.Contains(alert.Rule.Title) || (alert.Rule.Id is { } id && Rules.Contains(id)))));
}
