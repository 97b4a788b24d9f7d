using System.Globalization;
using System.Runtime.InteropServices;

namespace WireDns.Capture.Live;

/// <summary>CAP_NET_RAW of Linux: the one right that a capture needs. Everywhere else there is no such thing, and nothing to do.</summary>
internal static unsafe partial class NetRawCapability
{
    // linux/capability.h
    private const int Number = 13;
    private const uint Bit = 1u << Number;
    private const uint Version3 = 0x2008_0522;

    private const string Grant = "run as root, or give the program the capability (setcap cap_net_raw=p FILE; systemd: AmbientCapabilities=CAP_NET_RAW)";

    /// <summary>
    /// Puts it into effect for this thread, and those that it starts, if it is permitted but not in effect: as a file gives it that has <c>cap_net_raw=p</c>. (A file
    /// with <c>cap_net_raw=ep</c> cannot be executed at all where the capability is not granted; so this is the better of the two.)
    /// </summary>
    public static void Raise()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var header = new Header { Version = Version3 };
        var sets = stackalloc CapabilitySets[2];
        if (GetCapabilities(&header, sets) == 0 && (sets[0].Permitted & ~sets[0].Effective & Bit) != 0)
        {
            // If that fails, opening the interface does, and says why.
            sets[0].Effective |= Bit;
            _ = SetCapabilities(&header, sets);
        }
    }

    /// <summary>What is missing, and how to grant it, in one line.</summary>
    public static string Advice()
    {
        try
        {
            return OperatingSystem.IsLinux() ? Advice(File.ReadAllLines("/proc/self/status")) : Grant;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Grant;
        }
    }

    /// <summary>The same of a process whose /proc/PID/status has these lines.</summary>
    internal static string Advice(IReadOnlyList<string> status)
    {
        if (Has("CapEff"))
        {
            return "this process has CAP_NET_RAW, but not for the network of this interface: they belong to different user namespaces (a rootless container, PrivateUsers=)";
        }

        if (!Has("CapBnd"))
        {
            return "CAP_NET_RAW is not among the rights that this process can get: whoever started it took it away "
                + "(docker, podman: --cap-add NET_RAW; Kubernetes: capabilities.add [NET_RAW]; systemd: AmbientCapabilities= and CapabilityBoundingSet=CAP_NET_RAW)";
        }

        if (ValueOf("Uid").Split('\t')[0] == "0")
        {
            return "user 0 has dropped CAP_NET_RAW: start it with that right";
        }

        return ValueOf("NoNewPrivs") == "1"
            ? "CAP_NET_RAW is granted, but to user 0 alone, and no_new_privs forbids that the program's file gives it to others: run as user 0 with no other capability, "
                + "or without no_new_privs (Kubernetes: allowPrivilegeEscalation) and with setcap cap_net_raw=p FILE"
            : Grant;

        bool Has(string set) =>
            ulong.TryParse(ValueOf(set), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits) && (bits & Bit) != 0;

        string ValueOf(string name) => status.FirstOrDefault(line => line.StartsWith($"{name}:\t", StringComparison.Ordinal))?[(name.Length + 2)..] ?? "";
    }

    [LibraryImport("libc", EntryPoint = "capget")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int GetCapabilities(Header* header, CapabilitySets* sets);

    [LibraryImport("libc", EntryPoint = "capset")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int SetCapabilities(Header* header, CapabilitySets* sets);

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public uint Version;
        public int Process;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct CapabilitySets
    {
        public uint Effective;
        public uint Permitted;
        public uint Inheritable;
    }
}
