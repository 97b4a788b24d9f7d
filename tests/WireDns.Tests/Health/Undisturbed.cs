namespace WireDns.Tests.Health;

/// <summary>Tests that measure the memory of the whole process: they run after the others.</summary>
[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;
