namespace WireDns.Alerts.Formats;

/// <summary>The levels as the Sigma specification spells them.</summary>
internal static class LevelName
{
    public static string Of(AlertLevel level) => level switch
    {
        AlertLevel.Critical => "critical",
        AlertLevel.High => "high",
        AlertLevel.Medium => "medium",
        AlertLevel.Low => "low",
        _ => "informational",
    };
}
