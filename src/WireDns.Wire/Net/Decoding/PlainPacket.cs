using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using WireDns.Wire.EncryptedDns;
using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Link;

namespace WireDns.Wire.Net.Decoding;

/// <summary>
/// What <see cref="PacketDecoder.Look"/> found in a packet. It holds places and no reference, so it can be kept beside the packet.
/// </summary>
public struct PlainPacket
{
    // Shorter payloads are no messages, and the two ends that a fingerprint takes would overlap.
    private const int MinimumPayloadLength = 8;

    private ushort _ipOffset;
    private ushort _transportOffset;
    private ushort _payloadLength;

    /// <summary>What was found. The other members are for <see cref="PlainPacketKind.Datagram"/>.</summary>
    public PlainPacketKind Kind { readonly get; private set; }

    internal ulong Fingerprint { readonly get; private set; }

    internal readonly bool HasTag => _ipOffset != EthernetFrame.HeaderLength;

    internal readonly bool IsIpv6 => _transportOffset - _ipOffset == Ipv6Packet.HeaderLength;

    /// <summary>Looks at a packet. Changes nothing but <paramref name="found"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Find(scoped in Packet packet, PortTable portTable, EncryptedDnsWatch encryptedDns, out PlainPacket found)
    {
        Unsafe.SkipInit(out found);
        found.Kind = PlainPacketKind.None;
        var frame = packet.Data;
        if (packet.LinkType != LinkType.Ethernet || PlainLayout.Find(frame) is not { IsPlain: true } layout)
        {
            return;
        }

        // A plain layout says that the headers are within the frame, and so is each read here.
        ref var transport = ref Unsafe.Add(ref MemoryMarshal.GetReference(frame), (nint)(uint)layout.TransportOffset);
        var ports = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref transport));
        if (portTable.IsOfNoInterest(frame, layout, ports, encryptedDns))
        {
            found.Kind = PlainPacketKind.Unwanted;
        }
        else if (portTable.IsSelected(ports))
        {
            found.TakeDatagram(frame, layout, ref transport, ports);
        }
    }

    /// <summary>The datagram's payload.</summary>
    /// <param name="packet">The packet that was looked at.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ReadOnlySpan<byte> PayloadOf(scoped in Packet packet) =>
        packet.Data.Slice(_transportOffset + UdpDatagram.HeaderLength, _payloadLength);

    /// <summary>The ports, the sender's in the upper 16 bits.</summary>
    /// <inheritdoc cref="PayloadOf"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint PortsOf(scoped in Packet packet) => BinaryPrimitives.ReadUInt32BigEndian(packet.Data[_transportOffset..]);

    /// <summary>Who sent it, and to whom.</summary>
    /// <inheritdoc cref="PayloadOf"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly (NetAddress Source, NetAddress Destination) EndsOf(scoped in Packet packet)
    {
        if (IsIpv6)
        {
            var header = packet.Data.Slice(_ipOffset, Ipv6Packet.HeaderLength);
            return (NetAddress.FromIpv6(header[8..]), NetAddress.FromIpv6(header[24..]));
        }
        else
        {
            var header = packet.Data.Slice(_ipOffset, Ipv4Packet.MinimumHeaderLength);
            return (NetAddress.FromIpv4(header[12..]), NetAddress.FromIpv4(header[16..]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeDatagram(ReadOnlySpan<byte> frame, PlainLayout layout, ref byte transport, uint ports)
    {
        ref var ip = ref Unsafe.Add(ref MemoryMarshal.GetReference(frame), (nint)(uint)layout.IpOffset);
        uint protocol;
        ushort identification = 0;
        ulong flowHash;
        if (layout.IsIpv6)
        {
            protocol = Unsafe.Add(ref ip, 6);
            flowHash = PacketState.HashFlow(Read64(ref ip, 8) ^ Read64(ref ip, 16), Read64(ref ip, 24) ^ Read64(ref ip, 32), ports);
        }
        else
        {
            protocol = Unsafe.Add(ref ip, 9);
            identification = (ushort)Read32(ref ip, 2);
            flowHash = PacketState.HashFlow(Read32(ref ip, 12), Read32(ref ip, 16), ports);
        }

        var lengthAndChecksum = Read32(ref transport, 4);
        var length = (int)(lengthAndChecksum >> 16);
        if (protocol != IpProtocol.Udp || length < UdpDatagram.HeaderLength + MinimumPayloadLength || length > layout.End - layout.TransportOffset)
        {
            return;
        }

        Kind = PlainPacketKind.Datagram;
        _ipOffset = (ushort)layout.IpOffset;
        _transportOffset = (ushort)layout.TransportOffset;
        _payloadLength = (ushort)(length - UdpDatagram.HeaderLength);
        var payload = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref transport, UdpDatagram.HeaderLength), length - UdpDatagram.HeaderLength);
        Fingerprint = DuplicateWatch.Fingerprint(flowHash, identification, lengthAndChecksum, payload);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read32(ref byte start, int offset) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, offset)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read64(ref byte start, int offset) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset)));
}

/// <summary>What <see cref="PacketDecoder.Look"/> found in a packet.</summary>
public enum PlainPacketKind : byte
{
    /// <summary>Nothing that a look can tell: it goes through the layers one by one.</summary>
    None,

    /// <summary>Its ports and addresses show that nothing in it is wanted.</summary>
    Unwanted,

    /// <summary>A whole UDP datagram on a selected port.</summary>
    Datagram,
}
