using WireDns.Alerts.Buffers;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Delivery;

/// <summary>One way that alerts go: a format, the sink that its messages go to, and the queue before it.</summary>
/// <param name="Name">What reports call it (stdout, syslog).</param>
/// <param name="Format">How its messages look.</param>
/// <param name="Sink">Where they go. The delivery owns it and disposes it at the end.</param>
public sealed record AlertSink(string Name, IAlertFormat Format, IMessageTransport Sink)
{
    /// <summary>What a full queue means; by default that the alert is dropped and counted.</summary>
    public QueueMode Mode { get; init; } = QueueMode.Drop;

    /// <summary>How many alerts its queue holds, at least 1; by default 8192.</summary>
    public int QueueCapacity { get; init; } = 8192;

    /// <summary>About how many octets of memory the alerts in its queue may hold together, at least 1; by default 64 MiB.</summary>
    public long QueueMaximumOctets { get; init; } = AlertBuffer.DefaultMaximumOctets;
}
