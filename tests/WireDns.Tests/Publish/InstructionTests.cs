using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Tests.Running;
using WireDns.TestTraffic.Generation;

namespace WireDns.Tests.Publish;

/// <summary>
/// Instructions per packet and per alert of the native binary, counted by valgrind: figures that a busy machine does not move. Two captures are read,
/// one twice as long as the other; the cost of starting is the same for both and cancels out. No garbage is collected: a collection costs what lives
/// when it comes, which differs from run to run. docs/native.md says how to renew the figures.
/// </summary>
public sealed partial class InstructionTests
{
    /// <summary>How much more than the committed figure is a failure. Run to run they differ by less than 0.1 %.</summary>
    private const double Tolerance = 0.05;

    /// <summary>The variable that makes the test write the figures instead of comparing them; <c>./run.sh renew-instructions</c> sets it.</summary>
    private const string RenewVariable = "WIREDNS_RENEW_INSTRUCTIONS";

    /// <summary>More than a run allocates before its first collection (hexadecimal, as the runtime reads it).</summary>
    private static readonly (string Name, string Value) NoCollection = ("DOTNET_GCgen0size", "4000000");

    /// <summary>A rule with many alerts, and one that finds as much and raises none.</summary>
    private const string AlertingRule = "title: Names in .com\nlogsource: {category: dns}\ndetection:\n  selection:\n    query|endswith: .com\n  condition: selection\nlevel: high\n";

    private const string SilentRule =
        "title: Names in .com, all filtered\nlogsource: {category: dns}\ndetection:\n  selection:\n    query|endswith: .com\n  filter:\n    id.resp_p: 53\n"
        + "  condition: selection and not filter\nlevel: high\n";

    private static string FiguresPath => Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Publish", "instructions.json");

    [Fact]
    public void A_packet_and_an_alert_cost_at_most_five_percent_more_instructions_than_is_committed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux, for valgrind");
        Assert.SkipUnless(
            RuntimeInformation.ProcessArchitecture == Architecture.X64 && Avx2.IsSupported,
            "needs a processor like that of the committed figures: x86-64 with AVX2, which the C library's own routines use");
        Assert.SkipUnless(RunningProgram.IsInstalled("valgrind"), "needs valgrind, which ./run.sh setup installs");
        var executable = NativeProduct.Executable;
        var measured = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["alert"] = CountPerAlert(executable),
            ["dns"] = CountPerPacket(executable, new DnsCapture(), TestPaths.Rules, packets: 40_000),
            ["dns with rules/"] = CountPerPacket(executable, new DnsCapture(), TestPaths.AllRules, packets: 20_000),
            ["span"] = CountPerPacket(executable, new SpanCapture(), TestPaths.Rules, packets: 40_000),
        };

        if (Environment.GetEnvironmentVariable(RenewVariable) == "1")
        {
            File.WriteAllText(FiguresPath, ToJson(measured));
            return;
        }

        var committed = JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(FiguresPath))!;
        Assert.Equal(measured.Keys, committed.Keys.Order(StringComparer.Ordinal));
        var grown = measured.Where(figure => figure.Value > committed[figure.Key] * (1 + Tolerance)).ToList();
        Assert.True(
            grown.Count == 0,
            string.Join('\n', grown.Select(figure => string.Create(
                CultureInfo.InvariantCulture,
                $"{figure.Key}: {figure.Value:F0} instructions, {committed[figure.Key]:F0} are committed"))));
    }

    /// <summary>The cost per packet is the difference between a capture of this many packets and one of half as many.</summary>
    private static double CountPerPacket(string executable, ICaptureKind kind, string rules, int packets)
    {
        using var folder = new TemporaryFolder();
        var shorter = Count(executable, Generate(kind, packets, folder["shorter.pcap"]), rules);
        var longer = Count(executable, Generate(kind, 2 * packets, folder["longer.pcap"]), rules);
        Assert.Equal((0, 0), (shorter.Alerts, longer.Alerts));
        return Math.Round((longer.Instructions - shorter.Instructions) / (double)packets, 1);
    }

    /// <summary>The cost of an alert, with its line of text, beside a rule that finds the same and raises none.</summary>
    private static double CountPerAlert(string executable)
    {
        const int packets = 20_000;
        using var folder = new TemporaryFolder();
        var (alerting, silent) = (folder.Write("alerting.yml", AlertingRule), folder.Write("silent.yml", SilentRule));
        var shorter = Generate(new DnsCapture(), packets, folder["shorter.pcap"]);
        var longer = Generate(new DnsCapture(), 2 * packets, folder["longer.pcap"]);
        var (withAlerts, before) = (Count(executable, longer, alerting), Count(executable, shorter, alerting));
        var without = Count(executable, longer, silent).Instructions - Count(executable, shorter, silent).Instructions;
        var alerts = withAlerts.Alerts - before.Alerts;
        Assert.True(alerts > 3_000, $"{alerts} alerts");
        return Math.Round((withAlerts.Instructions - before.Instructions - without) / (double)alerts, 1);
    }

    /// <summary>A capture without a planted lookup: the cost of an alert is a separate figure.</summary>
    private static string Generate(ICaptureKind kind, int packets, string path)
    {
        CaptureGeneration.ToFile(kind, new CaptureRequest(new CaptureBudget(packets, IsInPackets: true), PlantedCount: 0, Seed: 1), path);
        return path;
    }

    private static (long Instructions, int Alerts) Count(string executable, string capture, string rules)
    {
        using var program = RunningProgram.Start(
            "valgrind",
            ["--tool=callgrind", "--callgrind-out-file=/dev/null", executable, "read", capture, "-r", rules, "-q", "--jobs", "1"],
            folder: null,
            NoCollection);
        Assert.True(program.WaitForEnd() == 0, program.Error.Text);
        var collected = Collected().Match(program.Error.Text);
        Assert.True(collected.Success, program.Error.Text);
        return (long.Parse(collected.Groups[1].ValueSpan, CultureInfo.InvariantCulture), program.Output.Lines.Count);
    }

    private static string ToJson(SortedDictionary<string, double> figures) =>
        "{\n" + string.Join(",\n", figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"  \"{figure.Key}\": {figure.Value:F1}"))) + "\n}\n";

    [GeneratedRegex(@"Collected : ([0-9]+)")]
    private static partial Regex Collected();
}
