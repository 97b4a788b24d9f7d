using System.Text;

namespace WireDns.Detection.Messages;

/// <summary>The kind of log that a rule is written for. It determines the values of some fields.</summary>
internal enum LogKind
{
    /// <summary>Not about DNS lookups.</summary>
    None,

    /// <summary>DNS on the network, not tied to a product.</summary>
    Network,

    /// <summary>Zeek's dns.log.</summary>
    Zeek,

    /// <summary>Sysmon on Windows, event 22.</summary>
    Sysmon,

    /// <summary>The category dns_query on another operating system; its rules use Sysmon's fields.</summary>
    OtherDnsQuery,

    /// <summary>The Windows DNS client, event 3008.</summary>
    DnsClient,

    /// <summary>The analytic log of the Windows DNS server, events 256 to 258.</summary>
    DnsServerAnalytic,

    /// <summary>The category dns on Windows: any of its three logs.</summary>
    Windows,
}

/// <summary>
/// The fields of a log that have the same value in every event, such as its channel and its provider. A rule that asks for that value gets the answer
/// its own log would give; one that asks for another value is reported as inert when it loads.
/// </summary>
internal static class SourceConstants
{
    /// <summary>Ids of constant fields start here; those of <see cref="DnsField"/> are below.</summary>
    public const int FirstId = 1000;

    private static readonly string[] Channel = ["Channel", "LogName", "winlog.channel"];
    private static readonly string[] Provider = ["Provider_Name", "ProviderName", "SourceName", "winlog.provider_name", "event.provider"];
    private static readonly string[] ProviderId = ["Provider_Guid", "ProviderGuid", "winlog.provider_guid"];
    private static readonly string[] Protocol = ["network.protocol", "app_proto", "event_type"];
    private static readonly string[] ZeekLog = ["_path", "path"];

    private static readonly Constant[] All =
    [
        new([LogKind.Sysmon], Channel, "Microsoft-Windows-Sysmon/Operational"),
        new([LogKind.Sysmon], Provider, "Microsoft-Windows-Sysmon"),
        new([LogKind.Sysmon], ProviderId, "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}", "5770385f-c22a-43e0-bf4c-06f5698ffbd9"),
        new([LogKind.DnsClient], Channel, "Microsoft-Windows-DNS-Client/Operational", "Microsoft-Windows-DNS Client Events/Operational"),
        new([LogKind.DnsClient], Provider, "Microsoft-Windows-DNS-Client"),
        new([LogKind.DnsClient], ProviderId, "{1C95126E-7EEA-49A9-A3FE-A378B03DDB4D}", "1c95126e-7eea-49a9-a3fe-a378b03ddb4d"),
        new([LogKind.DnsServerAnalytic], Channel, "Microsoft-Windows-DNSServer/Analytical", "Microsoft-Windows-DNS-Server/Analytical"),
        new([LogKind.DnsServerAnalytic], Provider, "Microsoft-Windows-DNSServer", "Microsoft-Windows-DNS-Server"),
        new([LogKind.DnsServerAnalytic], ProviderId, "{EB79061A-A566-4698-9119-3ED2807060E7}", "eb79061a-a566-4698-9119-3ed2807060e7"),
        new(
            [LogKind.Windows],
            Channel,
            "Microsoft-Windows-Sysmon/Operational",
            "Microsoft-Windows-DNS-Client/Operational",
            "Microsoft-Windows-DNS Client Events/Operational",
            "Microsoft-Windows-DNSServer/Analytical",
            "Microsoft-Windows-DNS-Server/Analytical"),
        new([LogKind.Windows], Provider, "Microsoft-Windows-Sysmon", "Microsoft-Windows-DNS-Client", "Microsoft-Windows-DNSServer", "Microsoft-Windows-DNS-Server"),
        new([LogKind.Zeek], ZeekLog, "dns"),
        new([LogKind.Zeek], ["event.module"], "zeek"),
        new([LogKind.Zeek], ["event.dataset"], "zeek.dns"),
        new([LogKind.Zeek, LogKind.Network], Protocol, "dns"),
    ];

    /// <summary>Finds a constant field of a log by its name, ignoring case.</summary>
    public static bool TryFind(LogKind kind, string name, out int fieldId)
    {
        var index = Array.FindIndex(All, constant => constant.Kinds.Contains(kind) && constant.Names.Contains(name, StringComparer.OrdinalIgnoreCase));
        fieldId = FirstId + index;
        return index >= 0;
    }

    /// <summary>Every constant field: its names, and a value that it has in one log.</summary>
    public static IEnumerable<(IReadOnlyList<string> Names, byte[] Value)> Fields =>
        All.DistinctBy(constant => constant.Names[0]).Select(constant => ((IReadOnlyList<string>)constant.Names, constant.Values[0]));

    /// <summary>How many values a constant field has: several if the log is known by several names.</summary>
    public static int Count(int fieldId) => All[fieldId - FirstId].Values.Length;

    /// <summary>A value of a constant field, in UTF-8.</summary>
    public static ReadOnlySpan<byte> Get(int fieldId, int index) => All[fieldId - FirstId].Values[index];

    private sealed class Constant(LogKind[] kinds, string[] names, params string[] values)
    {
        public LogKind[] Kinds => kinds;

        public string[] Names => names;

        public byte[][] Values { get; } = [.. values.Select(Encoding.UTF8.GetBytes)];
    }
}
