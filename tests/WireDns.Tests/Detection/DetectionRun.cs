using WireDns.Alerts;
using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Rules;
using WireDns.Output;
using WireDns.Reading;
using WireDns.Tests.Running;
using WireDns.Wire.Net;

namespace WireDns.Tests.Detection;

/// <summary>Rules on a capture, from the file to the alerts, within this process.</summary>
internal sealed class DetectionRun
{
    private DetectionRun(LoadedRules rules, IReadOnlyList<Alert> alerts, RunCounters counters)
    {
        Rules = rules;
        Alerts = alerts;
        Counters = counters;
    }

    public LoadedRules Rules { get; }

    public IReadOnlyList<Alert> Alerts { get; }

    public RunCounters Counters { get; }

    /// <summary>The alerts as title and name, in their order.</summary>
    public IEnumerable<string> Summary => Alerts.Select(alert => $"{alert.Rule.Title}: {alert.Message.QuestionName}");

    /// <summary>The alerts that a rule raises. It must load without a diagnostic, and run.</summary>
    public static IReadOnlyList<Alert> AlertsOf(string rule, LookupCapture capture, DetectorOptions? options = null)
    {
        var run = OfText(rule, capture, options);
        Assert.NotEmpty(run.Rules.Compiled);
        return run.Alerts;
    }

    /// <summary>Runs rules given as text, which must load without a diagnostic.</summary>
    public static DetectionRun OfText(string rules, LookupCapture capture, DetectorOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        return Of(folder.Write("rules.yml", rules), capture, options);
    }

    /// <summary>Runs rules from a path, which must load without a diagnostic.</summary>
    public static DetectionRun Of(string path, LookupCapture capture, DetectorOptions? options = null)
    {
        var rules = LoadedRules.Load([path]);
        Assert.Empty(rules.Diagnostics);
        using var folder = new TemporaryFolder();
        return Of(rules, folder.Write("capture.pcap", capture.Bytes), options);
    }

    /// <summary>Runs rules on a file, which must be read in full.</summary>
    public static DetectionRun Of(LoadedRules rules, string capture, DetectorOptions? options = null)
    {
        var alerts = new List<Alert>();
        var worker = new Worker(rules, alert =>
        {
            alerts.Add(alert);
            return true;
        }, detection: options);
        var run = new FileRun(worker);
        run.Read([capture], areMerged: false, TestContext.Current.CancellationToken);
        Assert.Equal(0, run.Failed);
        return new DetectionRun(rules, alerts, worker.Snapshot());
    }
}
