using System.Diagnostics;
using SharpPcap;
using SharpPcap.LibPcap;

namespace WireDns.Capture.Tests.Live;

/// <summary>
/// Two ends of a virtual cable, made for one test: what is sent into one comes out of the other. Skips the test where
/// that cannot be done.
/// </summary>
internal sealed class VethPair : IDisposable
{
    private static int _count;

    private readonly LibPcapLiveDevice _sender;

    private VethPair(string name, LibPcapLiveDevice sender)
    {
        Receiver = name + "a";
        _sender = sender;
    }

    /// <summary>The end to capture from.</summary>
    public string Receiver { get; }

    public static VethPair Create()
    {
        LiveTests.SkipWithoutLibpcap();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to make network interfaces and to capture");
        var name = $"wdt{Environment.ProcessId % 100_000}x{Interlocked.Increment(ref _count)}";
        Assert.SkipUnless(
            TryRun("ip", $"link add {name}a type veth peer name {name}b"), "needs the ip program and the right to make network interfaces");
        foreach (var end in new[] { name + "a", name + "b" })
        {
            // No IPv6 on it: the kernel's own packets would be captured too.
            File.WriteAllText($"/proc/sys/net/ipv6/conf/{end}/disable_ipv6", "1");
            Assert.True(TryRun("ip", $"link set {end} up"));
        }

        var sender = LibPcapLiveDeviceList.New().Single(device => device.Name == name + "b");
        sender.Open(new DeviceConfiguration { Mode = DeviceModes.None });
        return new VethPair(name, sender);
    }

    public void Send(ReadOnlySpan<byte> frame) => _sender.SendPacket(frame);

    public void Delete() => TryRun("ip", $"link del {Receiver}");

    public void Dispose()
    {
        _sender.Dispose();
        Delete();
    }

    public static bool TryRun(string program, string arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
