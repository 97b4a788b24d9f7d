using System.Globalization;
using System.Text.RegularExpressions;
using WireDns.Tests.Logging;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary>The DNS log in Parquet of a sensor on an interface, where the disk is full or slow, and after SIGKILL: docs/dnslog.md.</summary>
public sealed partial class LiveParquetTests
{
    [Fact]
    public void Capturing_does_not_wait_for_a_slow_writer_and_what_is_dropped_is_counted()
    {
        const int Lookups = 3000;
        using var network = LiveNetwork.Create();
        using var folder = new TemporaryFolder();

        // A file for each row, and room for one that waits.
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "-o", $"parquet:{folder["log"]},queue=1,rows=1");
        LiveNetwork.Send(network.FirstClient, Enumerable.Range(0, Lookups).SelectMany(Pair));
        LiveNetwork.Send(network.FirstClient, Layers.Ethernet(DnsFrames.Ipv4("last.msstorageazure.com", 40_000)));
        sensor.Output.WaitFor(line => line.Contains("last.msstorageazure.com", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(1, sensor.WaitForEndByItself());
        var counts = LiveNetwork.CountsAt(LiveNetwork.Tap, sensor);
        Assert.True(counts is { Captured: > 2 * Lookups, Dropped: 0 }, counts.ToString());
        var (delivered, dropped) = CountsOf(sensor);
        Assert.Equal(Lookups + 1, delivered + dropped);
        Assert.True(dropped > 0 && delivered > 0, $"{delivered} delivered, {dropped} dropped");
        Assert.Contains(sensor.Error.Lines, line => line.Contains("not delivered", StringComparison.Ordinal) && line.Contains("queue full", StringComparison.Ordinal));
        var rows = LoggedLookups.NamesIn(folder["log"]);
        Assert.Equal(delivered, rows.Count);
        Assert.Equal(delivered, rows.Distinct().Count());
    }

    [Fact]
    public void On_a_full_disk_rows_wait_further_lookups_are_dropped_and_the_log_goes_on_when_there_is_room()
    {
        using var network = LiveNetwork.Create();
        using var disk = TestDisk.Mount(kibibytes: 64);
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "-o", $"parquet:{disk.Folder},queue=100,group=20,rows=60");
        var sent = 0;
        while (!sensor.Error.Text.Contains("no space left on the device", StringComparison.Ordinal) || !sensor.Error.Text.Contains("queue full", StringComparison.Ordinal))
        {
            Assert.True(sent < 30_000 && !sensor.HasEnded, sensor.Error.Text);
            LiveNetwork.Send(network.FirstClient, Enumerable.Range(sent, 200).SelectMany(Pair));
            sent += 200;
        }

        disk.Remount("size=64m");
        sensor.Error.WaitFor(line => line.Contains("takes lookups again", StringComparison.Ordinal), RunningProgram.Patience);
        LiveNetwork.Send(network.FirstClient, Pair(sent++));
        LiveNetwork.Send(network.FirstClient, Layers.Ethernet(DnsFrames.Ipv4("last.msstorageazure.com", 40_000)));
        sensor.Output.WaitFor(line => line.Contains("last.msstorageazure.com", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(1, sensor.WaitForEndByItself());
        var (delivered, dropped) = CountsOf(sensor);
        Assert.True(sent + 1 == delivered + dropped, sensor.Error.Text);
        var rows = LoggedLookups.NamesIn(disk.Folder);
        Assert.Equal(delivered, rows.Count);
        Assert.Equal(delivered, rows.Distinct().Count());
        Assert.Contains("last.msstorageazure.com", rows);
    }

    [Fact]
    public void What_was_open_at_SIGKILL_is_lost_and_said_at_the_next_start()
    {
        using var network = LiveNetwork.Create();
        using var folder = new TemporaryFolder();
        var target = $"parquet:{folder["log"]},rows=2";
        var killed = network.StartSensor("-i", LiveNetwork.Tap, "-o", target);
        LiveNetwork.Send(network.FirstClient, Enumerable.Range(0, 3).SelectMany(Pair));
        Assert.True(SpinWait.SpinUntil(() => LoggedLookups.FilesOf(folder["log"]).Length == 1 && Hidden().Length == 1, RunningProgram.Patience));
        killed.Kill();

        var next = network.StartSensor("-i", LiveNetwork.Tap, "-o", target);
        Assert.Contains("an earlier run did not end well: the lookups in 1 file that it had open are lost (dt=", next.Error.Text, StringComparison.Ordinal);
        Assert.Empty(Hidden());
        LiveNetwork.Send(network.FirstClient, Pair(3));
        Assert.True(SpinWait.SpinUntil(() => Hidden().Length == 1, RunningProgram.Patience));
        next.Signal(RunningProgram.Terminate);

        Assert.Equal(0, next.WaitForEndByItself());
        Assert.Empty(Hidden());
        Assert.Equal(["n0.example", "n1.example", "n3.example"], LoggedLookups.NamesIn(folder["log"]).Order(StringComparer.Ordinal));

        string[] Hidden() => Directory.GetFiles(folder["log"], ".*.open", SearchOption.AllDirectories);
    }

    private static IEnumerable<byte[]> Pair(int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"n{number}.example");
        yield return Layers.Ethernet(DnsFrames.Ipv4(name, (ushort)number));
        yield return Layers.Ethernet(DnsFrames.Ipv4(name, (ushort)number, isResponse: true));
    }

    private static (long Delivered, long Dropped) CountsOf(RunningProgram sensor)
    {
        var line = sensor.Error.Lines.Last(line => line.Contains("handed over", StringComparison.Ordinal) && line.Contains(" lookups to parquet:", StringComparison.Ordinal));
        return (NumberIn(Delivered().Match(line)), NumberIn(Dropped().Match(line)));
    }

    private static long NumberIn(Match match) => match.Success ? long.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("([0-9,]+) delivered")]
    private static partial Regex Delivered();

    [GeneratedRegex("([0-9,]+) dropped")]
    private static partial Regex Dropped();
}
