using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace WireDns.Capture.Live;

/// <summary>
/// What the system says about an interface now. If it cannot be asked (not Linux, or the interface <c>any</c>): that it is there and up.
/// </summary>
/// <param name="Index">The number of the interface; 0 if there is none of the name. It changes when the interface is created again.</param>
/// <param name="IsUp">Whether it is up and its link is.</param>
public readonly partial record struct InterfacePresence(uint Index, bool IsUp)
{
    private const int MaximumTries = 3;

    /// <summary>How often the interface has lost its link since it was made; null if the system does not count that (not Linux, or before 4.16).</summary>
    public long? LinkLosses { get; init; }

    /// <summary>Whether the interface exists.</summary>
    public bool Exists => Index > 0;

    /// <summary>Asks for an interface.</summary>
    public static InterfacePresence Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!OperatingSystem.IsLinux() || name == "any")
        {
            return new InterfacePresence(uint.MaxValue, true);
        }

        var index = IndexOf(name);
        if (index == 0)
        {
            return default;
        }

        // Where the count changes meanwhile, it may be older or newer than the flags.
        for (var tries = 0; ; tries++)
        {
            var losses = CountLinkLosses(name, index);
            var isRunning = IsRunning(name);
            if (tries == MaximumTries || CountLinkLosses(name, index) == losses)
            {
                return new InterfacePresence(index, isRunning) { LinkLosses = losses };
            }
        }
    }

    // Documentation/ABI/testing/sysfs-class-net. A link that went and came between two looks shows here alone.
    private static long? CountLinkLosses(string name, uint index)
    {
        try
        {
            // What is mounted there may be another network's.
            var folder = $"/sys/class/net/{name}";
            return ReadNumber($"{folder}/ifindex") == index ? ReadNumber($"{folder}/carrier_down_count") : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        static long? ReadNumber(string file) => long.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static bool IsRunning(string name)
    {
        // netdevice(7): struct ifreq, 16 bytes of name, then the flags.
        const uint GetFlags = 0x8913;
        const int FlagsOffset = 16;
        const ushort UpAndRunning = 0x0001 | 0x0040;
        var request = new byte[40];
        if (Encoding.UTF8.GetByteCount(name) >= FlagsOffset)
        {
            return true;
        }

        Encoding.UTF8.GetBytes(name, request);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            return Control(socket.SafeHandle, GetFlags, request) == 0
                && (BitConverter.ToUInt16(request, FlagsOffset) & UpAndRunning) == UpAndRunning;
        }
        catch (SocketException)
        {
            // Without a socket it is not known; that it exists is.
            return true;
        }
    }

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint IndexOf(string name);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(SafeHandle socket, nuint request, byte[] argument);
}
