using System.Text;
using WireDns.Alerts.Transports;
using WireDns.Capture.Files;
using WireDns.Detection.Rules;
using WireDns.Inspection;
using WireDns.Terminal;
using WireDns.Wire.Net;

namespace WireDns.Tests.Inspection;

/// <summary>Inspects a packet of a capture of the checkout, as the command does.</summary>
internal static class InspectionRun
{
    /// <summary>The inspected packet. The path is relative to the checkout's captures.</summary>
    public static InspectedFrame Inspect(string capture, long frame)
    {
        using var reader = CaptureFileReader.Open(File.OpenRead(Path.Combine(TestPaths.Captures, capture)), "captures/" + capture);
        return new FrameInspector(new PacketDecoderOptions()).Inspect(reader, frame);
    }

    /// <summary>The report on a packet.</summary>
    public static string Report(string capture, long frame, LoadedRules? rules = null, bool isVerbose = false, bool isColoured = false) =>
        Report(Inspect(capture, frame), rules, isVerbose, isColoured);

    /// <summary>The report on a packet that was inspected.</summary>
    public static string Report(InspectedFrame frame, LoadedRules? rules = null, bool isVerbose = false, bool isColoured = false)
    {
        var text = new MemoryStream();
        using var sink = new StreamTransport(text);
        var writer = new ReportWriter(sink, isColoured);
        new PacketReport(writer, rules is null ? null : new RuleReport(writer, rules, isVerbose)).Write(frame);
        writer.Flush();
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text.ToArray());
    }

    /// <summary>Loads rules that a test writes.</summary>
    public static LoadedRules Rules(params string[] rules)
    {
        var folder = Directory.CreateTempSubdirectory("inspect");
        try
        {
            for (var i = 0; i < rules.Length; i++)
            {
                File.WriteAllText(Path.Combine(folder.FullName, $"rule{i}.yml"), rules[i]);
            }

            var loaded = LoadedRules.Load([folder.FullName]);
            Assert.DoesNotContain(loaded.Diagnostics, diagnostic => diagnostic.Severity == Sigma.Rules.DiagnosticSeverity.Error);
            return loaded;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
