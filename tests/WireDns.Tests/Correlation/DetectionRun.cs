using WireDns.Alerts;
using WireDns.Capture;
using WireDns.Detection;
using WireDns.Tests.Running;
using WireDns.Wire.Net;

namespace WireDns.Tests.Correlation;

/// <summary>Runs a capture through rules, inside the test's process.</summary>
internal sealed class DetectionRun
{
    private DetectionRun(LoadedRules rules, IReadOnlyList<Alert> alerts, Detector detector)
    {
        Rules = rules;
        Alerts = alerts;
        Detector = detector;
    }

    public LoadedRules Rules { get; }

    public IReadOnlyList<Alert> Alerts { get; }

    public Detector Detector { get; }

    /// <summary>The alerts as title and name, in their order.</summary>
    public IEnumerable<string> Summary => Alerts.Select(alert => $"{alert.Rule.Title}: {alert.Message.QuestionName}");

    /// <summary>Runs rules given as text.</summary>
    public static DetectionRun OfText(string rules, LookupCapture capture, DetectorOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        return Of(folder.Write("rules.yml", rules), capture, options);
    }

    /// <summary>Runs rules from a path.</summary>
    public static DetectionRun Of(string rules, LookupCapture capture, DetectorOptions? options = null)
    {
        var alerts = new List<Alert>();
        var loaded = LoadedRules.Load([rules]);
        Assert.Empty(loaded.Diagnostics);
        var detector = new Detector(loaded, alert =>
        {
            alerts.Add(alert);
            return true;
        }, options);
        var pipeline = new Pipeline(new PacketDecoderOptions(), detector);
        using var reader = CaptureFile.Open(new MemoryStream(capture.ToBytes()), "test.pcap");
        detector.Source = new PacketSource(reader);
        while (reader.TryReadBatch(out var batch))
        {
            foreach (var packet in batch)
            {
                pipeline.Process(packet);
            }
        }

        pipeline.FinishSource();
        return new DetectionRun(loaded, alerts, detector);
    }
}
