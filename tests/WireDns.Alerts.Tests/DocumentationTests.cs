using System.Text.Json;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

/// <summary>The pages of the formats and of delivery say what is written, and leave out nothing that a reader would look up there.</summary>
public sealed class DocumentationTests
{
    private static readonly string TextPage = Read("formats/text.md");
    private static readonly string EcsPage = Read("formats/ecs.md");
    private static readonly string SyslogPage = Read("formats/syslog.md");
    private static readonly string DeliveryPage = Read("delivery.md");

    [Fact]
    public void The_examples_are_what_the_formats_write()
    {
        var syslog = new SyslogFormat(new TextFormat(), new SyslogOptions { HostName = "sensor-1", ProcessId = 4711 });
        var verbose = new TextFormat(verbose: true).Show(SampleAlerts.Plain);
        Assert.Contains($"```text\n{new TextFormat().Show(SampleAlerts.Plain)}\n```", TextPage, StringComparison.Ordinal);
        Assert.Contains($"```text{verbose[verbose.IndexOf('\n')..]}\n```", TextPage, StringComparison.Ordinal);
        Assert.Contains($"```text\n{new TextFormat().Show(SampleAlerts.Repeated)}\n```", TextPage, StringComparison.Ordinal);
        Assert.Contains($"```text\n{new TextFormat().Show(SampleAlerts.Blind)}\n```", TextPage, StringComparison.Ordinal);
        Assert.Contains($"```text\n{syslog.Show(SampleAlerts.Plain)}\n```", SyslogPage, StringComparison.Ordinal);
        Assert.Contains($"```text\n{syslog.Show(SampleAlerts.Blind)}\n```", SyslogPage, StringComparison.Ordinal);
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
        Assert.All(samples.SelectMany(sample => StrictSyslogMessage.Parse(format.Octets(sample)).Parameters.Keys), name => Assert.Contains($"`{name}`", SyslogPage, StringComparison.Ordinal));
        Assert.All(
            Enum.GetValues<SendFailure>().Where(reason => reason != SendFailure.None),
            reason => Assert.Contains($"`{reason}`", DeliveryPage, StringComparison.Ordinal));
    }

    private static string Read(string page) => File.ReadAllText(Path.Combine(TestPaths.Root, "docs", page));

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
            Assert.Contains($"`{path}`", EcsPage, StringComparison.Ordinal);
        }
    }
}
