namespace WireDns.Capture.Tests.Fuzzing;

/// <summary>Tests that measure the whole process's memory, or take a processor for seconds: they run after the others.</summary>
[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;
