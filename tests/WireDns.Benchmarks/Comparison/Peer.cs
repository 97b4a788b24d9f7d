namespace WireDns.Benchmarks.Comparison;

/// <summary>A program that is measured.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Command">Its command for bash, with <c>{file}</c> for the capture.</param>
/// <param name="Version">What it says of its version; empty if it says nothing.</param>
/// <param name="CountsHits">Whether its output says what it found.</param>
/// <param name="Missing">Why it cannot run here; null if it can.</param>
/// <param name="IsPinned">Whether it is kept on one processor core.</param>
internal sealed record Peer(string Name, string Command, string Version, bool CountsHits = true, string? Missing = null, bool IsPinned = true)
{
    /// <summary>The command for a capture.</summary>
    public string CommandFor(string capture) => Command.Replace("{file}", ShellProgram.Quote(capture), StringComparison.Ordinal);
}
