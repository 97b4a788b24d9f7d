using System.CommandLine;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Capture.Live;
using WireDns.Sensor;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns live</c>: packets from interfaces in, alerts out, until a signal ends it.</summary>
internal static class LiveCommand
{
    // Alerts that a sink has not taken by then are counted as not delivered: the run ends within a second.
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(700);

    // A sensor's buffers are for alerts: who sends broken packets must not crowd them out.
    private const int AnomaliesPerSecond = 100;

    public static Command Create()
    {
        var capture = new CaptureOptions();
        var rules = new RuleOptions();
        var detection = new DetectionOptions(AnomaliesPerSecond);
        var decoding = new DecodingOptions();
        var output = new OutputOptions();
        var command = new Command("live", "Match the DNS messages on network interfaces against Sigma rules.");
        capture.AddTo(command);
        rules.AddTo(command);
        detection.AddTo(command);
        decoding.AddTo(command);
        output.AddTo(command);
        detection.AddBoundsTo(command);
        decoding.AddBoundsTo(command);
        command.SetAction(arguments =>
        {
            var loaded = rules.Load(arguments);
            var decoder = decoding.ToDecoderOptions(arguments);
            var interfaces = Open(capture.Options(arguments, decoder));
            try
            {
                using var delivery = output.Open(arguments, QueueMode.Drop);
                using var newFiles = RunSignal.NewFiles(delivery.RotateFiles);
                var run = new LiveRun(
                    interfaces, loaded, decoder, detection.ToDetectorOptions(arguments), delivery, capture.BlindAfter(arguments), capture.FaultFolder(arguments),
                    output.IsVerbose(arguments));
                return run.Run(DrainTime);
            }
            finally
            {
                interfaces.ForEach(opened => opened.Dispose());
            }
        });
        return command;
    }

    private static List<WatchedInterface> Open(IEnumerable<LiveCaptureOptions> options)
    {
        var interfaces = new List<WatchedInterface>();
        foreach (var option in options)
        {
            try
            {
                interfaces.Add(new WatchedInterface(option, TimeProvider.System));
            }
            catch (LiveCaptureException exception)
            {
                interfaces.ForEach(opened => opened.Dispose());
                throw new CommandFailure(LiveFailures.StatusOf(exception), exception.Message);
            }
        }

        return interfaces;
    }
}
