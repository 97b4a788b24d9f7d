namespace WireDns.Terminal;

/// <summary>What every command's exit status means: one table for all of them (ARCHITECTURE.md).</summary>
internal static class ExitStatus
{
    /// <summary>Done, with alerts or without; also a live run that a signal ended.</summary>
    public const int Done = 0;

    /// <summary>Something failed while running: an input damaged or unreadable, a device lost, alerts not delivered.</summary>
    public const int Failed = 1;

    /// <summary>Usage, configuration or rules.</summary>
    public const int Usage = 2;

    /// <summary>There is an alert of the level that the user named with --fail-on, or of a higher one, whatever else happened.</summary>
    public const int AlertFound = 3;

    /// <summary>Memory was exhausted.</summary>
    public const int OutOfMemory = 4;

    /// <summary>The program has a fault, which it reports on stderr.</summary>
    public const int Fault = 70;

    /// <summary>The message when memory was exhausted.</summary>
    public const string OutOfMemoryMessage = "wiredns: out of memory; docs/memory.md says what each bound takes, and the options that lower it";
}

/// <summary>A failure that ends the command: one line for the user on stderr, and the exit status.</summary>
internal sealed class CommandFailure(int exitStatus, string message) : Exception(message)
{
    /// <summary>One of <see cref="WireDns.ExitStatus"/>.</summary>
    public int ExitStatus { get; } = exitStatus;

    /// <summary>The first of several faults that were already written to stderr, with its place; null if there are none besides the message.</summary>
    public string? FirstFault { get; init; }

    /// <summary>The failure of a file that a user has named and that cannot be read; its reason in words, not in the framework's.</summary>
    public static CommandFailure OfFile(string path, Exception exception) => new(Terminal.ExitStatus.Usage, exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{path}: no such file",
        UnauthorizedAccessException => $"{path}: permission denied, or a folder",
        _ => $"{path}: it cannot be read",
    });
}
