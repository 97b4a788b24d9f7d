using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>The shipped captures that the command line is tested with, and copies with a fault.</summary>
internal static class SampleCaptures
{
    /// <summary>654 packets, 41 alerts.</summary>
    public static string Beacon => Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng");

    /// <summary>68 packets, 9 alerts.</summary>
    public static string Tagged => Path.Combine(TestPaths.Captures, "tagged.pcap");

    public const int BeaconAlerts = 41;
    public const int TaggedAlerts = 9;

    /// <summary>A capture's bytes without its last ones: it ends inside its last packet.</summary>
    public static string WriteCut(TemporaryFolder folder, string name, string capture)
    {
        var bytes = File.ReadAllBytes(capture);
        return folder.Write(name, bytes.AsSpan(0, bytes.Length - 10));
    }
}
