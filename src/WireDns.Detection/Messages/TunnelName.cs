using WireDns.Wire.Net;

namespace WireDns.Detection.Messages;

/// <summary>What an encapsulation is called in output.</summary>
internal static class TunnelName
{
    public static string Of(TunnelKind kind) => kind switch
    {
        TunnelKind.IpInIp => "ipip",
        TunnelKind.Gre => "gre",
        TunnelKind.NvGre => "nvgre",
        TunnelKind.Erspan => "erspan",
        TunnelKind.Vxlan => "vxlan",
        TunnelKind.VxlanGpe => "vxlan-gpe",
        TunnelKind.Geneve => "geneve",
        TunnelKind.Teredo => "teredo",
        TunnelKind.GtpU => "gtp-u",
        TunnelKind.L2tp => "l2tp",
        TunnelKind.EtherIp => "etherip",
        TunnelKind.EthernetInIp => "ethernet",
        TunnelKind.Eoip => "eoip",
        TunnelKind.Mpls => "mpls",
        TunnelKind.Tzsp => "tzsp",
        TunnelKind.Capwap => "capwap",
        TunnelKind.Lisp => "lisp",
        TunnelKind.JuniperMirror => "jmirror",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
