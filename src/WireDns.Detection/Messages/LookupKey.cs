using System.Runtime.CompilerServices;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Messages;

/// <summary>
/// What the query and the response of one lookup have in common, as 128 bits under a secret seed: different lookups do not share a key in
/// practice, and no sender can find two that do. The VLAN is not part of it, because mirrors tag the two directions differently; nor is the
/// id of a tunnel, because a lookup that is routed from one virtual network into another is seen in both.
/// </summary>
/// <param name="Flow">A hash of client, server, their ports, transport, DNS id, and of the kinds of its tunnels.</param>
/// <param name="Question">A hash of the first question: its name without regard to case, type and class. Odd; 0 for a message without a question.</param>
public readonly record struct LookupKey(ulong Flow, ulong Question)
{
    // Odd, with many bits set: the bits of a port or a type reach the whole word.
    private const ulong PortMultiplier = 0xbb67_ae85_84ca_a73b;
    private const ulong TypeMultiplier = 0x9e37_79b9_7f4a_7c15;

    /// <summary>The key of the lookup that a message belongs to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static LookupKey Of(scoped in TransportPayload payload, scoped in DnsHeader header, ulong question, scoped in MessageSeeds seeds)
    {
        var source = payload.Source.Hash(seeds.Address) ^ (payload.SourcePort * PortMultiplier);
        var destination = payload.Destination.Hash(seeds.Address) ^ (payload.DestinationPort * PortMultiplier);
        var (client, server) = header.IsResponse ? (destination, source) : (source, destination);
        var rest = header.Id | ((ulong)payload.Transport << 16);
        foreach (var tunnel in payload.Tunnels)
        {
            rest = SecretHash.Of(rest, (ulong)tunnel.Kind << 32, seeds.Flow);
        }

        return new LookupKey(SecretHash.Of(client, server + rest, seeds.Flow), question);
    }

    /// <summary>The part of a key that stands for a question.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong OfQuestion(ulong nameHash, uint typeAndClass) => (nameHash + (typeAndClass * TypeMultiplier)) | 1;
}

/// <summary>The secret seeds of the hashes of a message. Hashes under different seeds cannot be compared.</summary>
/// <param name="Name">The seed of names.</param>
/// <param name="Address">The seed of addresses.</param>
/// <param name="Flow">The seed of flows.</param>
internal readonly record struct MessageSeeds(ulong Name, ulong Address, ulong Flow)
{
    /// <summary>New seeds, which no sender can know.</summary>
    public static MessageSeeds Next() => new(SecretSeed.Next(), SecretSeed.Next(), SecretSeed.Next());
}
