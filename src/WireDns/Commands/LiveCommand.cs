using System.CommandLine;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Capture;
using WireDns.Sensor;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns live</c>: packets from interfaces in, alerts out, until a signal ends it.</summary>
internal static class LiveCommand
{
    // Alerts that a sink has not taken by then are counted as not delivered: the run ends within a second.
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(700);

    public static Command Create()
    {
        var capture = new CaptureOptions();
        var rules = new RuleOptions();
        var detection = new DetectionOptions();
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
            var captures = Open(capture.Options(arguments, decoding.Ports(arguments)));
            try
            {
                using var delivery = output.Open(arguments, QueueMode.Drop);
                using var run = new LiveRun(captures, loaded, decoding.ToDecoderOptions(arguments), detection.ToDetectorOptions(arguments), delivery);
                return run.Run(DrainTime);
            }
            finally
            {
                captures.ForEach(opened => opened.Dispose());
            }
        });
        return command;
    }

    private static List<LiveCapture> Open(IEnumerable<LiveCaptureOptions> options)
    {
        var captures = new List<LiveCapture>();
        foreach (var option in options)
        {
            try
            {
                captures.Add(LiveCapture.Open(option));
            }
            catch (LiveCaptureException exception)
            {
                captures.ForEach(opened => opened.Dispose());
                throw new CommandFailure(LiveFailures.StatusOf(exception), exception.Message);
            }
        }

        return captures;
    }
}
