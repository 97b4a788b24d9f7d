namespace WireDns.Wire.Tests.Fuzzing;

/// <summary>Tests that measure the whole process's memory, or take a processor for seconds: they run when the others are done.</summary>
[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;
