using System.Text;

namespace WireDns.Detection.Messages;

/// <summary>The log that a rule is written for, as far as it fixes what fields hold.</summary>
internal enum LogKind
{
    /// <summary>Not about DNS lookups.</summary>
    None,

    /// <summary>DNS on the network, in no product's words.</summary>
    Network,

    /// <summary>Zeek's dns.log.</summary>
    Zeek,

    /// <summary>Sysmon on Windows, event 22.</summary>
    Sysmon,

    /// <summary>The category dns_query of another system, whose rules use Sysmon's fields.</summary>
    OtherDnsQuery,

    /// <summary>The DNS client of Windows, event 3008.</summary>
    DnsClient,

    /// <summary>The analytic log of Windows' DNS server, events 256 to 258.</summary>
    DnsServerAnalytic,

    /// <summary>The category dns of Windows: any of its three logs.</summary>
    Windows,
}

/// <summary>
/// What the fields around an event hold in every event of a log: its channel, its provider. A rule that asks for them is answered as its log would, and
/// one that asks for another value is known to be inert when it loads.
/// </summary>
internal static class SourceConstants
{
    /// <summary>The first number of a field that is a constant; those of <see cref="DnsField"/> are below.</summary>
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

    /// <summary>Finds a constant of a log by the name of its field, in any case.</summary>
    public static bool TryFind(LogKind kind, string name, out int fieldId)
    {
        var index = Array.FindIndex(All, constant => constant.Kinds.Contains(kind) && constant.Names.Contains(name, StringComparer.OrdinalIgnoreCase));
        fieldId = FirstId + index;
        return index >= 0;
    }

    /// <summary>How many values a constant has: several where a log is known by several names.</summary>
    public static int Count(int fieldId) => All[fieldId - FirstId].Values.Length;

    /// <summary>One of them, in UTF-8.</summary>
    public static ReadOnlySpan<byte> Get(int fieldId, int index) => All[fieldId - FirstId].Values[index];

    private sealed class Constant(LogKind[] kinds, string[] names, params string[] values)
    {
        public LogKind[] Kinds => kinds;

        public string[] Names => names;

        public byte[][] Values { get; } = [.. values.Select(Encoding.UTF8.GetBytes)];
    }
}
