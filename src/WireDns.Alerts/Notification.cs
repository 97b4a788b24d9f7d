namespace WireDns.Alerts;

/// <summary>What sinks deliver: an <see cref="Alert"/>, or a <see cref="SensorEvent"/>. Immutable.</summary>
public abstract record Notification
{
    /// <summary>Tells it from any other; one that arrives twice has the same id. At most 255 octets.</summary>
    public abstract string Id { get; init; }
}

/// <summary>
/// What a sensor says of itself: a part of it has another state now. So that whoever reads the alerts knows when none could come. Immutable.
/// </summary>
public sealed record SensorEvent : Notification
{
    /// <inheritdoc/>
    public override required string Id { get; init; }

    /// <summary>When it happened, in nanoseconds since the Unix epoch, by the sensor's clock.</summary>
    public required long UnixTimeNanoseconds { get; init; }

    /// <summary>Which part: <c>interface</c>, <c>mirror</c> … The names are listed in docs/sensor.md.</summary>
    public required string Part { get; init; }

    /// <summary>The interface's name, where the part is one.</summary>
    public string? Interface { get; init; }

    /// <summary>How serious it is.</summary>
    public required AlertLevel Level { get; init; }

    /// <summary>The state now: <c>ok</c>, <c>degraded</c> or <c>blind</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why, as names with underscores, with commas between them; null where the state is ok.</summary>
    public string? Cause { get; init; }

    /// <summary>Why, or what was done, in words; null where the state is ok and nobody did anything. A rule's or a link's text may be in it: escape it before a person sees it.</summary>
    public string? Reason { get; init; }

    /// <summary>The state before.</summary>
    public required string PreviousState { get; init; }

    /// <summary>How long the state before lasted, in seconds.</summary>
    public required long PreviousSeconds { get; init; }

    /// <summary>The number of the local user who did it; null where nobody did, or the system does not say.</summary>
    public uint? UserId { get; init; }

    /// <summary>Whether the part works as it should.</summary>
    public bool IsOk => Cause is null;
}
