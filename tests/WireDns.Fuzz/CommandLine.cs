using System.Diagnostics;
using System.Globalization;
using SharpFuzz;
using WireDns.Fuzz.Mutation;

namespace WireDns.Fuzz;

/// <summary>The program's commands. Exit status: 0 nothing was found, 1 something was, 2 usage.</summary>
internal static class CommandLine
{
    private const string Usage = """
        usage: TARGET --mutate [--executions N] [--seconds N] [--seed N] [--corpus DIR]... [--findings DIR]
               TARGET --afl
               TARGET --run FILE...
               TARGET --seeds DIR [--corpus DIR]...
        --mutate  makes inputs out of those that the captures in the corpus hold, in this process, and says what came of it
        --afl     reads inputs that afl-fuzz sends (the libraries must be instrumented)
        --run     runs inputs as they are
        --seeds   writes the corpus' inputs into a folder, for afl-fuzz
        targets:  
        """;

    private const int Batch = 20_000;

    /// <summary>Runs a command.</summary>
    public static int Run(string[] arguments, TextWriter output, TextWriter errors)
    {
        if (arguments is [var name, "--afl"] && FuzzTargets.Names.Contains(name))
        {
            RunUnderAfl(name);
            return 0;
        }

        if (arguments.Length < 2 || FuzzTargets.Create(arguments[0]) is not { } target)
        {
            errors.WriteLine(Usage + string.Join(' ', FuzzTargets.Names));
            return 2;
        }

        switch (arguments[1])
        {
            case "--mutate" when FuzzOptions.TryRead(arguments.AsSpan(2), out var options):
                return Mutate(target, options, output);
            case "--run":
                foreach (var file in arguments[2..])
                {
                    target.Run(File.ReadAllBytes(file), new FeatureMap());
                }

                return 0;
            case "--seeds" when arguments.Length > 2 && FuzzOptions.TryRead(arguments.AsSpan(3), out var options):
                return WriteSeeds(target, options, arguments[2], output);
            default:
                errors.WriteLine(Usage + string.Join(' ', FuzzTargets.Names));
                return 2;
        }
    }

    private static int Mutate(FuzzTarget target, FuzzOptions options, TextWriter output)
    {
        var run = new MutationRun(target, options.Seed);
        run.AddSeeds(Corpus.ReadSeeds(target, options.CorpusFolders));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{target.Name}: {run.Executions} seeds, {run.CorpusCount} kept, {run.FeatureCount} features"));
        var clock = Stopwatch.StartNew();
        var reported = TimeSpan.Zero;
        while (run.Executions < options.Executions && clock.Elapsed < options.Time)
        {
            run.Run(Math.Min(Batch, options.Executions - run.Executions));
            if (clock.Elapsed - reported > TimeSpan.FromSeconds(20))
            {
                reported = clock.Elapsed;
                Report(run, target, options.Seed, clock.Elapsed, output);
            }
        }

        Report(run, target, options.Seed, clock.Elapsed, output);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{target.Name}: the slowest input takes {run.MeasureSlowestAgain().TotalMilliseconds:F3} ms when it is run again"));
        foreach (var finding in run.Findings)
        {
            output.WriteLine($"FOUND {finding.Signature}");
            output.WriteLine($"      {finding.Input.Length} bytes: {Convert.ToHexStringLower(finding.Input)}");
            output.WriteLine(finding.Failure.ToString());
            if (options.FindingsFolder is { } folder)
            {
                Directory.CreateDirectory(folder);
                File.WriteAllBytes(Path.Combine(folder, $"{target.Name}-{finding.Execution}.bin"), finding.Input);
            }
        }

        return run.Findings.Count == 0 ? 0 : 1;
    }

    private static void Report(MutationRun run, FuzzTarget target, ulong seed, TimeSpan elapsed, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name}: seed {seed}, {run.Executions} executions in {elapsed.TotalSeconds:F0} s, corpus {run.CorpusCount}, features {run.FeatureCount}, findings {run.Findings.Count}, slowest {run.Slowest.TotalMilliseconds:F1} ms, heap {GC.GetTotalMemory(false) >> 20} MiB"));
        output.Flush();
    }

    private static void RunUnderAfl(string name)
    {
        // Created with the first input: instrumented code must not run before afl-fuzz has provided its memory.
        FuzzTarget? target = null;
        var features = new FeatureMap();
        var buffer = new byte[1 << 20];
        Fuzzer.OutOfProcess.Run(stream =>
        {
            target ??= FuzzTargets.Create(name)!;
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            target.Run(buffer.AsSpan(0, Math.Min(length, target.MaximumLength)), features);
        });
    }

    private static int WriteSeeds(FuzzTarget target, FuzzOptions options, string folder, TextWriter output)
    {
        Directory.CreateDirectory(folder);
        var count = 0;
        foreach (var seed in Corpus.ReadUsefulSeeds(target, options.CorpusFolders))
        {
            File.WriteAllBytes(Path.Combine(folder, $"{count++:D5}"), seed);
        }

        output.WriteLine($"{count} seeds");
        return 0;
    }
}
