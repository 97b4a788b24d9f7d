using System.Globalization;
using WireDns.Wire;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Capture.Live;

/// <summary>
/// The kernel filter used when none is given: every packet in which the decoders can find DNS, made from their own lists of tags, tunnels
/// and ports. Immutable.
/// </summary>
/// <remarks>
/// It is a program, not text in libpcap's language. There, <c>vlan</c> moves the offsets of all that follows, does not exist for cooked
/// interfaces, and compiles differently for a live handle and a file; and a list of this length makes a program too long for the kernel. A
/// tag that the kernel removed from the frame is not seen here, and need not be.
/// </remarks>
public sealed record DefaultFilter
{
    // The most tags that are followed; a frame with more is let through.
    private const int MaximumTags = 4;

    private const int EtherTypeIpv4 = 0x0800;
    private const int EtherTypeIpv6 = 0x86dd;
    private const int ProtocolTcp = 6;
    private const int ProtocolUdp = 17;

    // Below this, the field of an Ethernet or cooked header is a length or a number of Linux's own (IEEE 802.3 §3.2.6).
    private const int LeastEtherType = 0x0600;

    private readonly FilterProgram? _program;

    private DefaultFilter(FilterProgram? program, IReadOnlyList<string> sees, IReadOnlyList<string> misses) =>
        (_program, Sees, Misses) = (program, sees, misses);

    /// <summary>What it lets through, as phrases.</summary>
    public IReadOnlyList<string> Sees { get; }

    /// <summary>What it does not let through although a decoder would count or read it, as phrases.</summary>
    public IReadOnlyList<string> Misses { get; }

    /// <summary>
    /// The program's length in instructions, of which Linux accepts 4096; 0 if the link type cannot be filtered and everything is let through.
    /// </summary>
    public int Length => Code.Count;

    /// <summary>The program; empty if everything is let through.</summary>
    internal IReadOnlyList<FilterInstruction> Code => _program?.Code ?? [];

    /// <summary>The filter for a link type.</summary>
    /// <param name="linkType">The link type of the interface.</param>
    /// <param name="decoding">What the packets are decoded with: its ports and tunnels are let through, and all of UDP and TCP where messages are looked for on any port.</param>
    /// <exception cref="ArgumentException">A port that is none, or no port.</exception>
    public static DefaultFilter For(LinkType linkType, PacketDecoderOptions decoding)
    {
        ArgumentNullException.ThrowIfNull(decoding);
        if (decoding.Ports.IsEmpty || decoding.Ports.Contains((ushort)0))
        {
            throw new ArgumentException("ports are 1 to 65535, and there is at least one", nameof(decoding));
        }

        var wanted = new Wanted(decoding);
        return linkType switch
        {
            LinkType.Ethernet => wanted.Typed(typeOffset: 12, headerLength: 14),
            LinkType.LinuxSll => wanted.Typed(typeOffset: 14, headerLength: 16),
            LinkType.LinuxSll2 => wanted.Typed(typeOffset: 0, headerLength: 20),
            LinkType.CiscoHdlc => wanted.Typed(typeOffset: 2, headerLength: 4),
            LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.Ipv4 or LinkType.Ipv6 => wanted.Versioned(headerLength: 0),
            LinkType.Null or LinkType.Loop => wanted.Versioned(headerLength: 4),
            _ => new DefaultFilter(null, ["everything: there is no built-in filter for this link type"], []),
        };
    }

    /// <summary>What the filter can and cannot see, a line each, for the start of a capture.</summary>
    public IReadOnlyList<string> Describe() =>
        [.. Sees.Select(phrase => $"filter lets through: {phrase}"), .. Misses.Select(phrase => $"filter does not let through: {phrase}")];

    /// <summary>Writes the program for what is wanted.</summary>
    private sealed class Wanted
    {
        private readonly FilterProgram _program = new();
        private readonly int[] _tcpPorts;
        private readonly int[] _udpPorts;
        private readonly int[] _tunnelPorts;
        private readonly bool _isAnyPort;
        private readonly int[] _ipProtocols = Ints(Encapsulations.IpProtocols);
        private readonly int[] _ipv6Headers = Ints(Encapsulations.Ipv6ExtensionHeaders);
        private readonly int[] _etherTypes = Ints(Encapsulations.EtherTypes);
        private readonly int[] _tags = Ints(Encapsulations.VlanEtherTypes);

        public Wanted(PacketDecoderOptions decoding)
        {
            _tcpPorts = [.. decoding.Ports.Concat(decoding.EncryptedDnsPorts).Select(port => (int)port).Distinct()];
            _tunnelPorts = [.. decoding.TunnelPorts.Select(tunnel => (int)tunnel.Port).Distinct()];
            _udpPorts = [.. _tcpPorts.Union(_tunnelPorts)];
            _isAnyPort = decoding.AnyPort is not null;
        }

        /// <summary>A header with an EtherType, after which tags may follow.</summary>
        public DefaultFilter Typed(int typeOffset, int headerLength)
        {
            _program.ClearIndex();
            _program.LoadHalf(typeOffset);
            SkipTags(MaximumTags, headerLength);
            _program.AcceptIfAny(_tags);
            _program.If([EtherTypeIpv4], () => Ipv4(headerLength));
            _program.If([EtherTypeIpv6], () => Ipv6(headerLength));
            _program.AcceptIfAny(_etherTypes);
            _program.AcceptIfLess(LeastEtherType);
            _program.Reject();
            return Described([
                "all of these after any number of VLAN tags",
                $"frames of EtherTypes {List(_etherTypes, "x4", "0x")}, and LLC: MPLS, PPPoE, TRILL, FabricPath and the like",
            ]);
        }

        /// <summary>A header after which the version of IP is the only sign.</summary>
        public DefaultFilter Versioned(int headerLength)
        {
            _program.ClearIndex();
            _program.LoadByte(headerLength);
            _program.ShiftDown(4);
            _program.If([4], () => Ipv4(headerLength));
            _program.If([6], () => Ipv6(headerLength));
            _program.Reject();
            return Described([]);
        }

        // A tag has 4 bytes: its own two, and the type of what follows it. X is the length of the tags.
        private void SkipTags(int depth, int headerLength)
        {
            if (depth > 0)
            {
                _program.If(_tags, () =>
                {
                    _program.LoadHalfFromIndex(headerLength + 2);
                    _program.AdvanceIndex(4);
                    SkipTags(depth - 1, headerLength);
                });
            }
        }

        // RFC 791 §3.1. A later fragment has no ports: it may be anything.
        private void Ipv4(int offset)
        {
            _program.LoadHalfFromIndex(offset + 6);
            _program.AcceptIfAnyBit(0x1fff);
            _program.LoadByteFromIndex(offset + 9);
            _program.AcceptIfAny(_ipProtocols);
            AcceptTransports();
            _program.If([ProtocolUdp], () => Ipv4Ports(offset, _udpPorts));
            _program.If([ProtocolTcp], () => Ipv4Ports(offset, _tcpPorts));
            _program.Reject();
        }

        private void AcceptTransports()
        {
            if (_isAnyPort)
            {
                _program.AcceptIfAny([ProtocolUdp, ProtocolTcp]);
            }
        }

        private void Ipv4Ports(int offset, int[] ports)
        {
            _program.LoadByteFromIndex(offset);
            _program.Mask(0x0f);
            _program.AddToIndex(2);
            Ports(offset, ports);
        }

        // RFC 8200 §3. A packet with extension headers is let through: the decoder follows them.
        private void Ipv6(int offset)
        {
            const int HeaderLength = 40;
            _program.LoadByteFromIndex(offset + 6);
            _program.AcceptIfAny(_ipProtocols.Concat(_ipv6Headers));
            AcceptTransports();
            _program.If([ProtocolUdp], () => Ports(offset + HeaderLength, _udpPorts));
            _program.If([ProtocolTcp], () => Ports(offset + HeaderLength, _tcpPorts));
            _program.Reject();
        }

        private void Ports(int offset, int[] ports)
        {
            _program.LoadHalfFromIndex(offset);
            _program.AcceptIfAny(ports);
            _program.LoadHalfFromIndex(offset + 2);
            _program.AcceptIfAny(ports);
            _program.Reject();
        }

        private DefaultFilter Described(string[] links) => new(
            _program,
            [
                _isAnyPort ? "all of UDP and TCP, to find DNS on any port" : $"ports {List(_tcpPorts)}",
                "IPv4 fragments but the first, IPv6 with fragment and other extension headers",
                $"tunnels over IP protocols {List(_ipProtocols)}: GRE, ERSPAN, IP in IP, EtherIP, L2TPv3, MPLS and the like",
                $"tunnels over UDP ports {List(_tunnelPorts)}: VXLAN, GENEVE, GTP-U, TZSP and the like",
                .. links,
            ],
            _isAnyPort ? [] : ["port 443, on which DNS over HTTPS and QUIC to known resolvers would be counted"]);

        private static int[] Ints<T>(ReadOnlySpan<T> values)
            where T : unmanaged, IConvertible
        {
            var list = new int[values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                list[i] = values[i].ToInt32(CultureInfo.InvariantCulture);
            }

            return list;
        }

        private static string List(IEnumerable<int> values, string format = "0", string prefix = "") =>
            string.Join(", ", values.Order().Select(value => prefix + value.ToString(format, CultureInfo.InvariantCulture)));
    }
}
