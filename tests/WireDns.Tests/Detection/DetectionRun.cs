using WireDns.Alerts;
using WireDns.Detection;
using WireDns.Tests.Running;
using WireDns.Wire.Net;

namespace WireDns.Tests.Detection;

/// <summary>Rules on a capture, from the file to the alerts, within this process.</summary>
internal static class DetectionRun
{
    /// <summary>The alerts that a rule raises. It must load without a diagnostic, and run.</summary>
    public static List<Alert> Alerts(string rule, LookupCapture capture, DetectorOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        var rules = LoadedRules.Load([folder.Write("rule.yml", rule)]);
        Assert.Empty(rules.Diagnostics);
        Assert.NotEmpty(rules.Compiled);
        return Alerts(rules, folder.Write("capture.pcap", capture.Bytes), options);
    }

    /// <summary>The alerts that rules raise.</summary>
    public static List<Alert> Alerts(LoadedRules rules, string capture, DetectorOptions? options = null)
    {
        var alerts = new List<Alert>();
        var detector = new Detector(rules, alert =>
        {
            alerts.Add(alert);
            return true;
        }, options);
        var run = new FileRun(new Pipeline(new PacketDecoderOptions(), detector), source => detector.Source = source);
        run.Read([capture], areMerged: false, TestContext.Current.CancellationToken);
        Assert.Equal(0, run.Failed);
        return alerts;
    }
}
