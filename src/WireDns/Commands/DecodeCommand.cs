using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using WireDns.Alerts.Transports;
using WireDns.Detection;
using WireDns.Output;
using WireDns.Reading;
using WireDns.Sensor;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns decode</c>: prints every DNS message of capture files as a line of JSON.</summary>
internal static class DecodeCommand
{
    public static Command Create()
    {
        var paths = PathArgument.Captures();
        var ledger = new Option<bool>("--ledger") { Description = "End with a line that holds the counters." };
        var anomalies = new Option<bool>("--anomalies") { Description = "Print also what is wrong: a line for each malformed message and each packet that cannot be decoded." };
        var limit = new Option<int>("--message-limit")
        {
            Description = "The most that one message writes, in KiB, and the record that passes it; questions and records beyond it are counted: 1 to 65,536.",
            HelpName = "KIB",
            DefaultValueFactory = _ => 1024,
        };
        SettingFlags.RequireNumber(limit, 1, 65_536);
        var command = new Command("decode", "Print every DNS message of capture files as a JSON line.") { paths };
        var flags = new SettingFlags(command);
        flags.Add(ReadingSettings.Files);
        flags.Add(DecodingSettings.Ports);
        flags.Add(OutputSettings.Verbose("List every file that is skipped."));
        command.Add(ledger);
        command.Add(anomalies);
        command.Add(limit);
        flags.Add(DecodingSettings.Rest);
        command.SetAction(arguments =>
        {
            var start = Stopwatch.GetTimestamp();
            var settings = flags.Read(arguments);
            var files = InputFiles.Expand(arguments.GetValue(paths) ?? [], settings);
            using var signals = new StopSignals();
            using var output = new MessageJson(StreamTransport.OpenStandardOutput(), arguments.GetValue(limit) * 1024, arguments.GetValue(anomalies));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, output.Ended);
            var worker = new Worker(output, settings.Decoding.Load());
            var run = new FileRun(worker);
            using var report = RunSignal.Report(() => StandardError.WriteTable(Summary.Of(run.Pause(worker.Snapshot), Stopwatch.GetElapsedTime(start))));
            run.Read(files.Paths, settings.Reading.IsMerged, stop.Token);
            if (run.IsConsumerStuck)
            {
                // The reader of standard output does not take the lines, so nothing more can be written there.
                return ExitStatus.Failed;
            }

            if (arguments.GetValue(ledger))
            {
                output.Write(worker.Snapshot());
            }

            // It is no failure if the reader has seen enough (head -1).
            if (output.Failure is not (SendFailure.None or SendFailure.ReaderGone))
            {
                StandardError.Write($"wiredns: standard output: {output.Failure.Words()}");
                return ExitStatus.Failed;
            }

            if (output.MessagesCut > 0)
            {
                StandardError.Write(string.Create(CultureInfo.InvariantCulture,
                    $"wiredns: {output.MessagesCut:N0} messages had more than --message-limit shows: their lines count what was left out"));
            }

            if (signals.Requested.IsCancellationRequested)
            {
                StandardError.Write("wiredns: interrupted: the rest of the input was not read");
            }

            return files.Failed + run.Failed == 0 && !signals.Requested.IsCancellationRequested ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }
}
