using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection.Messages;

/// <summary>Addresses, times and what else belongs to packets, as a sensor's state has them.</summary>
internal static class StoredNumbers
{
    // More tags and tunnels than any packet has.
    private const int MaximumLayers = 64;

    public static void Write(this BinaryWriter writer, NetAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.WriteTo(octets);
        writer.Write((byte)address.LengthInBytes);
        writer.Write(octets[..address.LengthInBytes]);
    }

    public static NetAddress ReadAddress(this BinaryReader reader)
    {
        Span<byte> octets = stackalloc byte[16];
        var length = reader.ReadByte();
        if (length is not (4 or 16))
        {
            throw new FormatException("an address of another length");
        }

        reader.BaseStream.ReadExactly(octets[..length]);
        return length == 4 ? NetAddress.FromIpv4(octets) : NetAddress.FromIpv6(octets);
    }

    /// <summary>Writes a time, or that there is none.</summary>
    public static void Write(this BinaryWriter writer, PacketTime time) => writer.Write(time.HasValue ? time.Nanoseconds : -1);

    public static PacketTime ReadTime(this BinaryReader reader) => reader.ReadInt64() is var time && time < 0 ? default : PacketTime.FromNanoseconds(time);

    public static void Write(this BinaryWriter writer, Tunnel tunnel)
    {
        writer.Write((byte)tunnel.Kind);
        writer.Write(tunnel.Id);
    }

    public static Tunnel ReadTunnel(this BinaryReader reader) => new((TunnelKind)reader.ReadByte(), reader.ReadUInt32());

    /// <summary>Writes how many there are, and each.</summary>
    public static void Write(this BinaryWriter writer, ReadOnlySpan<Tunnel> tunnels)
    {
        writer.Write((byte)Math.Min(tunnels.Length, MaximumLayers));
        foreach (var tunnel in tunnels[..Math.Min(tunnels.Length, MaximumLayers)])
        {
            writer.Write(tunnel);
        }
    }

    /// <summary>Reads tunnels; null where there is none.</summary>
    public static Tunnel[]? ReadTunnels(this BinaryReader reader)
    {
        var tunnels = new Tunnel[Layers(reader)];
        for (var i = 0; i < tunnels.Length; i++)
        {
            tunnels[i] = reader.ReadTunnel();
        }

        return tunnels.Length == 0 ? null : tunnels;
    }

    public static void Write(this BinaryWriter writer, in PayloadOrigin origin)
    {
        writer.Write((byte)origin.Transport);
        writer.Write(origin.Source);
        writer.Write(origin.Destination);
        writer.Write(origin.SourcePort);
        writer.Write(origin.DestinationPort);
        writer.Write(origin.Time);
        writer.Write(origin.PacketNumber);
        writer.Write(origin.PacketCount);
        writer.Write(origin.StreamEnd);
        writer.Write(origin.InterfaceIndex);
        writer.Write(origin.IsTruncated);
        writer.Write(origin.HasOverlap);
        writer.Write((byte)Math.Min(origin.VlanIds.Length, MaximumLayers));
        foreach (var id in origin.VlanIds[..Math.Min(origin.VlanIds.Length, MaximumLayers)])
        {
            writer.Write(id);
        }

        writer.Write(origin.Tunnels);
    }

    public static PayloadOrigin ReadOrigin(this BinaryReader reader)
    {
        var origin = new PayloadOrigin
        {
            Transport = (Transport)reader.ReadByte(),
            Source = reader.ReadAddress(),
            Destination = reader.ReadAddress(),
            SourcePort = reader.ReadUInt16(),
            DestinationPort = reader.ReadUInt16(),
            Time = reader.ReadTime(),
            PacketNumber = reader.ReadInt64(),
            PacketCount = reader.ReadInt32(),
            StreamEnd = reader.ReadUInt32(),
            InterfaceIndex = reader.ReadInt32(),
            IsTruncated = reader.ReadBoolean(),
            HasOverlap = reader.ReadBoolean(),
        };
        var vlans = new ushort[Layers(reader)];
        for (var i = 0; i < vlans.Length; i++)
        {
            vlans[i] = reader.ReadUInt16();
        }

        origin.SetVlanIds(vlans, vlans.Length);
        var tunnels = reader.ReadTunnels();
        origin.SetTunnels(tunnels, tunnels?.Length ?? 0);
        return origin;
    }

    private static int Layers(BinaryReader reader) => reader.ReadByte() is var count && count <= MaximumLayers ? count : throw new FormatException("too many tags or tunnels");
}
