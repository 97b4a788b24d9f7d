using WireDns.Fuzz.Targets;

namespace WireDns.Fuzz;

/// <summary>The targets by name.</summary>
internal static class FuzzTargets
{
    /// <summary>The names, in the order in which help shows them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["dns", "name", "rdata", "packet", "capture", "tcp", "fragments"];

    /// <summary>A new target; null if there is no such name.</summary>
    public static FuzzTarget? Create(string name) => name switch
    {
        "dns" => new DnsMessageTarget(),
        "name" => new DnsNameTarget(),
        "rdata" => new DnsRecordDataTarget(),
        "packet" => new PacketTarget(),
        "capture" => new CaptureFileTarget(),
        "tcp" => new TcpTarget(),
        "fragments" => new FragmentTarget(),
        _ => null,
    };
}
