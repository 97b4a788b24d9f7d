using System.Globalization;

namespace WireDns.Alerts;

/// <summary>
/// What was held back, so as not to bury other alerts. The alert that has it is a summary, sent when the window is over: its client is that of all
/// of them, or unknown where they have several; it has no server and no message; its time and packet are those of the last one. Immutable.
/// </summary>
public sealed record AlertRepeats
{
    /// <summary>Why they were held back.</summary>
    public required HeldBack Cause { get; init; }

    /// <summary>How many were held back, at least 1.</summary>
    public required long Count { get; init; }

    /// <summary>The time of the first that was held back, in nanoseconds since the Unix epoch.</summary>
    public required long From { get; init; }

    /// <summary>The time of the last.</summary>
    public required long Until { get; init; }

    /// <summary>How long the window was, from the alert that was sent.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>The id of the last alert of the window that was sent.</summary>
    public required string SentId { get; init; }

    /// <summary>What their names have in common: the registered domain, or the name itself where it has none; null if nothing.</summary>
    public string? Domain { get; init; }

    /// <summary>The different names, as far as they are remembered, in the order in which they came. Hostile text in presentation form.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Whether there were more names than these.</summary>
    public bool HasMoreNames { get; init; }

    /// <summary>How the product words it: <c>42 more in 10m</c>.</summary>
    public string Words => $"{Count.ToString(CultureInfo.InvariantCulture)} more in {Durations.Text(Window)}";
}

/// <summary>Why an alert was held back.</summary>
public enum HeldBack
{
    /// <summary>The same rule, client and registered domain within the window.</summary>
    Repeated,

    /// <summary>More alerts of one rule than its limit.</summary>
    RateLimited,
}
