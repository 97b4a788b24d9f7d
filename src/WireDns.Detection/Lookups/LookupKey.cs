using System.Buffers.Binary;
using WireDns.Sigma;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Lookups;

/// <summary>
/// What the query and the response of one lookup have in common: client, server, their ports, transport, DNS id, question (without case) and
/// tunnel. Not the VLAN: mirrors tag the two directions differently.
/// </summary>
/// <param name="Digest">
/// 128 bits over all of it, under a seed that no sender knows: different keys do not collide in practice.
/// </param>
internal readonly record struct LookupKey(UInt128 Digest)
{
    /// <summary>The key of the lookup that a message belongs to.</summary>
    public static LookupKey Of(in TransportPayload payload, UInt128 seed)
    {
        var reader = new DnsMessageReader(payload.Data, payload.IsTruncated);
        var isResponse = reader.Header.IsResponse;
        var transport = ((ulong)payload.Transport << 16) | reader.Header.Id;
        var hash = new KeyedHash(seed);
        if (isResponse)
        {
            Add(ref hash, payload.Destination, payload.Source, payload.DestinationPort, payload.SourcePort, transport);
        }
        else
        {
            Add(ref hash, payload.Source, payload.Destination, payload.SourcePort, payload.DestinationPort, transport);
        }

        hash.Add(((ulong)payload.Transport << 16) | reader.Header.Id);
        if (reader.TryReadQuestion(out var question))
        {
            hash.Add(((ulong)question.Type << 16) | (ushort)question.Class, 0);
            hash.Add(question.Name.HashIgnoreCase((ulong)seed), question.Name.HashIgnoreCase((ulong)(seed >> 64)));
        }

        foreach (var tunnel in payload.Tunnels)
        {
            hash.Add(((ulong)tunnel.Kind << 32) | tunnel.Id, 0);
        }

        return new LookupKey(hash.Digest);
    }

    private static void Add(ref KeyedHash hash, NetAddress client, NetAddress server, ushort clientPort, ushort serverPort, ulong transport)
    {
        Span<byte> addresses = stackalloc byte[32];
        addresses.Clear();
        client.WriteTo(addresses);
        server.WriteTo(addresses[16..]);
        for (var index = 0; index < addresses.Length; index += 2 * sizeof(ulong))
        {
            hash.Add(BinaryPrimitives.ReadUInt64LittleEndian(addresses[index..]), BinaryPrimitives.ReadUInt64LittleEndian(addresses[(index + sizeof(ulong))..]));
        }

        hash.Add(((ulong)clientPort << 32) | ((ulong)serverPort << 16) | (client.IsIpv6 ? 1u : 0u), transport);
    }
}
