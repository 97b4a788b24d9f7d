namespace WireDns.Capture;

/// <summary>A file of a folder that is not read.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Reason">Why, in one line.</param>
public sealed record SkippedFile(string Path, string Reason);
