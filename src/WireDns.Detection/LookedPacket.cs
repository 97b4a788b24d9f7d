using System.Runtime.CompilerServices;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Detection;

/// <summary>
/// What <see cref="Worker.Look"/> learnt about a packet: that nothing in it is wanted, or all that a worker counts of a sound message, or nothing.
/// It refers to nothing, so it can be kept beside the packet until the worker comes to it.
/// </summary>
public struct LookedPacket
{
    internal PlainPacket Packet;
    internal LookupKey Key;
    internal ulong NameHash;
    internal bool IsResponse;

    /// <summary>Whether the consumer does not want the message's name.</summary>
    internal bool IsUnwanted;

    /// <summary>Whether that was not known of the name before.</summary>
    internal bool IsNewName;

    /// <summary>Whether all was learnt that a worker counts of a message.</summary>
    public readonly bool HasMessage => Packet.Kind == PlainPacketKind.Datagram;

    /// <summary>Looks at a packet. Changes nothing but <paramref name="looked"/>.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="decoder">Knows the ports that are wanted.</param>
    /// <param name="seeds">The seeds of the worker's hashes.</param>
    /// <param name="unwantedNames">Names that the consumer does not want. Each was sound when it was added.</param>
    /// <param name="looked">What was learnt.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Look(
        scoped in Packet packet, PacketDecoder decoder, scoped in MessageSeeds seeds, UnwantedNames? unwantedNames, out LookedPacket looked)
    {
        Unsafe.SkipInit(out looked);
        decoder.Look(in packet, out looked.Packet);
        if (looked.Packet.Kind == PlainPacketKind.Datagram && !looked.TryTakeMessage(in packet, in seeds, unwantedNames))
        {
            looked.Packet = default;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTakeMessage(scoped in Packet packet, scoped in MessageSeeds seeds, UnwantedNames? unwantedNames)
    {
        var message = Packet.PayloadOf(in packet);
        var ports = Packet.PortsOf(in packet);
        if (!DnsGlance.TryRead(message, seeds.Name, out var glance) || SeenLookups.IsOfGroup((ushort)(ports >> 16)) || SeenLookups.IsOfGroup((ushort)ports))
        {
            return false;
        }

        NameHash = glance.NameHash;
        unwantedNames?.Expect(glance.NameHash);
        if (!glance.HasSoundRecords(message))
        {
            return false;
        }

        var (source, destination) = Packet.EndsOf(in packet);
        IsResponse = glance.IsResponse;
        var question = LookupKey.OfQuestion(glance.NameHash, glance.TypeAndClassIn(message));
        Key = LookupKey.Of(source, destination, ports, glance.IsResponse, glance.Id, Transport.Udp, question, in seeds);
        IsUnwanted = unwantedNames is not null && unwantedNames.Contains(glance.NameHash);
        IsNewName = !IsUnwanted && unwantedNames is not null && unwantedNames.HasNothing(message, in glance);
        IsUnwanted |= IsNewName;
        return IsUnwanted || glance.HasSoundName(message);
    }
}
