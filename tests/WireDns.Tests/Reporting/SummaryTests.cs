using System.Text.Json;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Reporting;

/// <summary><c>wiredns summary</c>: what it says of files whose content is known.</summary>
public sealed class SummaryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_file_has_its_own_numbers()
    {
        var summary = Json([TestPaths.Captures, "-r", TestPaths.AllRules], out _);
        var read = Product.Run("read", TestPaths.Captures, "-r", TestPaths.AllRules, "-q").Output.Lines;
        var files = summary.GetProperty("files").EnumerateArray().ToList();

        Assert.True(files.Count > 100);
        foreach (var file in files)
        {
            var path = file.GetProperty("file").GetString()!;
            string[] levels = ["critical", "high", "medium", "low", "informational"];
            Assert.Equal(read.Count(line => line.Contains($" {path}#", StringComparison.Ordinal)), levels.Sum(level => file.GetProperty(level).GetInt32()));
            var anomalies = summary.GetProperty("anomalies").EnumerateArray().Where(anomaly => anomaly.GetProperty("file").GetString() == path);
            Assert.Equal(file.GetProperty("anomalies").GetInt32(), anomalies.Sum(anomaly => anomaly.GetProperty("count").GetInt32()));
        }

        var beacon = files.First(file => file.GetProperty("file").GetString()!.EndsWith("3cx-beacon.pcapng", StringComparison.Ordinal));
        Assert.Equal("pcapng", beacon.GetProperty("format").GetString());
        Assert.Equal("Ethernet", beacon.GetProperty("link_types").GetString());
        Assert.Equal(654, beacon.GetProperty("packets").GetInt32());
        Assert.Equal(SampleCaptures.BeaconAlerts, beacon.GetProperty("high").GetInt32());
        Assert.Equal("2026-11-24T14:47:33Z", beacon.GetProperty("first").GetString());
    }

    [Fact]
    public void An_anomaly_has_its_place_and_a_damaged_file_its_reason()
    {
        var malformed = new LookupCapture().Query(1, DnsBytes.Query("a.example")).Query(2, [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80]);
        var path = _folder.Write("a.pcap", malformed.Bytes);
        var cut = SampleCaptures.WriteCut(_folder, "b.pcap", SampleCaptures.Tagged);
        var summary = Json([path, cut], out var run);

        Assert.Equal(1, run.ExitStatus);
        var anomaly = Assert.Single(summary.GetProperty("anomalies").EnumerateArray());
        Assert.Equal($$"""{"file":"{{path}}","kind":"malformed","reason":"label_type","count":1,"first_packets":"#2"}""", anomaly.GetRawText());
        var files = summary.GetProperty("files").EnumerateArray().ToList();
        Assert.Equal(JsonValueKind.Null, files[0].GetProperty("failure").ValueKind);
        Assert.Contains("ends inside", files[1].GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.False(files[0].TryGetProperty("high", out _));
    }

    [Fact]
    public void Csv_has_one_table_and_quoted_cells()
    {
        var path = _folder.Write("a,b.pcap", new LookupCapture().Query(1, DnsBytes.Query("a.example")).Bytes);
        var run = Product.Run("summary", path, "-f", "csv", "-t", "files", "-q");

        Assert.Equal("file,format,link_types,first,last,packets,dns_messages,loss,anomalies,failure", run.Output.Lines[0]);
        Assert.StartsWith($"\"{path}\",pcap,Raw,2025-06-15T15:06:41Z,2025-06-15T15:06:41Z,1,1,", run.Output.Lines[1], StringComparison.Ordinal);
        Assert.Equal(2, Product.Run("summary", path, "-f", "csv").ExitStatus);
    }

    private static JsonElement Json(string[] arguments, out ProgramResult run)
    {
        run = Product.Run(["summary", .. arguments, "-f", "json", "-q"]);
        using var document = JsonDocument.Parse(Assert.Single(run.Output.Lines));
        return document.RootElement.Clone();
    }
}
