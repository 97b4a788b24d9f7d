namespace WireDns.Capture;

/// <summary>
/// What is wrong with a file, before it is known where: made once per file at most, so it may hold text.
/// </summary>
internal sealed record CaptureFault(string Text)
{
    /// <summary>Whether the file is a capture at all.</summary>
    public bool IsCapture { get; init; } = true;
}
