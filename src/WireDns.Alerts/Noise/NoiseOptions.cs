namespace WireDns.Alerts.Noise;

/// <summary>What is held back before alerts go to the sinks. Immutable. By default nothing is.</summary>
public sealed record NoiseOptions
{
    /// <summary>
    /// For each level, how long further alerts of the same rule, client and registered domain are held back after one was sent; null or zero for not
    /// at all. Default: none.
    /// </summary>
    public IReadOnlyDictionary<AlertLevel, TimeSpan>? Windows { get; init; }

    /// <summary>The most alerts of one rule that are sent within <see cref="RateWindow"/>, at least 1; 0, the default, for no limit.</summary>
    public int RateLimit { get; init; }

    /// <summary>The time that <see cref="RateLimit"/> is for. Default: one minute.</summary>
    public TimeSpan RateWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most silences that can be added later: each alert is compared with all of them.</summary>
    public const int MaximumAddedSilences = 1000;

    /// <summary>What the user wants to hear nothing of. Default: none.</summary>
    public IReadOnlyList<Silence> Silences { get; init; } = [];

    /// <summary>The most windows that are open at once; where there are more, alerts are sent. Default: 65,536.</summary>
    public int MaximumWindows { get; init; } = 65_536;

    /// <summary>About how many octets of memory the windows take together; where they would take more, alerts are sent. Default: 64 MiB.</summary>
    public long MaximumOctets { get; init; } = 64 << 20;

    /// <summary>What a security team wants of a sensor: ten minutes for high and critical, half an hour for medium, an hour for the rest.</summary>
    public static IReadOnlyDictionary<AlertLevel, TimeSpan> UsualWindows { get; } = new Dictionary<AlertLevel, TimeSpan>
    {
        [AlertLevel.Critical] = TimeSpan.FromMinutes(10),
        [AlertLevel.High] = TimeSpan.FromMinutes(10),
        [AlertLevel.Medium] = TimeSpan.FromMinutes(30),
        [AlertLevel.Low] = TimeSpan.FromHours(1),
        [AlertLevel.Informational] = TimeSpan.FromHours(1),
    };
}

/// <summary>
/// What happened to alerts before they went to the sinks, at one moment: <see cref="Raised"/> = <see cref="Silenced"/> + <see cref="RateLimited"/> +
/// <see cref="Suppressed"/> + <see cref="Passed"/>. Immutable.
/// </summary>
/// <param name="Raised">Alerts that came.</param>
/// <param name="Silenced">Alerts that a silence covers.</param>
/// <param name="RateLimited">Alerts of a rule that had sent as many as its limit.</param>
/// <param name="Suppressed">Alerts that repeat one of the same rule, client and registered domain.</param>
/// <param name="Passed">Alerts that went on to the sinks.</param>
/// <param name="Summaries">Alerts sent besides, each of which says how many were held back in a window.</param>
/// <param name="WithoutWindow">Alerts that went on although they might repeat others, since there was no room for their window.</param>
/// <param name="OpenWindows">Windows of repeated alerts that are open now.</param>
public sealed record NoiseCounters(
    long Raised, long Silenced, long RateLimited, long Suppressed, long Passed, long Summaries, long WithoutWindow, int OpenWindows);
