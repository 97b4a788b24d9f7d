namespace WireDns.Sigma.Correlation;

/// <summary>An event that a correlation was made of.</summary>
/// <param name="Time">When it was, as given to the engine.</param>
/// <param name="Tag">The tag that was given to the engine.</param>
public readonly record struct ReportedEvent(long Time, long Tag);
