namespace WireDns.Capture.Live;

/// <summary>A network interface that this host has.</summary>
public sealed record LiveInterface
{
    /// <summary>The name that <see cref="LiveCaptureOptions.Interface"/> takes.</summary>
    public required string Name { get; init; }

    /// <summary>The system's description; empty if there is none.</summary>
    public required string Description { get; init; }

    /// <summary>Its addresses, as text.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>Whether it is up.</summary>
    public bool IsUp { get; init; }

    /// <summary>Whether it has a link (libpcap: "running").</summary>
    public bool IsRunning { get; init; }

    /// <summary>Whether it is a loopback.</summary>
    public bool IsLoopback { get; init; }

    /// <summary>Whether it is wireless.</summary>
    public bool IsWireless { get; init; }

    /// <summary>
    /// Whether it was opened as a trial: network interfaces are, packet filter queues are not.
    /// </summary>
    public bool WasTried { get; init; }

    /// <summary>Why it cannot be captured from, in one line; null if it can, or was not tried.</summary>
    public string? Problem { get; init; }
}
