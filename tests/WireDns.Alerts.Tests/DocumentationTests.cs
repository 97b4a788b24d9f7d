using System.Text.Json;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

/// <summary>docs/alerts.md says what the formats write, and leaves out nothing that a reader would look up there.</summary>
public sealed class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(TestPaths.Root, "docs/alerts.md"));

    [Fact]
    public void The_examples_are_what_the_formats_write()
    {
        var syslog = new SyslogFormat(new TextFormat(), new SyslogOptions { HostName = "sensor-1", ProcessId = 4711 });
        var verbose = new TextFormat(verbose: true).Show(SampleAlerts.Plain);
        Assert.Contains($"```text\n{new TextFormat().Show(SampleAlerts.Plain)}\n```", Page, StringComparison.Ordinal);
        Assert.Contains($"```text{verbose[verbose.IndexOf('\n')..]}\n```", Page, StringComparison.Ordinal);
        Assert.Contains($"```text\n{syslog.Show(SampleAlerts.Plain)}\n```", Page, StringComparison.Ordinal);
        Assert.Contains($"```text\n{new TextFormat().Show(SampleAlerts.Repeated)}\n```", Page, StringComparison.Ordinal);
        Assert.Contains($"```text\n{new TextFormat().Show(SampleAlerts.Blind)}\n{syslog.Show(SampleAlerts.Blind)}\n```", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_field_of_the_json_is_in_the_table()
    {
        foreach (var sample in Formats.FormatSamples.All)
        {
            using var document = JsonDocument.Parse(new EcsFormat("sensor-1", "0.1.0").Octets(sample));
            Check(document.RootElement, "");
        }
    }

    [Fact]
    public void Every_parameter_of_syslog_and_every_reason_of_a_failure_is_explained()
    {
        var format = new SyslogFormat(new TextFormat(), new SyslogOptions());
        var samples = new Notification[] { SampleAlerts.Full, SampleAlerts.Repeated, SampleAlerts.Ended, SampleAlerts.Blind };
        Assert.All(samples.SelectMany(sample => StrictSyslogMessage.Parse(format.Octets(sample)).Parameters.Keys), name => Assert.Contains($"`{name}`", Page, StringComparison.Ordinal));
        Assert.All(
            Enum.GetValues<SendFailure>().Where(reason => reason != SendFailure.None),
            reason => Assert.Contains($"`{reason}`", Page, StringComparison.Ordinal));
    }

    private static void Check(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Array && element[0].ValueKind == JsonValueKind.Object)
        {
            Assert.All(element.EnumerateArray(), item => Check(item, path));
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                Check(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}");
            }
        }
        else
        {
            Assert.Contains($"`{path}`", Page, StringComparison.Ordinal);
        }
    }
}
