namespace WireDns.Terminal;

/// <summary>A failure that ends the command: one line for the user on stderr, and the exit status.</summary>
internal sealed class CommandFailure(int exitStatus, string message) : Exception(message)
{
    /// <summary>One of <see cref="WireDns.ExitStatus"/>.</summary>
    public int ExitStatus { get; } = exitStatus;

    /// <summary>The failure of a file that a user has named and that cannot be read; its reason in words, not in the framework's.</summary>
    public static CommandFailure OfFile(string path, Exception exception) => new(Terminal.ExitStatus.Usage, exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{path}: no such file",
        UnauthorizedAccessException => $"{path}: permission denied, or a folder",
        _ => $"{path}: {exception.Message}",
    });
}
