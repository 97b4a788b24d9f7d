namespace WireDns.Terminal;

/// <summary>A failure that ends the command: one line for the user on stderr, and the exit status.</summary>
internal sealed class CommandFailure(int exitStatus, string message) : Exception(message)
{
    /// <summary>One of <see cref="WireDns.ExitStatus"/>.</summary>
    public int ExitStatus { get; } = exitStatus;
}
