using System.Globalization;
using System.Text.RegularExpressions;
using WireDns.Tests.Publish;
using WireDns.Tests.Running;
using WireDns.Wire;

namespace WireDns.Tests.Live;

/// <summary>The floods that fill most tables, within the memory that docs/memory.md says is enough; and what happens if it is not.</summary>
public sealed partial class MemoryTests
{
    private const int Names = 300_000;
    private const string Planted = "host.msstorageazure.com";

    public enum Flood
    {
        RandomSubdomains,
        SpoofedClients,
    }

    [Theory]
    [InlineData(Flood.RandomSubdomains)]
    [InlineData(Flood.SpoofedClients)]
    public void A_flood_in_a_file_is_read_within_the_documented_memory(Flood flood)
    {
        using var folder = new TemporaryFolder();
        using var group = MemoryGroup.Create(DocumentedMebibytes());
        var capture = Write(folder, flood);
        using var run = Start(group.CommandLine(Product.Executable, "read", capture, "-r", Path.Combine(TestPaths.Root, "rules")));

        Assert.True(run.WaitForEnd() == 0, run.Error.Text);
        Assert.Contains(run.Output.Lines, line => line.Contains(Planted, StringComparison.Ordinal));
        TestContext.Current.SendDiagnosticMessage($"read, {flood}: {group.PeakInMebibytes} MiB");
    }

    [Theory]
    [InlineData(Flood.RandomSubdomains)]
    [InlineData(Flood.SpoofedClients)]
    [Trait("needs", "quiet machine")]
    public void A_flood_on_an_interface_is_taken_within_the_documented_memory_and_a_lookup_after_it_is_found(Flood flood)
    {
        // The frames come as fast as they can be written, so the kernel drops some where the machine is slow: the lookup that must be found comes last,
        // and again until it is.
        using var network = LiveNetwork.Create();
        using var group = MemoryGroup.Create(DocumentedMebibytes());
        using var sensor = StartLive(network, group);
        LiveNetwork.Send(network.FirstClient, Frames(flood));
        var deadline = DateTime.UtcNow + RunningProgram.Patience;
        while (!sensor.Output.Has(text => text.Contains(Planted, StringComparison.Ordinal), TimeSpan.FromSeconds(1)))
        {
            Assert.True(DateTime.UtcNow < deadline, sensor.Error.Text);
            LiveNetwork.Send(network.FirstClient, Frame(Planted, 1, "10.0.0.1"));
        }

        sensor.Signal(RunningProgram.Terminate);

        Assert.True(sensor.WaitForEndByItself() == 0, sensor.Error.Text);
        TestContext.Current.SendDiagnosticMessage($"live, {flood}: {group.PeakInMebibytes} MiB");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Exhausted_memory_is_one_line_and_a_status_of_its_own(bool isNative)
    {
        const int TooLittle = 90;
        using var folder = new TemporaryFolder();
        var program = isNative ? NativeProduct.Executable : Product.Executable;
        using var group = MemoryGroup.Create(TooLittle);
        using var run = Start(group.CommandLine(program, "read", Write(folder, Flood.SpoofedClients), "-r", Path.Combine(TestPaths.Root, "rules")));

        Assert.True(run.WaitForEnd() == 4, run.Error.Text);
        Assert.Equal(
            "wiredns: out of memory; docs/memory.md says what each bound takes, and the options that lower it", Assert.Single(run.Error.Lines));
    }

    [Fact]
    public void Exhausted_memory_ends_a_live_run_with_one_line_and_the_same_status()
    {
        // A bound of the runtime's own: one of the system counts the kernel's buffers too, and may end the process first.
        using var network = LiveNetwork.Create();
        using var sensor = RunningProgram.Start(
            "ip", ["netns", "exec", network.Sensor.Name, Product.Executable, "live", "-i", LiveNetwork.Tap, "-r", Path.Combine(TestPaths.Root, "rules")],
            environment: ("DOTNET_GCHeapHardLimit", "0x1800000"));
        sensor.Error.WaitFor(text => text.EndsWith(" rules run", StringComparison.Ordinal), RunningProgram.Patience);
        LiveNetwork.Send(network.FirstClient, Frames(Flood.SpoofedClients));
        var status = sensor.WaitForEndByItself();

        Assert.True(status == 4, $"status {status}: {sensor.Error.Text}");
        Assert.Single(sensor.Error.Lines, text => text.StartsWith("wiredns: out of memory; ", StringComparison.Ordinal));
        Assert.DoesNotContain("Exception", sensor.Error.Text, StringComparison.Ordinal);
    }

    // The group first: the network's namespace has a different /sys.
    private static RunningProgram StartLive(LiveNetwork network, MemoryGroup group)
    {
        var sensor = Start(group.CommandLine(
            "ip", "netns", "exec", network.Sensor.Name, Product.Executable, "live", "-i", LiveNetwork.Tap, "-r", Path.Combine(TestPaths.Root, "rules")));
        sensor.Error.WaitFor(text => text.EndsWith(" rules run", StringComparison.Ordinal), RunningProgram.Patience);
        return sensor;
    }

    private static RunningProgram Start(IEnumerable<string> line) => RunningProgram.Start(line.First(), line.Skip(1));

    private static string Write(TemporaryFolder folder, Flood flood)
    {
        var path = folder[$"{flood}.pcap"];
        using var stream = File.Create(path);
        using var writer = new BinaryWriter(stream);
        foreach (var number in (uint[])[0xa1b2c3d4, 0x0004_0002, 0, 0, 262_144, (uint)LinkType.Ethernet])
        {
            writer.Write(number);
        }

        var microseconds = 0u;
        foreach (var frame in Frames(flood))
        {
            microseconds += 17;
            foreach (var number in (uint[])[1_700_000_000 + (microseconds / 1_000_000), microseconds % 1_000_000, (uint)frame.Length, (uint)frame.Length])
            {
                writer.Write(number);
            }

            writer.Write(frame);
        }

        return path;
    }

    // Names that are all different, and in the middle a lookup that must be found.
    private static IEnumerable<byte[]> Frames(Flood flood)
    {
        for (var number = 0; number < Names; number++)
        {
            var hash = unchecked((uint)number * 2_654_435_761);
            var name = string.Create(CultureInfo.InvariantCulture, $"{hash:x8}.flood{(flood == Flood.SpoofedClients ? number % 1000 : 0)}.example");
            var client = flood == Flood.SpoofedClients ? $"10.{(byte)(hash >> 16)}.{(byte)(hash >> 8)}.{(byte)hash}" : $"10.0.0.{1 + (number % 50)}";
            yield return Frame(number == Names / 2 ? Planted : name, hash, client);
        }
    }

    private static byte[] Frame(string name, uint hash, string client) => Layers.Ethernet(Layers.Ipv4(
        Layers.Udp(DnsBytes.Query(name, (ushort)hash), 1024 + (int)(hash >> 17)), source: client, destination: "192.0.2.53"));

    // The test uses the figure on the page.
    private static int DocumentedMebibytes()
    {
        var match = LeastMemory().Match(File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "memory.md")));
        Assert.True(match.Success, "docs/memory.md does not say the least memory");
        return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\*\*(\d+) MiB\*\* are enough for one file or for `live`")]
    private static partial Regex LeastMemory();
}
