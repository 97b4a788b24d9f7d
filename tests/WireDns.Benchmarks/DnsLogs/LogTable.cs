using System.Globalization;
using System.Text.RegularExpressions;
using WireDns.Benchmarks.Comparison;
using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.DnsLogs;

/// <summary>
/// <c>log</c>: what a DNS log in Parquet costs to write, and how fast it answers: rules by <c>hunt</c>, and the same questions by <c>hunt --sql</c>, which is DuckDB. The rows are the
/// lookups of the capture log: half as many as its packets.
/// </summary>
internal sealed partial class LogTable(BenchOptions options, TextWriter output, TextWriter progress)
{
    private const int ListLength = 100_000;

    // The goals of the log.
    private const double LeastRowsWritten = 150_000;
    private const double MostOctets = 35;
    private const double MostMegabytes = 200;
    private const double LeastRowsHunted = 400_000;

    private readonly string _folder = Path.Combine(options.Folder, "log");
    private readonly Hyperfine _hyperfine = new(options.Folder, options.Core);

    /// <summary>Measures each build; returns the exit status.</summary>
    public int Run(MachineDescription machine)
    {
        if (!ShellProgram.IsInstalled("wiredns-sql"))
        {
            progress.WriteLine("log: wiredns-sql is not on the PATH ('./run.sh bench log' puts it there)");
            return 1;
        }

        var capture = new BenchCaptures(options.Folder, options.Packets, progress).Log();
        Directory.CreateDirectory(_folder);
        WriteQuestions();
        output.WriteLine($"{machine.ToMarkdown()}\n");
        foreach (var product in options.Products)
        {
            Measure(product, capture);
        }

        return 0;
    }

    private void Measure(Peer product, BenchCapture capture)
    {
        var program = ShellProgram.Quote(product.Command);
        var log = Path.Combine(_folder, "parquet");
        var writing = new List<TimedRun>();
        for (var round = 0; round < options.Runs; round++)
        {
            if (Directory.Exists(log))
            {
                Directory.Delete(log, recursive: true);
            }

            writing.Add(_hyperfine.Run($"{program} read {ShellProgram.Quote(capture.Path)} -q -o {ShellProgram.Quote($"parquet:{log},sensor=bench")}", null));
            progress.WriteLine($"{product.Name}: written in {writing[^1].Seconds:0.00} s, round {round + 1} of {options.Runs}");
        }

        var rows = RowsOf(program, log);
        var octets = Directory.GetFiles(log, "*.parquet", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{product.Name}: {rows:N0} rows\n"));
        output.WriteLine("| | measured | goal |\n|---|---|---|");
        Row("rows written per second of processor, reading the capture included", rows / Processor(writing), LeastRowsWritten, "at least");
        Row("octets a row", (double)octets / rows, MostOctets, "at most");
        Row("peak memory of the writer, MB", writing.Max(run => run.PeakKibibytes ?? 0) * 1024 / 1e6, MostMegabytes, "at most");
        if (Directory.Exists(options.SigmaRules))
        {
            var hunting = Repeat($"{program} hunt {ShellProgram.Quote(log)} -r {ShellProgram.Quote(options.SigmaRules)} -f ecs");
            Row("rows hunted with SigmaHQ's rules about DNS, per second of processor", rows / Processor(hunting), LeastRowsHunted, "at least");
        }

        output.WriteLine("\n| question | `hunt -r`, s | `hunt --sql`, s |\n|---|---|---|");
        foreach (var (question, rule, query) in Questions())
        {
            var byRules = rule is null ? null : Repeat($"{program} hunt {ShellProgram.Quote(log)} -r {ShellProgram.Quote(rule)} {Placeholder(rule)} -f ecs");
            var bySql = Repeat($"{program} hunt {ShellProgram.Quote(log)} --sql {ShellProgram.Quote("@" + query)} --sql-format csv");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {question} | {(byRules is null ? "" : $"{Median.Of(byRules.Select(run => run.Seconds)):0.00}")} | {Median.Of(bySql.Select(run => run.Seconds)):0.00} |"));
        }

        output.WriteLine();
    }

    private void Row(string what, double value, double goal, string bound) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {value:#,0.#} | {bound} {goal:#,0} |"));

    private static double Processor(IReadOnlyList<TimedRun> runs) => Median.Of(runs.Select(run => run.UserSeconds + run.SystemSeconds));

    private List<TimedRun> Repeat(string command)
    {
        var runs = new List<TimedRun>();
        for (var round = 0; round < options.Runs; round++)
        {
            runs.Add(_hyperfine.Run(command, null));
            progress.WriteLine($"{runs[^1].Seconds:0.00} s: {command}");
        }

        return runs;
    }

    private static long RowsOf(string program, string log)
    {
        var (_, text) = ShellProgram.Run("bash", "-c", $"{program} hunt {ShellProgram.Quote(log)} --sql 'SELECT count(*) FROM lookups' --sql-format csv");
        return long.Parse(Count().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private IEnumerable<(string Question, string? Rule, string Query)> Questions() =>
    [
        ("one exact name", PathOf("exact.yml"), PathOf("exact.sql")),
        ("a part of a name", PathOf("part.yml"), PathOf("part.sql")),
        (string.Create(CultureInfo.InvariantCulture, $"a list of {ListLength:N0} names"), PathOf("list.yml"), PathOf("list.sql")),
        ("the 20 most frequent domains, with their clients", null, PathOf("top.sql")),
    ];

    private string Placeholder(string rule) => rule.EndsWith("list.yml", StringComparison.Ordinal) ? $"--placeholder {ShellProgram.Quote($"names={PathOf("names.txt")}")}" : "";

    private string PathOf(string name) => Path.Combine(_folder, name);

    private void WriteQuestions()
    {
        var name = WatchedDomains.All[0];
        var names = Enumerable.Range(0, ListLength).Select(number => string.Create(CultureInfo.InvariantCulture, $"h{number}.listed{number % 9973}.example")).Append(name).ToList();
        File.WriteAllLines(PathOf("names.txt"), names);
        WriteRule("exact", $"query: {name}");
        WriteRule("part", "query|contains: azureonline");
        WriteRule("list", "query|expand: '%names%'");
        File.WriteAllText(PathOf("exact.sql"), $"SELECT ts, client_ip, qname FROM lookups WHERE registered_domain = '{name}' AND qname = '{name}'");
        File.WriteAllText(PathOf("part.sql"), "SELECT ts, client_ip, qname FROM lookups WHERE contains(qname, 'azureonline')");
        File.WriteAllText(PathOf("list.sql"), $"SELECT ts, client_ip, qname FROM lookups WHERE qname IN ({string.Join(", ", names.Select(listed => $"'{listed}'"))})");
        File.WriteAllText(PathOf("top.sql"), "SELECT registered_domain, count(*), count(DISTINCT client_ip) FROM lookups GROUP BY ALL ORDER BY 2 DESC LIMIT 20");
    }

    private void WriteRule(string name, string selection) => File.WriteAllText(PathOf(name + ".yml"), $$"""
        title: {{name}}
        logsource: {category: dns}
        detection:
          s:
            {{selection}}
          condition: s
        level: low
        """);

    [GeneratedRegex(@"^([0-9]+)\r?$", RegexOptions.Multiline)]
    private static partial Regex Count();
}
