namespace WireDns.Tests.Running;

/// <summary>What a program wrote, and its exit status.</summary>
internal sealed record ProgramResult(int ExitStatus, LineLog Output, LineLog Error);
