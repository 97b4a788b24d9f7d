using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using WireDns.Alerts;
using WireDns.Alerts.Transports;
using WireDns.Detection;
using WireDns.Detection.Evidence;
using WireDns.Detection.Logging;
using WireDns.Detection.Rules;
using WireDns.Output;
using WireDns.Reading;
using WireDns.Reporting;
using WireDns.RuleTools;
using WireDns.Settings;
using WireDns.Statistics;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns report</c>: reads capture files and makes a report of them that can be handed on.</summary>
internal static class ReportCommand
{
    private const string Html = "html";
    private const string Markdown = "md";
    private const string Json = "json";

    // Packets of the lookups of the last seconds, from which the evidence of alerts is taken.
    private const int RingSize = 16 << 20;

    public static Command Create()
    {
        var paths = PathArgument.Captures();
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The file to write. One that is there is replaced when the report is complete. Without it, md and json go to standard output.",
            HelpName = "FILE",
        };
        var format = new Option<string>("--format", "-f")
        {
            Description = "html: one page for people, that needs no network; md: Markdown for a ticket or a wiki; json: for programs.",
            HelpName = "html|md|json",
            DefaultValueFactory = _ => Html,
        };
        var navigator = new Option<string?>("--navigator")
        {
            Description = "Also write the ATT&CK techniques as a layer for MITRE's Navigator.",
            HelpName = "FILE",
        };
        var title = new Option<string>("--title") { Description = "What the report is called.", HelpName = "TEXT", DefaultValueFactory = _ => "DNS report" };
        var top = new Option<int>("--top", "-n")
        {
            Description = "Rows of each table of the overview, at most: 1 to 100.",
            HelpName = "N",
            DefaultValueFactory = _ => 10,
        };
        format.AcceptOnlyFromAmong(Html, Markdown, Json);
        SettingFlags.RequireNumber(top, 1, 100);
        var command = new Command("report", "Make a report of capture files: one HTML page with alerts, evidence, charts and what was read.")
        {
            paths, output, format, navigator, title, top,
        };
        var flags = new SettingFlags(command);
        flags.Add(RuleSettings.Files);
        flags.Add(RuleSettings.Loading);
        flags.Add(ReadingSettings.Each);
        flags.Add(ReadingSettings.Quiet);
        flags.Add(DetectionSettings.All);
        flags.Add(DecodingSettings.All);
        flags.Add(OutputSettings.Verbose("List every file that is skipped."));
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var target = arguments.GetValue(output);
            if (target is null && arguments.GetValue(format) == Html)
            {
                throw new CommandFailure(ExitStatus.Usage, "report needs -o FILE for a page; --format md and json go to standard output without it");
            }

            var files = InputFiles.Expand(arguments.GetValue(paths) ?? [], settings);
            (string? Path, string Option)[] targets = [(target, "--output"), (arguments.GetValue(navigator), "--navigator")];
            foreach (var (path, option) in targets.Where(one => one.Path is not null))
            {
                ReportFile.Check(path!, option, [.. files.Paths, .. settings.Rules.Paths]);
            }

            var run = new Run(settings, arguments.GetValue(title)!, arguments.GetValue(top));
            using var signals = new StopSignals();
            var content = run.Read(files.Paths, signals.Requested);
            Write(content, target, arguments.GetValue(format)!);
            if (arguments.GetValue(navigator) is { } layer)
            {
                ReportFile.Write(layer, stream => WriteJson(stream, AlertLayer.Of(content).Write));
            }

            if (!settings.Reading.IsQuiet)
            {
                StandardError.WriteTable(Tell(content, target));
            }

            if (content.IsPartial)
            {
                StandardError.Write("wiredns: interrupted: the report is of the input that was read, and says so");
            }

            return files.Failed + content.Files.Failed == 0 && !content.IsPartial ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    private static void Write(ReportContent content, string? target, string format)
    {
        if (target is not null)
        {
            ReportFile.Write(target, stream => Write(content, stream, format));
        }
        else if (format == Json)
        {
            StandardOutput.Json(json => new ReportJson(json, content).Write());
        }
        else
        {
            StandardOutput.Report(isColoured: false, writer => new ReportMarkdown(writer, content).Write());
        }
    }

    private static void Write(ReportContent content, Stream stream, string format)
    {
        switch (format)
        {
            case Json:
                WriteJson(stream, json => new ReportJson(json, content).Write());
                break;
            case Markdown:
                using (var transport = new StreamTransport(stream))
                {
                    var writer = new ReportWriter(transport, isColoured: false);
                    new ReportMarkdown(writer, content).Write();
                    writer.Flush();
                    if (writer.Failure != SendFailure.None)
                    {
                        throw new IOException(writer.Failure.Words());
                    }
                }

                break;
            default:
                ReportPage.Write(stream, content);
                break;
        }
    }

    private static void WriteJson(Stream stream, Action<Utf8JsonWriter> write)
    {
        using var json = new Utf8JsonWriter(stream);
        write(json);
        json.Flush();
        stream.WriteByte((byte)'\n');
    }

    private static string Tell(ReportContent content, string? target)
    {
        var alerts = content.Alerts;
        var left = alerts.NotListed == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {alerts.NotListed:N0} of them are counted and not listed");
        return Summary.Of(content.Counters, content.Duration) + string.Create(
            CultureInfo.InvariantCulture,
            $"alerts: {alerts.Alerts:N0} by {alerts.ByRule.Count:N0} rules{left}\n{(target is null ? "" : $"report: {target}\n")}");
    }

    /// <summary>Reads the files of a report.</summary>
    private sealed class Run
    {
        private readonly SensorSettings _settings;
        private readonly ReportLimits _limits = new();
        private readonly LookupStatistics _lookups = new();
        private readonly CaptureSurvey _survey = new(hashes: true);
        private readonly AlertGroups _alerts;
        private readonly LoadedRules _rules;
        private readonly EvidenceKeeper _keeper;
        private readonly Worker _worker;
        private readonly string _title;
        private readonly int _top;

        public Run(SensorSettings settings, string title, int top)
        {
            (_settings, _title, _top) = (settings, title, top);
            _rules = RunRules.Load(settings.Rules);
            _alerts = new AlertGroups(_limits);
            _keeper = new EvidenceKeeper(_alerts.Take, RingSize);
            var log = new LookupLog(lookup =>
            {
                _lookups.Add(lookup);
                _alerts.Take(lookup);
                return true;
            });
            _worker = new Worker(_rules, Raise, settings.Decoding.Load(), settings.Detection, [log, _survey.Anomalies, _keeper]);
            _keeper.Attach(_worker);
        }

        public ReportContent Read(IReadOnlyList<string> paths, CancellationToken cancellation)
        {
            var start = Stopwatch.GetTimestamp();
            var files = new ReadFiles(_limits.Files);
            using var report = RunSignal.Report(() => StandardError.WriteTable(Summary.Of(_survey.Pause(_worker.Snapshot), Stopwatch.GetElapsedTime(start))));
            _survey.Read(
                _worker, _keeper, paths,
                file =>
                {
                    files.Add(file);
                    _alerts.FinishSource();
                },
                cancellation);
            return new ReportContent
            {
                Title = _title,
                Created = TimeProvider.System.GetUtcNow(),
                CommandLine = ["wiredns", .. Environment.GetCommandLineArgs().Skip(1)],
                IsPartial = cancellation.IsCancellationRequested,
                Duration = Stopwatch.GetElapsedTime(start),
                Files = files,
                Counters = _worker.Snapshot(),
                Alerts = _alerts,
                Catalog = RuleCatalog.Of(_rules, _settings.Rules.Load(takesAll: false)),
                Lookups = _lookups,
                Limits = _limits,
                Top = _top,
            };
        }

        private bool Raise(Alert alert)
        {
            _survey.Note(alert);
            if (_alerts.Take(alert))
            {
                _keeper.Note(alert);
            }

            return true;
        }
    }
}
