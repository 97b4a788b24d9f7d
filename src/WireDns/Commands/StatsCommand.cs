using System.CommandLine;
using System.Diagnostics;
using WireDns.Alerts.Transports;
using WireDns.Detection;
using WireDns.Detection.Logging;
using WireDns.Output;
using WireDns.Reading;
using WireDns.Settings;
using WireDns.Statistics;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns stats</c>: counts the lookups of capture files by name, client, server and more, in one pass.</summary>
internal static class StatsCommand
{
    private const string Table = "table";
    private const string Csv = "csv";
    private const string Json = "json";

    public static Command Create()
    {
        var paths = PathArgument.Captures();
        var top = new Option<int>("--top", "-n")
        {
            Description = "Rows of each table, at most: 1 to 10,000.",
            HelpName = "N",
            DefaultValueFactory = _ => 10,
        };
        var tables = Tables(StatisticsTables.All);
        var known = new Option<string[]>("--known")
        {
            Description = "A list of known names and domains (lines, hosts, RPZ or CSV): the table 'new' has what is not in it. May be given several times.",
            HelpName = "FILE",
            AllowMultipleArgumentsPerToken = false,
        };
        var format = Format();
        SettingFlags.RequireNumber(top, 1, 10_000);
        var command = new Command("stats", "Count the lookups of capture files: top names, clients, servers, rare and random names, latency.")
        {
            paths, top, tables, known, format,
        };
        var flags = new SettingFlags(command);
        flags.Add(ReadingSettings.Files);
        flags.Add(ReadingSettings.Quiet);
        flags.Add(DecodingSettings.All);
        flags.Add(OutputSettings.Verbose("List every file that is skipped."));
        flags.Add(OutputSettings.Colour("the tables"));
        command.SetAction(arguments =>
        {
            var start = Stopwatch.GetTimestamp();
            var settings = flags.Read(arguments);
            var lists = arguments.GetValue(known) ?? [];
            var wanted = Wanted(arguments.GetValue(tables) ?? [], arguments.GetValue(format)!, hasKnown: lists.Length > 0);
            var statistics = new LookupStatistics(lists.Length == 0 ? null : ReadKnown(lists));
            var files = InputFiles.Expand(arguments.GetValue(paths) ?? [], settings);
            using var signals = new StopSignals();
            var worker = new Worker(
                new LookupLog(
                    lookup =>
                    {
                        statistics.Add(lookup);
                        return true;
                    }),
                settings.Decoding.Load());
            var run = new FileRun(worker);
            using var report = RunSignal.Report(() => StandardError.WriteTable(Summary.Of(run.Pause(worker.Snapshot), Stopwatch.GetElapsedTime(start))));
            run.Read(files.Paths, settings.Reading.IsMerged, signals.Requested);
            Write(
                [.. wanted.Select(name => StatisticsTables.Make(name, statistics, arguments.GetValue(top)))],
                arguments.GetValue(format)!, settings.Output.Colouring);
            if (!settings.Reading.IsQuiet)
            {
                StandardError.WriteTable(Summary.Of(worker.Snapshot(), Stopwatch.GetElapsedTime(start)));
            }

            if (signals.Requested.IsCancellationRequested)
            {
                StandardError.Write("wiredns: interrupted: the tables are of the input that was read");
            }

            return files.Failed + run.Failed == 0 && !signals.Requested.IsCancellationRequested ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    /// <summary>The option that chooses tables.</summary>
    public static Option<string[]> Tables(IReadOnlyList<string> all)
    {
        var tables = new Option<string[]>("--table", "-t")
        {
            Description = $"Print this table alone; may be given several times. Tables: {string.Join(", ", all)}.",
            HelpName = "TABLE",
            AllowMultipleArgumentsPerToken = false,
        };
        tables.AcceptOnlyFromAmong([.. all]);
        return tables;
    }

    /// <summary>The option that chooses how tables look.</summary>
    public static Option<string> Format()
    {
        var format = new Option<string>("--format", "-f")
        {
            Description = "table: for people; csv: one table for a spreadsheet; json: one object for programs.",
            HelpName = "table|csv|json",
            DefaultValueFactory = _ => Table,
        };
        format.AcceptOnlyFromAmong(Table, Csv, Json);
        return format;
    }

    private static string[] Wanted(string[] named, string format, bool hasKnown)
    {
        const string New = "new";
        if (named.Contains(New) && !hasKnown)
        {
            throw new CommandFailure(ExitStatus.Usage, "--table new needs --known FILE: what is not in that list is new");
        }

        return Choose(named, format, [.. StatisticsTables.All.Where(name => name != New || hasKnown)]);
    }

    /// <summary>The tables that were named, or else all.</summary>
    /// <exception cref="CommandFailure">CSV was asked for, and not one table.</exception>
    public static string[] Choose(string[] named, string format, IReadOnlyList<string> all) =>
        format == Csv && named.Length != 1
            ? throw new CommandFailure(ExitStatus.Usage, $"--format csv has the columns of one table: choose it with --table ({string.Join(", ", all)})")
            : named.Length > 0 ? [.. named.Distinct()] : [.. all];

    private static HashSet<string> ReadKnown(string[] files)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var reading = new PlaceholderFile("known", file, null, null).Read();
            foreach (var line in reading.Notes.Concat(reading.Faults))
            {
                StandardError.Write(line);
            }

            if (reading.Faults.Count > 0)
            {
                throw new CommandFailure(ExitStatus.Usage, $"{file}: this list of known names cannot be used");
            }

            known.UnionWith(reading.Values.Select(value => value.ToLowerInvariant().TrimEnd('.')));
        }

        return known;
    }

    /// <summary>Writes tables to standard output.</summary>
    /// <exception cref="CommandFailure">It accepts no more.</exception>
    public static void Write(IReadOnlyList<StatisticsTable> tables, string format, Colouring colouring)
    {
        if (format == Json)
        {
            StandardOutput.Json(json => StatisticsWriter.Write(json, tables));
        }
        else if (format == Csv)
        {
            StandardOutput.Report(isColoured: false, writer =>
            {
                foreach (var line in StatisticsWriter.Csv(tables[0]))
                {
                    writer.Line(line);
                }
            });
        }
        else
        {
            StandardOutput.Report(colouring.IsColoured(), writer =>
            {
                foreach (var table in tables)
                {
                    StatisticsWriter.Write(writer, table);
                }
            });
        }
    }
}
