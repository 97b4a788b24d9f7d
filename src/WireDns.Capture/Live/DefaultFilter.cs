using System.Globalization;
using WireDns.Wire;

namespace WireDns.Capture.Live;

/// <summary>
/// What the kernel is asked for where the user asks for nothing: as near to what the file reader sees as libpcap's
/// filter language can say for a link type. Immutable.
/// </summary>
public sealed record DefaultFilter
{
    // A later fragment has no ports. IPv6: the fragment header (44, RFC 8200 §4.5) right behind the fixed one, on first
    // fragments as well.
    private const string Fragments = "ip[6:2] & 0x1fff != 0 or ip6[6] = 44";

    // RFC 2784 GRE and so ERSPAN, IP in IP (RFC 2003), IPv6 in IP (RFC 4213), EtherIP (RFC 3378).
    private const string TunnelProtocols = "proto 47 or proto 4 or proto 41 or proto 97";

    // L2TP, GTP-U, Teredo, VXLAN (IANA's port and the one from before), VXLAN-GPE, GENEVE.
    private const string TunnelPorts =
        "udp port 1701 or udp port 2152 or udp port 3544 or udp port 4789 or udp port 8472 or udp port 4790 or udp port 6081";

    // MPLS (RFC 3032), PPPoE sessions (RFC 2516), 802.1ah, Cisco metadata.
    private const string LinkTunnels =
        "ether proto 0x8847 or ether proto 0x8848 or ether proto 0x8864 or ether proto 0x88e7 or ether proto 0x8909";

    /// <summary>
    /// The filter in libpcap's language; null where the link type cannot be filtered, so that everything is let
    /// through.
    /// </summary>
    public required string? Expression { get; init; }

    /// <summary>What it lets through, a phrase each.</summary>
    public required IReadOnlyList<string> Sees { get; init; }

    /// <summary>What it does not let through although a decoder would read it, a phrase each.</summary>
    public required IReadOnlyList<string> Misses { get; init; }

    /// <summary>The filter for a link type.</summary>
    /// <param name="linkType">The link type of the interface.</param>
    /// <param name="ports">Ports of DNS, 1 to 65535, at least one.</param>
    /// <exception cref="ArgumentException">A port that is none, or no port.</exception>
    public static DefaultFilter For(LinkType linkType, IReadOnlyList<int> ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        if (ports.Count == 0 || ports.Any(port => port is < 1 or > 65535))
        {
            throw new ArgumentException("ports are 1 to 65535, and there is at least one", nameof(ports));
        }

        var list = string.Join(" or ", ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"port {port}")));
        var ip = $"{list} or {Fragments} or {TunnelProtocols} or {TunnelPorts}";
        string[] sees = [list, "IPv4 fragments behind the first, all IPv6 fragments", "GRE, ERSPAN, IP in IP, EtherIP, VXLAN, GENEVE, GTP-U, L2TP, Teredo"];
        const string ExtensionHeaders = "IPv6 with extension headers other than a fragment header";
        switch (linkType)
        {
            case LinkType.Ethernet:
                // "vlan" moves every offset behind it, also those of alternatives, so the untagged case comes first and
                // each tag inside the last.
                var any = $"{ip} or {LinkTunnels}";
                return new DefaultFilter
                {
                    Expression = $"{any} or (vlan and ({any} or (vlan and ({any}))))",
                    Sees = [.. sees, "all of these untagged, with one 802.1Q or 802.1ad tag and with two", "MPLS, PPPoE, 802.1ah, Cisco metadata"],
                    Misses = [ExtensionHeaders, "more than two VLAN tags", "IP behind LLC/SNAP"],
                };

            case LinkType.LinuxSll or LinkType.LinuxSll2:
                return new DefaultFilter
                {
                    Expression = ip,
                    Sees = [.. sees, "a VLAN tag that the kernel took off"],
                    Misses = [ExtensionHeaders, "frames with a VLAN tag that is still there", "MPLS, PPPoE, 802.1ah, Cisco metadata"],
                };

            case LinkType.Ieee80211 or LinkType.Ieee80211Radiotap or LinkType.Ppi:
                return new DefaultFilter { Expression = ip, Sees = sees, Misses = [ExtensionHeaders, "encrypted frames", "VLAN tags, MPLS, PPPoE"] };

            case LinkType.Null or LinkType.Loop or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.Raw or LinkType.Ipv4 or LinkType.Ipv6:
                return new DefaultFilter { Expression = ip, Sees = sees, Misses = [ExtensionHeaders] };

            case LinkType.Ppp or LinkType.PppHdlc or LinkType.CiscoHdlc:
                return new DefaultFilter { Expression = ip, Sees = sees, Misses = [ExtensionHeaders, "MPLS, compressed headers"] };

            default:
                return new DefaultFilter { Expression = null, Sees = ["everything: this link type cannot be filtered"], Misses = [] };
        }
    }

    /// <summary>What the filter can and cannot see, a line each, for the start of a capture.</summary>
    public IReadOnlyList<string> Describe() =>
        [.. Sees.Select(phrase => $"filter lets through: {phrase}"), .. Misses.Select(phrase => $"filter does not let through: {phrase}")];
}
