namespace WireDns.Alerts;

/// <summary>A record that responses had, once or many times: an observation of passive DNS. Immutable.</summary>
/// <remarks>Its id is a hash of everything in it, as hex.</remarks>
public sealed record PassiveDnsRecord : Notification
{
    /// <inheritdoc/>
    public override required string Id { get; init; }

    /// <summary>The owner's name in presentation form, in lower case, without a dot at its end.</summary>
    public required string Name { get; init; }

    /// <summary>The type's mnemonic.</summary>
    public required string Type { get; init; }

    /// <summary>The data in presentation form.</summary>
    public required string Data { get; init; }

    /// <summary>When it was first seen, in nanoseconds since the Unix epoch.</summary>
    public required long FirstUnixTimeNanoseconds { get; init; }

    /// <summary>When it was last seen.</summary>
    public required long LastUnixTimeNanoseconds { get; init; }

    /// <summary>In how many lookups it was seen.</summary>
    public required long Count { get; init; }
}
