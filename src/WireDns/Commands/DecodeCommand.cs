using System.CommandLine;
using WireDns.Alerts.Transports;
using WireDns.Detection;
using WireDns.Output;
using WireDns.Reading;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns decode</c>: every DNS message of capture files as a JSON line.</summary>
internal static class DecodeCommand
{
    public static Command Create()
    {
        var inputs = new InputArguments();
        var decoding = new DecodingOptions();
        var ledger = new Option<bool>("--ledger") { Description = "End with a line that holds the counters." };
        var command = new Command("decode", "Print every DNS message of capture files as a JSON line.");
        inputs.AddTo(command);
        decoding.AddTo(command);
        command.Add(ledger);
        decoding.AddBoundsTo(command);
        command.SetAction(arguments =>
        {
            var files = inputs.Expand(arguments);
            using var signals = new StopSignals();
            using var output = new MessageJson(StreamTransport.OpenStandardOutput());
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, output.Ended);
            var worker = new Worker(output, decoding.ToDecoderOptions(arguments));
            var run = new FileRun(worker);
            run.Read(files.Paths, inputs.IsMerged(arguments), stop.Token);
            if (run.IsConsumerStuck)
            {
                // The reader of the lines does not take them: nothing more can be said there.
                return ExitStatus.Failed;
            }

            if (arguments.GetValue(ledger))
            {
                output.Write(worker.Snapshot());
            }

            // A reader that has seen enough (head -1) is no failure.
            if (output.Failure is not (SendFailure.None or SendFailure.ReaderGone))
            {
                StandardError.Write($"wiredns: standard output: {output.Failure.Words()}");
                return ExitStatus.Failed;
            }

            return files.Failed + run.Failed == 0 && !signals.Requested.IsCancellationRequested ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }
}
