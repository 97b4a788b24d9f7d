using System.CommandLine;
using System.Globalization;
using WireDns.Capture.Files;
using WireDns.Detection.Rules;
using WireDns.Inspection;
using WireDns.Reading;
using WireDns.RuleTools;
using WireDns.RuleTools.Trials;
using WireDns.Settings;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Terminal;
using WireDns.Wire.Net;
using static System.FormattableString;

namespace WireDns.Commands;

/// <summary><c>wiredns rules try</c>: shows what a rule hits, what it just misses, and why it does not match one event.</summary>
internal static class RulesTryCommand
{
    public static Command Create()
    {
        var rule = new Argument<string>("RULE") { Description = "A rule file; or, among the rules of -r, an id or its beginning, a file name, a title or a part of one." };
        var files = PathArgument.Create("FILE", "Captures, or files of events with one JSON object a line (told apart by their content); - for standard input.");
        var why = new Option<string>("--why")
        {
            Description = "Say why the rule matches, or not, one packet or one line of events: a place as this command and alerts print it (capture.pcap#9, "
                + "events.jsonl:9), or with one FILE its number alone, from 1.",
            HelpName = "PLACE",
        };
        var limit = new Option<int>("--limit")
        {
            Description = "The most hits, and the most near misses, that are shown of each rule: 1 to 1000.",
            HelpName = "N",
            DefaultValueFactory = _ => 5,
        };
        files.Arity = ArgumentArity.ZeroOrMore;
        why.Validators.Add(result =>
        {
            if (result.Tokens is [var place] && Place(place.Value) is null)
            {
                result.AddError($"{why.Name} takes a number, FILE#N or FILE:N, not '{place.Value}'.");
            }
        });
        SettingFlags.RequireNumber(limit, 1, 1000);
        var command = new Command("try", "Try a rule: what it hits, what it just misses and why; or why it does not match one packet or event.") { rule, files, why, limit };
        var flags = new SettingFlags(command);
        flags.Add(RulePaths.Lookup);
        flags.Add(RuleSettings.Loading);
        flags.Add(DecodingSettings.All);
        flags.Add(OutputSettings.Colour("the report"));
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var loading = settings.Rules.Load(takesAll: true);
            var catalog = settings.Rules.Paths is { Count: > 0 } paths ? RuleCatalog.Load(paths, loading) : null;
            string[] ruleFiles = [.. RulePaths.Find(arguments.GetValue(rule)!, catalog, loading).Select(entry => entry.File).Distinct(StringComparer.Ordinal)];
            var place = arguments.GetValue(why) is { } word ? Place(word) : null;
            var wanted = place?.Frame ?? 0;
            string[] inputs = place is { File.Length: > 0 } ? [place.File] : arguments.GetValue(files) ?? [];
            if (inputs.Length == 0 || (wanted > 0 && inputs.Length > 1))
            {
                throw new CommandFailure(ExitStatus.Usage, inputs.Length == 0 ? "try needs a FILE" : $"--why {wanted} is about one FILE, and {inputs.Length} were given: write FILE#{wanted}");
            }

            var events = inputs.Where(HoldsEvents).ToList();
            if (events.Count > 0 && events.Count < inputs.Length)
            {
                throw new CommandFailure(ExitStatus.Usage, $"{events[0]} holds events and {inputs.First(input => !events.Contains(input))} does not: try them one after the other");
            }

            var limits = (arguments.GetValue(limit), settings.Output.Colouring.IsColoured());
            return (events.Count > 0, wanted > 0) switch
            {
                (true, true) => ExplainEvent(LoadForEvents(ruleFiles, loading), inputs[0], wanted, limits.Item2),
                (true, false) => TryEvents(LoadForEvents(ruleFiles, loading), inputs, limits),
                (false, true) => ExplainPacket(LoadForWire(ruleFiles, loading), inputs[0], wanted, settings.Decoding.Load(), limits.Item2),
                _ => TryCaptures(LoadForWire(ruleFiles, loading), inputs, settings, limits),
            };
        });
        return command;
    }

    // FILE#N, FILE:N, or N of a file that is named elsewhere; null if it is none of them.
    private static FramePlace? Place(string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? new FramePlace("", number) : FramePlace.Read(word, "#:");

    // JSON lines begin with a brace, which no capture does; standard input can be looked at only once, so it is a capture.
    private static bool HoldsEvents(string path)
    {
        if (path == FileRun.StandardInput || !File.Exists(path))
        {
            return false;
        }

        try
        {
            using var stream = File.OpenRead(path);
            Span<byte> start = stackalloc byte[512];
            return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)].TrimStart("\uFEFF"u8).TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static LoadedRules LoadForWire(string[] paths, RuleLoading loading)
    {
        var rules = LoadedRules.Load(paths, loading);
        Report(rules.Diagnostics);
        foreach (var verdict in rules.Verdicts.Where(verdict => verdict.Coverage != RuleCoverage.Full))
        {
            StandardError.Write($"wiredns: {verdict.Rule.Title}: {(verdict.Runs ? "runs with a caveat" : "does not run")}: {verdict.Reason}");
        }

        return rules.Compiled.Count > 0 ? rules : throw new CommandFailure(ExitStatus.Usage, "no rule is left to try");
    }

    private static RuleLoadResult LoadForEvents(string[] paths, RuleLoading loading)
    {
        var rules = loading.LoadForEvents(paths);
        Report(rules.Diagnostics);
        return rules.Rules.Count > 0 ? rules : throw new CommandFailure(ExitStatus.Usage, "no rule is left to try");
    }

    private static void Report(IEnumerable<SigmaDiagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            StandardError.Write(diagnostic.ToString());
        }
    }

    private static int TryCaptures(LoadedRules rules, string[] paths, SensorSettings settings, (int Limit, bool IsColoured) output)
    {
        var files = InputFiles.Expand(paths, settings);
        using var signals = new StopSignals();
        var trial = new WireTrial(rules, settings.Decoding.Load());
        var run = new FileRun(trial.Worker);
        run.Read(files.Paths, areMerged: false, signals.Requested);
        StandardOutput.Report(output.IsColoured, writer =>
        {
            var report = new TrialReport(writer, output.Limit, "alert");
            foreach (var result in trial.Trials)
            {
                report.Write(result);
            }

            foreach (var (title, count) in trial.Correlations)
            {
                writer.Line(new Part(title, Style.Title));
                writer.Line(Invariant($"  {count:N0} alert{(count == 1 ? "" : "s")} of the correlation"));
            }

            writer.Line(Invariant($"{trial.Messages:N0} DNS message{(trial.Messages == 1 ? "" : "s")} looked at"), signals.Requested.IsCancellationRequested ? "; interrupted" : "");
        });
        return files.Failed + run.Failed == 0 && !signals.Requested.IsCancellationRequested ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static int TryEvents(RuleLoadResult rules, string[] paths, (int Limit, bool IsColoured) output)
    {
        var trial = new EventTrial(rules.Rules);
        var badLines = 0L;
        foreach (var path in paths)
        {
            var run = new EventRun((line, number) => trial.TryTake(path, line, number), path);
            Read(path, run, () => true);
            badLines += run.BadLines;
        }

        StandardOutput.Report(output.IsColoured, writer =>
        {
            var report = new TrialReport(writer, output.Limit, "hit");
            foreach (var result in trial.Trials)
            {
                report.Write(result);
            }

            writer.Line(Invariant($"{trial.Events:N0} event{(trial.Events == 1 ? "" : "s")} looked at"), rules.Correlations.Count > 0 ? "; correlations are not tried on events (rules match --timestamp)" : "");
        });
        return rules.HasErrors ? ExitStatus.Usage : badLines == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static int ExplainPacket(LoadedRules rules, string path, long number, PacketDecoderOptions decoding, bool isColoured)
    {
        InspectedFrame frame;
        try
        {
            using var reader = FileRun.Open(path);
            frame = new FrameInspector(decoding).Inspect(reader, number);
        }
        catch (Exception exception) when (exception is CaptureFormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitStatus.Failed, FileRun.Describe(path, exception));
        }

        if (frame.Messages.Count == 0)
        {
            throw new CommandFailure(ExitStatus.Usage, Invariant($"{path}#{number} completes no DNS message; why: wiredns inspect {path} -n {number}"));
        }

        StandardOutput.Report(isColoured, writer =>
        {
            var report = new RuleReport(writer, rules, isVerbose: true);
            foreach (var message in frame.Messages)
            {
                report.Write(message, Detection.Messages.ObservedMessage.Read(message.ToPayload()).Verdict);
            }

            report.WriteAside();
        });
        return ExitStatus.Done;
    }

    private static int ExplainEvent(RuleLoadResult rules, string path, long number, bool isColoured)
    {
        var schema = new JsonEventSchema();
        var parts = new RuleParts(rules.Rules, schema);
        var @event = new JsonEvent(schema);
        var isFound = false;
        var run = new EventRun(
            (line, index) =>
            {
                if (index != number - 1)
                {
                    return true;
                }

                isFound = true;
                return @event.TryLoad(line);
            },
            path);
        Read(path, run, () => !isFound);
        if (!isFound || run.BadLines > 0)
        {
            throw new CommandFailure(ExitStatus.Usage, $"{path}: {(isFound ? "this line is no event" : string.Create(CultureInfo.InvariantCulture, $"there is no event in line {number}"))}");
        }

        parts.Look(@event);
        StandardOutput.Report(isColoured, writer =>
        {
            var drawing = new RuleDrawing(writer, parts, "event");
            foreach (var rule in rules.Rules)
            {
                writer.Line(
                    parts.IsTrue(rule.Detection.Root) ? new Part("✓ matches", Style.Good) : new Part("✗ does not match", Style.Fault),
                    "  ", new Part(rule.Title, Style.Title));
                drawing.Write(rule);
            }
        });
        return rules.HasErrors ? ExitStatus.Usage : ExitStatus.Done;
    }

    private static void Read(string path, EventRun run, Func<bool> isWanted)
    {
        try
        {
            using var stream = File.OpenRead(path);
            run.Read(stream, isWanted);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitStatus.Failed, FileRun.Describe(path, exception));
        }
    }
}
