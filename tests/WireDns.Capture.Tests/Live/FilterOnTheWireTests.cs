using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using WireDns.Wire;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Capture.Tests.Live;

/// <summary>
/// The default filter in the kernel, on live handles of the link types that Linux gives: every frame of the torture set and of
/// the field captures that the decoder reads from a file arrives.
/// </summary>
public sealed class FilterOnTheWireTests
{
    private const int EthernetHeader = 14;

    [Fact]
    public void Frames_arrive_on_an_Ethernet_interface()
    {
        using var cable = RoomyCable();
        using var capture = Open(cable.Receiver);
        Assert.Equal(LinkType.Ethernet, capture.LinkType);
        var frames = DecodedFrames().Where(frame => frame.LinkType == LinkType.Ethernet).Select(frame => frame.Data).ToList();

        AssertArrive(capture, Send(cable, frames), data => data);
    }

    [Fact]
    public void Frames_arrive_on_the_interface_any_with_and_without_tags()
    {
        using var cable = RoomyCable();
        using var capture = Open("any");
        Assert.True(capture.LinkType is LinkType.LinuxSll or LinkType.LinuxSll2);
        var frames = DecodedFrames().Where(frame => frame.LinkType == LinkType.Ethernet).Select(frame => frame.Data).ToList();

        // Instead of the Ethernet header there is one of Linux's own. The length field of an LLC frame is lost.
        var sent = Send(cable, frames.Where(frame => Type(frame, 12) >= 0x600));
        var (typeOffset, headerLength) = capture.LinkType == LinkType.LinuxSll ? (14, 16) : (0, 20);
        AssertArrive(
            capture,
            [.. sent.Select(frame => WithoutTags(frame, 12, EthernetHeader))],
            data => WithoutTags(data, typeOffset, headerLength));
    }

    // What comes after the tags. With two tags Linux shows the types wrongly on such an interface: that of the packet instead of the
    // second tag's; and for a frame that is sent, only the first.
    private static byte[] WithoutTags(byte[] frame, int typeOffset, int headerLength)
    {
        var type = Type(frame, typeOffset);
        while (type is 0x8100 or 0x88a8 or 0x9100 or 0x9200 or 0x9300 && frame.Length > headerLength + 8)
        {
            type = Type(frame, headerLength + 2);
            headerLength += type is 0x0800 or 0x86dd && frame[headerLength + 4] >> 4 is not (4 or 6) ? 8 : 4;
        }

        return frame[headerLength..];
    }

    private static int Type(byte[] frame, int offset) => (frame[offset] << 8) | frame[offset + 1];

    [Fact]
    public void Packets_arrive_on_an_interface_of_ip_alone()
    {
        using var tunnel = TunDevice.Create();
        using var capture = Open(tunnel.Name);
        Assert.True(capture.LinkType is LinkType.Raw or LinkType.RawBsd, $"{capture.LinkType}");
        var packets = DecodedFrames()
            .Select(frame => frame.LinkType switch
            {
                LinkType.Raw or LinkType.Ipv4 or LinkType.Ipv6 => frame.Data,
                LinkType.Ethernet when Type(frame.Data, 12) is 0x0800 or 0x86dd => frame.Data[EthernetHeader..],
                _ => [],
            })
            .Where(packet => packet.Length is >= 20 and <= 1500 && packet[0] >> 4 is 4 or 6)
            .ToList();
        packets.ForEach(tunnel.Send);

        AssertArrive(capture, packets, data => data);
    }

    [Fact]
    public void A_filter_that_is_too_long_for_the_kernel_is_told_by_its_length()
    {
        using var cable = VethPair.Create();
        var longest = string.Join(" or ", Enumerable.Range(0, 2300).Select(place => $"ether[{place % 1000}:4] = {place}"));
        using var capture = LiveCapture.Open(new LiveCaptureOptions { Interface = cable.Receiver, Filter = longest });

        Assert.Equal(0, capture.KernelFilterLength);
    }

    private static LiveCapture Open(string name)
    {
        var capture = LiveCapture.Open(new LiveCaptureOptions { Interface = name });

        // libpcap would silently run it in this process.
        Assert.InRange(capture.DefaultFilter!.Length, 1, 4096);
        Assert.Equal(capture.DefaultFilter.Length, capture.KernelFilterLength);
        return capture;
    }

    private static VethPair RoomyCable()
    {
        var cable = VethPair.Create();
        foreach (var end in new[] { cable.Receiver, cable.Receiver[..^1] + "b" })
        {
            Assert.True(VethPair.TryRun("ip", $"link set {end} mtu 65535"));
        }

        return cable;
    }

    private static List<byte[]> Send(VethPair cable, IEnumerable<byte[]> frames)
    {
        // Neither less than an Ethernet header nor more than a frame can be sent.
        var sent = frames.Where(frame => frame.Length is > EthernetHeader and < 65_500).ToList();
        sent.ForEach(frame => cable.Send(frame));
        Assert.True(sent.Count > 500, $"only {sent.Count} frames were sent");
        return sent;
    }

    private static void AssertArrive(LiveCapture capture, List<byte[]> expected, Func<byte[], byte[]> part)
    {
        var missing = expected.Select(Convert.ToHexStringLower).GroupBy(data => data).ToDictionary(group => group.Key, group => group.Count());
        var left = expected.Count;
        using var enough = new CancellationTokenSource(LiveTests.Patience);
        capture.Run(
            (in Packet packet) =>
            {
                var data = Convert.ToHexStringLower(part(packet.Data.ToArray()));
                if (missing.TryGetValue(data, out var count) && count > 0)
                {
                    missing[data]--;
                    if (--left == 0)
                    {
                        enough.Cancel();
                    }
                }
            },
            enough.Token);

        Assert.Equal(0, capture.Statistics.DroppedByKernel);
        Assert.True(left == 0, $"{left} of {expected.Count} did not arrive: {string.Join("\n", missing.Where(entry => entry.Value > 0).Take(5).Select(entry => entry.Key))}");
    }

    private static IEnumerable<(LinkType LinkType, byte[] Data)> DecodedFrames()
    {
        var folder = Path.Combine(TestPaths.Captures, "torture");
        var field = Path.Combine(TestPaths.Root, "..", "shared", "field", "wire");
        return CapturePaths.Expand(Directory.Exists(field) ? [folder, field] : [folder]).Files.SelectMany(DefaultFilterTests.DecodedFrames);
    }

    /// <summary>An interface of IP packets without a link layer, and the program's end of it.</summary>
    private sealed class TunDevice : IDisposable
    {
        private const ulong SetInterface = 0x400454ca; // TUNSETIFF of linux/if_tun.h
        private const short TunWithoutHeader = 0x1001; // IFF_TUN | IFF_NO_PI

        private readonly SafeFileHandle _file;

        private TunDevice(SafeFileHandle file, string name) => (_file, Name) = (file, name);

        public string Name { get; }

        public static TunDevice Create()
        {
            LiveTests.SkipWithoutLibpcap();
            Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs Linux and root, to make a network interface");
            Assert.SkipUnless(File.Exists("/dev/net/tun"), "needs /dev/net/tun");
            var file = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            var name = $"wdr{Environment.ProcessId % 100_000}";
            var request = new byte[40]; // struct ifreq: 16 bytes of name, then the flags
            System.Text.Encoding.ASCII.GetBytes(name).CopyTo(request, 0);
            BitConverter.TryWriteBytes(request.AsSpan(16), TunWithoutHeader);
            Assert.SkipUnless(Control(file, SetInterface, request) == 0, "needs the right to make a tun device");
            File.WriteAllText($"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "1");
            Assert.True(VethPair.TryRun("ip", $"link set {name} up"));
            return new TunDevice(file, name);
        }

        public void Send(byte[] packet) => Assert.Equal(packet.Length, Write(_file, packet, packet.Length));

        public void Dispose() => _file.Dispose();

        [DllImport("libc", EntryPoint = "ioctl")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern int Control(SafeFileHandle file, ulong request, byte[] argument);

        [DllImport("libc", EntryPoint = "write")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern nint Write(SafeFileHandle file, byte[] data, nint length);
    }
}
