using WireDns.Benchmarks.Comparison;
using WireDns.Benchmarks.DnsLogs;
using WireDns.Benchmarks.Goals;
using WireDns.Benchmarks.Live;
using WireDns.Benchmarks.Scale;

namespace WireDns.Benchmarks;

/// <summary>The commands that measure whole programs. Exit status: 0 measured, 1 WireDns did not find what was planted, 2 usage.</summary>
internal sealed class Measurements(TextWriter output, TextWriter progress, TimeProvider time)
{
    /// <summary>Whether there is such a command.</summary>
    public static bool Has(string verb) => verb is "compare" or "scale" or "goals" or "live" or "rate" or "log";

    /// <summary>Runs a command; returns the exit status.</summary>
    public int Run(string verb, string[] arguments)
    {
        if (arguments.Contains("--help"))
        {
            output.WriteLine($"{verb} OPTION...\n{BenchOptions.Usage}");
            return 0;
        }

        if (!BenchOptions.TryRead(arguments, out var options, out var fault))
        {
            progress.WriteLine($"{verb}: {fault}\n{BenchOptions.Usage}");
            return 2;
        }

        if (verb is "live" or "rate")
        {
            Directory.CreateDirectory(options.Folder);
            return verb == "live" ? new LiveTable(options, output, progress).Run(arguments) : new RateTable(options, output, progress).Run(arguments);
        }

        if (Hyperfine.Needs.FirstOrDefault(program => !ShellProgram.IsInstalled(program)) is { } missing)
        {
            progress.WriteLine($"{verb}: {missing} is not installed (Debian: apt-get install {string.Join(' ', PeerCatalog.Packages)})");
            return 1;
        }

        MachineDescription.WaitUntilQuiet(options.Patience, time, progress);
        Directory.CreateDirectory(options.Folder);
        options = options with { Folder = Path.GetFullPath(options.Folder) };
        var results = new BenchResults(options.Folder, MachineDescription.Here(options.Core, time));
        return verb switch
        {
            "scale" => Scale(options, results),
            "goals" => Goals(options, results),
            "log" => new LogTable(options, output, progress).Run(MachineDescription.Here(options.Core, time)),
            _ => Compare(options, results),
        };
    }

    private int Compare(BenchOptions options, BenchResults results)
    {
        var measured = new ComparisonRun(options, progress).Run();
        output.Write(results.Write("compare", measured.SelectMany(result => result), ComparisonTable.Write(measured)));
        var wrong = measured.SelectMany(result => result.Take(options.Products.Count)).Where(result => !result.IsRight).ToList();
        wrong.ForEach(result => progress.WriteLine(
            $"{result.Peer.Name} found {result.Hits?.Found} of {result.Capture.Planted} in {result.Capture.Path}, and {result.Hits?.Others} others"));
        return wrong.Count == 0 ? 0 : 1;
    }

    private int Scale(BenchOptions options, BenchResults results)
    {
        var scale = new ScaleRun(options, progress);
        var measured = options.Products.Select(product => scale.Run(product, scale.AllCases())).ToList();
        var tables = measured.Zip(options.Products, (result, product) => ScaleTable.Write(product.Name, result));
        output.Write(results.Write("scale", measured.SelectMany(result => result).Select(result => result.Scan), string.Join('\n', tables)));

        // The invented values match nothing: a longer list finds what the shortest does.
        var wrong = measured.SelectMany(result => result).Where(result => result.Scan.Hits is not { Others: 0 } hits
            || (result.Case.Name is "contains" or "endswith" && hits.Found != result.Scan.Capture.Planted)).ToList();
        wrong.ForEach(result => progress.WriteLine($"{result.Scan.Peer.Name} found {result.Scan.Hits}"));
        return wrong.Count == 0 ? 0 : 1;
    }

    // A goal that is not met is a result, not a failure of the measurement.
    private int Goals(BenchOptions options, BenchResults results)
    {
        var (goals, compared) = new GoalRun(options, progress).Run();
        var tables = goals.Zip(options.Products, (met, product) => GoalTable.Write(product.Name, met)).Concat(compared.Count > 0 ? [ComparisonTable.Write(compared)] : []);
        output.Write(results.Write("goals", compared.SelectMany(result => result), string.Join('\n', tables)));
        return 0;
    }
}
