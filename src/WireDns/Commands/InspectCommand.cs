using System.CommandLine;
using WireDns.Alerts.Transports;
using WireDns.Capture.Files;
using WireDns.Detection.Rules;
using WireDns.Inspection;
using WireDns.Reading;
using WireDns.Settings;
using WireDns.Terminal;
using WireDns.Wire.Net;

namespace WireDns.Commands;

/// <summary><c>wiredns inspect</c>: shows an analyst one packet of a capture, layer by layer and field by field.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A capture file (pcap or pcapng, also compressed), or - for standard input. FILE#N is packet N of it, as alerts print it." };
        var frame = new Option<long>("--frame", "-n")
        {
            Description = "Number of the packet in the file, from 1, as Wireshark counts and as alerts say.",
            HelpName = "N",
        };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Show the rules that do not match too, and why." };
        SettingFlags.RequireNumber(frame, 1, long.MaxValue);
        var command = new Command("inspect", "Show one packet: its layers, its DNS messages field by field, and what rules say of them.")
        {
            file,
            frame,
        };
        var flags = new SettingFlags(command);
        flags.Add(RuleSettings.Files with
        {
            Description = "A rule file or folder: say of each rule whether it matches, and why. May be given several times.",
            IsRequired = false,
        });
        flags.Add(RuleSettings.Loading);
        flags.Add(DecodingSettings.All);
        command.Add(verbose);
        flags.Add(OutputSettings.Colour("the report"));
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var rules = settings.Rules.AreGiven ? Load(settings.Rules) : null;
            var place = FramePlace.Of(arguments.GetValue(file)!, arguments.GetResult(frame) is { Implicit: false } ? arguments.GetValue(frame) : null);
            var inspected = Inspect(place.File, place.Frame, settings.Decoding.Load());
            using var output = StreamTransport.OpenStandardOutput();
            var writer = new ReportWriter(output, settings.Output.Colouring.IsColoured());
            new PacketReport(writer, rules is null ? null : new RuleReport(writer, rules, arguments.GetValue(verbose))).Write(inspected);
            writer.Flush();

            // It is no failure if the reader has seen enough (head -1).
            if (writer.Failure is not (SendFailure.None or SendFailure.ReaderGone))
            {
                throw new CommandFailure(ExitStatus.Failed, $"standard output: {writer.Failure.Words()}");
            }

            return ExitStatus.Done;
        });
        return command;
    }

    private static InspectedFrame Inspect(string path, long frame, PacketDecoderOptions options)
    {
        try
        {
            using var reader = FileRun.Open(path);
            return new FrameInspector(options).Inspect(reader, frame);
        }
        catch (Exception exception) when (exception is CaptureFormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitStatus.Failed, FileRun.Describe(path, exception));
        }
    }

    // Rules that fail to load are reported, and the rest are evaluated; a packet is worth inspecting even without rules.
    private static LoadedRules Load(RuleSettings settings)
    {
        var rules = LoadedRules.Load(settings.Paths, settings.Load(takesAll: true));
        foreach (var diagnostic in rules.Diagnostics)
        {
            StandardError.Write(diagnostic.ToString());
        }

        return rules.Verdicts.Count > 0 ? rules : throw new CommandFailure(ExitStatus.Usage, "no rule could be loaded");
    }
}
