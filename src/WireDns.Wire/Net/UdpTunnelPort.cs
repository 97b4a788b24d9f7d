using System.Collections.Immutable;

namespace WireDns.Wire.Net;

/// <summary>A UDP port, and the tunnel that is read on it if either side of a datagram has it.</summary>
/// <param name="Port">The port, 1 to 65535.</param>
/// <param name="Kind">How its datagrams are read.</param>
public readonly record struct UdpTunnelPort(ushort Port, UdpTunnelKind Kind)
{
    /// <summary>The ports that are read by default: those that IANA assigned, and those that products use without an assignment.</summary>
    public static ImmutableArray<UdpTunnelPort> Defaults { get; } =
    [
        new(1701, UdpTunnelKind.L2tp),
        new(2152, UdpTunnelKind.GtpU),
        new(3386, UdpTunnelKind.GtpVersion0),
        new(3544, UdpTunnelKind.Teredo),
        new(4341, UdpTunnelKind.Lisp),
        new(4754, UdpTunnelKind.Gre),
        new(4789, UdpTunnelKind.Vxlan),
        new(4790, UdpTunnelKind.VxlanGpe),
        new(5247, UdpTunnelKind.Capwap),
        new(6081, UdpTunnelKind.Geneve),
        new(6635, UdpTunnelKind.Mpls),
        new(7932, UdpTunnelKind.RemoteMirror),

        // Linux used it for VXLAN before IANA assigned a port, and still does by default.
        new(8472, UdpTunnelKind.Vxlan),
        new(12222, UdpTunnelKind.Lwapp),
        new(30030, UdpTunnelKind.JuniperMirror),
        new(37008, UdpTunnelKind.Tzsp),

        // VXLAN within Cisco's ACI fabrics.
        new(48879, UdpTunnelKind.Vxlan),
    ];
}

/// <summary>The tunnels over UDP. Only the port tells which one a datagram is.</summary>
public enum UdpTunnelKind : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>L2TP, versions 2 and 3 (RFC 2661, 3931).</summary>
    L2tp,

    /// <summary>GTP-U, version 1 (3GPP TS 29.281).</summary>
    GtpU,

    /// <summary>GTP, version 0 (3GPP TS 09.60).</summary>
    GtpVersion0,

    /// <summary>Teredo (RFC 4380).</summary>
    Teredo,

    /// <summary>LISP (RFC 9300).</summary>
    Lisp,

    /// <summary>GRE in UDP (RFC 8086).</summary>
    Gre,

    /// <summary>VXLAN (RFC 7348), with the group policy extension, and as Cisco's ACI fabrics use it.</summary>
    Vxlan,

    /// <summary>VXLAN generic protocol extension.</summary>
    VxlanGpe,

    /// <summary>The data channel of CAPWAP (RFC 5415).</summary>
    Capwap,

    /// <summary>The data channel of LWAPP (RFC 5412).</summary>
    Lwapp,

    /// <summary>Geneve (RFC 8926).</summary>
    Geneve,

    /// <summary>MPLS in UDP (RFC 7510).</summary>
    Mpls,

    /// <summary>Encapsulated remote mirroring of HP's and Aruba's switches.</summary>
    RemoteMirror,

    /// <summary>Packets that a Juniper router mirrors to a remote station.</summary>
    JuniperMirror,

    /// <summary>TaZmen Sniffer Protocol.</summary>
    Tzsp,

    /// <summary>
    /// Interception by Broadcom's broadband gateways. Its ports, 49152 and 49153, are ordinary client ports, so it is read only on request.
    /// </summary>
    BroadcomIntercept,
}

/// <summary>What users call the tunnels over UDP.</summary>
public static class UdpTunnelWords
{
    /// <summary>A word in lower case for each kind but <see cref="UdpTunnelKind.None"/>, the usual ones first.</summary>
    public static ImmutableArray<(string Word, UdpTunnelKind Kind)> All { get; } =
    [
        ("vxlan", UdpTunnelKind.Vxlan),
        ("vxlan-gpe", UdpTunnelKind.VxlanGpe),
        ("geneve", UdpTunnelKind.Geneve),
        ("gtp-u", UdpTunnelKind.GtpU),
        ("gtp-v0", UdpTunnelKind.GtpVersion0),
        ("l2tp", UdpTunnelKind.L2tp),
        ("teredo", UdpTunnelKind.Teredo),
        ("gre", UdpTunnelKind.Gre),
        ("mpls", UdpTunnelKind.Mpls),
        ("lisp", UdpTunnelKind.Lisp),
        ("capwap", UdpTunnelKind.Capwap),
        ("lwapp", UdpTunnelKind.Lwapp),
        ("tzsp", UdpTunnelKind.Tzsp),
        ("jmirror", UdpTunnelKind.JuniperMirror),
        ("erm", UdpTunnelKind.RemoteMirror),
        ("bcm-li", UdpTunnelKind.BroadcomIntercept),
    ];
}
