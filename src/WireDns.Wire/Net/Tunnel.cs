namespace WireDns.Wire.Net;

/// <summary>An encapsulation around the payload's IP header, and its identifier (VNI, tunnel id, key, session) where it has one, else 0.</summary>
public readonly record struct Tunnel(TunnelKind Kind, uint Id)
{
    // RFC 7637 §3.2 keeps smaller numbers free: they are keys of plain GRE.
    private const uint LeastNvGreNetwork = 0x1000;

    /// <summary>
    /// The id where it names a tenant's network, whose addresses may be the same as another's (VXLAN, GENEVE, NVGRE); else 0. All other ids
    /// (TEIDs, sessions, calls, labels, keys) are chosen by the receiver and differ between the directions of one flow.
    /// </summary>
    public uint NetworkId => Kind switch
    {
        TunnelKind.Vxlan or TunnelKind.VxlanGpe or TunnelKind.Geneve => Id,
        TunnelKind.NvGre when Id >= LeastNvGreNetwork => Id,
        _ => 0,
    };
}

/// <summary>The encapsulations that the decoder opens.</summary>
public enum TunnelKind : byte
{
    /// <summary>IP in IP, in all four ways (RFC 2003, 2473, 4213).</summary>
    IpInIp,

    /// <summary>Generic Routing Encapsulation of IP (RFC 2784, 2890).</summary>
    Gre,

    /// <summary>GRE of Ethernet frames (RFC 7637).</summary>
    NvGre,

    /// <summary>Encapsulated remote SPAN, types I, II and III.</summary>
    Erspan,

    /// <summary>VXLAN (RFC 7348).</summary>
    Vxlan,

    /// <summary>VXLAN generic protocol extension.</summary>
    VxlanGpe,

    /// <summary>Geneve (RFC 8926).</summary>
    Geneve,

    /// <summary>Teredo (RFC 4380).</summary>
    Teredo,

    /// <summary>GTP-U (3GPP TS 29.281).</summary>
    GtpU,

    /// <summary>L2TP, versions 2 and 3 (RFC 2661, 3931).</summary>
    L2tp,

    /// <summary>Ethernet within IP (RFC 3378).</summary>
    EtherIp,

    /// <summary>Ethernet within IP without a header between them (RFC 8986).</summary>
    EthernetInIp,

    /// <summary>Ethernet over IP as MikroTik's routers send it, a GRE of its own.</summary>
    Eoip,

    /// <summary>MPLS within UDP (RFC 7510).</summary>
    Mpls,

    /// <summary>TaZmen Sniffer Protocol: frames that an access point or a router mirrors to a remote station.</summary>
    Tzsp,

    /// <summary>The data channel of CAPWAP (RFC 5415) or of LWAPP before it (RFC 5412): what an access point hands to its controller.</summary>
    Capwap,

    /// <summary>LISP (RFC 9300).</summary>
    Lisp,

    /// <summary>Packets that a Juniper router mirrors to a remote station.</summary>
    JuniperMirror,

    /// <summary>Frames that a switch of HP or Aruba mirrors to a remote station.</summary>
    RemoteMirror,

    /// <summary>Packets that a Broadcom gateway hands to a mediation device.</summary>
    BroadcomIntercept,
}

/// <summary>What encapsulations are called in alerts and reports.</summary>
public static class TunnelNames
{
    /// <summary>The name: <c>vxlan</c>, <c>gtp-u</c>.</summary>
    public static string ToName(this TunnelKind kind) => kind switch
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
        TunnelKind.RemoteMirror => "erm",
        TunnelKind.BroadcomIntercept => "bcm-li",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
