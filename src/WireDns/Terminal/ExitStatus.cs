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

    /// <summary>Memory was exhausted.</summary>
    public const int OutOfMemory = 4;

    /// <summary>The message when memory was exhausted.</summary>
    public const string OutOfMemoryMessage = "wiredns: out of memory; docs/memory.md says what each bound takes, and the options that lower it";
}
