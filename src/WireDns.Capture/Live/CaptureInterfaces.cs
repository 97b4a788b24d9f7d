using System.Net;
using SharpPcap;
using SharpPcap.LibPcap;

namespace WireDns.Capture.Live;

/// <summary>The network interfaces of this host.</summary>
public static class CaptureInterfaces
{
    // pcap.h, PCAP_IF_...
    private const uint LoopbackFlag = 0x01;
    private const uint UpFlag = 0x02;
    private const uint RunningFlag = 0x04;
    private const uint WirelessFlag = 0x08;

    /// <summary>
    /// All interfaces that libpcap knows, in its order. Network interfaces are opened for a moment to learn whether they can be captured
    /// from. Queues of the packet filter and the like are not: opening one takes packets away from its reader.
    /// </summary>
    /// <exception cref="LiveCaptureException">libpcap is missing, or cannot list them.</exception>
    public static IReadOnlyList<LiveInterface> List()
    {
        var interfaces = new List<LiveInterface>();
        foreach (var device in Devices())
        {
            interfaces.Add(new LiveInterface
            {
                Name = device.Name,
                Description = device.Description ?? "",
                Addresses = [.. AddressesOf(device)],
                IsUp = (device.Flags & UpFlag) != 0,
                IsRunning = (device.Flags & RunningFlag) != 0,
                IsLoopback = (device.Flags & LoopbackFlag) != 0,
                IsWireless = (device.Flags & WirelessFlag) != 0,
                WasTried = MayBeTried(device.Name),
                Problem = MayBeTried(device.Name) ? ProblemOf(device.Name) : null,
            });
            device.Dispose();
        }

        return interfaces;
    }

    /// <summary>The interface with a name.</summary>
    /// <exception cref="LiveCaptureException">There is none.</exception>
    internal static LibPcapLiveDevice Find(string name)
    {
        var devices = Devices();
        foreach (var device in devices)
        {
            if (string.Equals(device.Name, name, StringComparison.Ordinal))
            {
                return device;
            }
        }

        throw LiveCaptureException.UnknownInterface(name, devices.Select(device => device.Name));
    }

    private static LibPcapLiveDeviceList Devices()
    {
        try
        {
            return LibPcapLiveDeviceList.New();
        }
        catch (Exception exception) when (IsMissingLibrary(exception))
        {
            throw LiveCaptureException.LibraryMissing(exception);
        }
        catch (PcapException exception)
        {
            throw new LiveCaptureException($"cannot list the interfaces: {exception.Message}", exception);
        }
    }

    // The failure may come from a static constructor of the library.
    private static bool IsMissingLibrary(Exception exception) =>
        exception is DllNotFoundException || exception.InnerException is DllNotFoundException;

    private static IEnumerable<string> AddressesOf(LibPcapLiveDevice device)
    {
        foreach (var address in device.Addresses)
        {
            if (address.Addr is { ipAddress: IPAddress ip })
            {
                yield return ip.ToString();
            }
            else if (address.Addr is { hardwareAddress: { } hardware } && hardware.GetAddressBytes().Length > 0)
            {
                yield return Convert.ToHexStringLower(hardware.GetAddressBytes());
            }
        }
    }

    private static bool MayBeTried(string name) =>
        !OperatingSystem.IsLinux() || name == "any" || Directory.Exists(Path.Combine("/sys/class/net", name));

    private static string? ProblemOf(string name)
    {
        const int SmallBuffer = 256 * 1024;
        try
        {
            using var capture = LiveCapture.Open(new LiveCaptureOptions
            {
                Interface = name,
                Promiscuous = false,
                BufferSize = SmallBuffer,
                SnapLength = 128,
                Filter = LiveCaptureOptions.NoFilter,
            });
            return null;
        }
        catch (LiveCaptureException exception)
        {
            return exception.Message;
        }
    }
}
