using System.Numerics;
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
    private const ulong TypeMultiplier = 0x9e37_79b9_7f4a_7c15;

    /// <summary>The key of the lookup that a message belongs to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static LookupKey Of(scoped in TransportPayload payload, scoped in DnsHeader header, ulong question, scoped in MessageSeeds seeds)
    {
        var ports = ((uint)payload.SourcePort << 16) | payload.DestinationPort;
        var key = Of(payload.Source, payload.Destination, ports, header.IsResponse, header.Id, payload.Transport, question, in seeds);
        foreach (var tunnel in payload.Tunnels)
        {
            key = key with { Flow = SecretHash.Of(key.Flow, (ulong)tunnel.Kind << 32, seeds.Flow) };
        }

        return key;
    }

    /// <summary>The key of the lookup that a message outside of tunnels belongs to.</summary>
    /// <param name="source">Who sent it.</param>
    /// <param name="destination">To whom it was sent.</param>
    /// <param name="ports">The ports, the sender's in the upper 16 bits.</param>
    /// <param name="isResponse">Whether it is a response.</param>
    /// <param name="id">Its id.</param>
    /// <param name="transport">UDP or TCP.</param>
    /// <param name="question">What it asks (<see cref="OfQuestion"/>).</param>
    /// <param name="seeds">The worker's seeds.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static LookupKey Of(
        NetAddress source, NetAddress destination, uint ports, bool isResponse, ushort id, Transport transport, ulong question, scoped in MessageSeeds seeds)
    {
        // The client's port in the upper 16 bits, whoever sent it.
        var rest = ((ulong)(isResponse ? BitOperations.RotateLeft(ports, 16) : ports) << 32) | ((ulong)transport << 16) | id;
        var flow = isResponse ? NetAddress.Hash(destination, source, rest, seeds.Flow) : NetAddress.Hash(source, destination, rest, seeds.Flow);
        return new LookupKey(flow, question);
    }

    /// <summary>The part of a key that stands for a question.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong OfQuestion(ulong nameHash, uint typeAndClass) => (nameHash + (typeAndClass * TypeMultiplier)) | 1;
}

/// <summary>The secret seeds for hashing messages. Hashes under different seeds cannot be compared.</summary>
/// <param name="Name">The seed for names.</param>
/// <param name="Flow">The seed for flows.</param>
internal readonly record struct MessageSeeds(ulong Name, ulong Flow)
{
    /// <summary>New random seeds, which no sender can know.</summary>
    public static MessageSeeds Next() => new(SecretSeed.Next(), SecretSeed.Next());
}
