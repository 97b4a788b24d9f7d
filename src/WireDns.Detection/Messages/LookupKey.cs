using System.Runtime.CompilerServices;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Messages;

/// <summary>
/// Identifies a lookup by what its query and response have in common, as 128 bits under a secret seed. Different lookups do not collide in practice,
/// and no sender can construct a collision. The VLAN is left out because mirrors tag the two directions differently; the id of a tunnel is left out
/// because a lookup routed from one virtual network to another is seen in both.
/// </summary>
/// <param name="Flow">A hash of the client, the server, their ports, the transport, the DNS id, and the kinds of tunnels around the message.</param>
/// <param name="Question">A hash of the first question: its name (ignoring case), type and class. Odd; 0 for a message without a question.</param>
public readonly record struct LookupKey(ulong Flow, ulong Question)
{
    // Odd, with many bits set, so that the bits of a port or a type affect the whole word.
    private const ulong PortMultiplier = 0xbb67_ae85_84ca_a73b;
    private const ulong TypeMultiplier = 0x9e37_79b9_7f4a_7c15;

    /// <summary>The key of the lookup that a message belongs to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static LookupKey Of(scoped in TransportPayload payload, scoped in DnsHeader header, ulong question, scoped in MessageSeeds seeds)
    {
        var source = HashEnd(payload.Source, payload.SourcePort, in seeds);
        var destination = HashEnd(payload.Destination, payload.DestinationPort, in seeds);
        var rest = RestOf(header.Id, payload.Transport);
        foreach (var tunnel in payload.Tunnels)
        {
            rest = SecretHash.Of(rest, (ulong)tunnel.Kind << 32, seeds.Flow);
        }

        return Of(source, destination, header.IsResponse, rest, question, in seeds);
    }

    /// <summary>The key of the lookup that a message outside of tunnels belongs to.</summary>
    /// <param name="source">Who sent it (<see cref="HashEnd"/>).</param>
    /// <param name="destination">To whom it was sent.</param>
    /// <param name="isResponse">Whether it is a response.</param>
    /// <param name="id">Its id.</param>
    /// <param name="transport">UDP or TCP.</param>
    /// <param name="question">What it asks (<see cref="OfQuestion"/>).</param>
    /// <param name="seeds">The worker's seeds.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static LookupKey Of(
        ulong source, ulong destination, bool isResponse, ushort id, Transport transport, ulong question, scoped in MessageSeeds seeds) =>
        Of(source, destination, isResponse, RestOf(id, transport), question, in seeds);

    /// <summary>The hash of an address and a port.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong HashEnd(NetAddress address, ushort port, scoped in MessageSeeds seeds) => address.Hash(seeds.Address) ^ (port * PortMultiplier);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LookupKey Of(ulong source, ulong destination, bool isResponse, ulong rest, ulong question, scoped in MessageSeeds seeds)
    {
        var (client, server) = isResponse ? (destination, source) : (source, destination);
        return new LookupKey(SecretHash.Of(client, server + rest, seeds.Flow), question);
    }

    private static ulong RestOf(ushort id, Transport transport) => id | ((ulong)transport << 16);

    /// <summary>The part of a key that stands for a question.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong OfQuestion(ulong nameHash, uint typeAndClass) => (nameHash + (typeAndClass * TypeMultiplier)) | 1;
}

/// <summary>The secret seeds for hashing messages. Hashes under different seeds cannot be compared.</summary>
/// <param name="Name">The seed for names.</param>
/// <param name="Address">The seed for addresses.</param>
/// <param name="Flow">The seed for flows.</param>
internal readonly record struct MessageSeeds(ulong Name, ulong Address, ulong Flow)
{
    /// <summary>New random seeds, which no sender can know.</summary>
    public static MessageSeeds Next() => new(SecretSeed.Next(), SecretSeed.Next(), SecretSeed.Next());
}
