namespace WireDns.Tests.Running;

/// <summary>What a program left behind.</summary>
internal sealed record ProgramResult(int ExitStatus, LineLog Output, LineLog Error);
