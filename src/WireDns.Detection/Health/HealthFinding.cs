namespace WireDns.Detection.Health;

/// <summary>Something that is not as it should be between the link and the sensor.</summary>
/// <param name="Name">Its name in the JSON ledger: lower case with underscores.</param>
/// <param name="Advice">What it means, and what to check: one line.</param>
internal sealed record HealthFinding(string Name, string Advice);
