using System.Buffers.Binary;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Lookups;

/// <summary>
/// What the query and the response of one lookup have in common: client, server, their ports, transport, DNS id, question (without case) and
/// tunnel. Not the VLAN: mirrors tag the two directions differently.
/// </summary>
/// <param name="Digest">
/// 128 bits over all of it, under a seed that no sender knows: two lookups that agree in them are not to be had.
/// </param>
internal readonly record struct LookupKey(UInt128 Digest)
{
    // Odd constants with many bits set (the fractional parts of the golden ratio and of the square root of 3).
    private const ulong FirstMultiplier = 0x9e3779b97f4a7c15;
    private const ulong SecondMultiplier = 0xbb67ae8584caa73b;

    /// <summary>The key of the lookup that a message belongs to.</summary>
    public static LookupKey Of(in TransportPayload payload, UInt128 seed)
    {
        var reader = new DnsMessageReader(payload.Data, payload.IsTruncated);
        var isResponse = reader.Header.IsResponse;
        var hash = new Mixer(seed);
        if (isResponse)
        {
            Add(ref hash, payload.Destination, payload.Source, payload.DestinationPort, payload.SourcePort);
        }
        else
        {
            Add(ref hash, payload.Source, payload.Destination, payload.SourcePort, payload.DestinationPort);
        }

        hash.Add(((ulong)payload.Transport << 16) | reader.Header.Id);
        if (reader.TryReadQuestion(out var question))
        {
            hash.Add(((ulong)question.Type << 16) | (ushort)question.Class);
            hash.Add(question.Name.HashIgnoreCase((ulong)seed), question.Name.HashIgnoreCase((ulong)(seed >> 64)));
        }

        foreach (var tunnel in payload.Tunnels)
        {
            hash.Add(((ulong)tunnel.Kind << 32) | tunnel.Id);
        }

        return new LookupKey(hash.Digest);
    }

    private static void Add(ref Mixer hash, NetAddress client, NetAddress server, ushort clientPort, ushort serverPort)
    {
        Span<byte> addresses = stackalloc byte[32];
        addresses.Clear();
        client.WriteTo(addresses);
        server.WriteTo(addresses[16..]);
        for (var index = 0; index < addresses.Length; index += sizeof(ulong))
        {
            hash.Add(BinaryPrimitives.ReadUInt64LittleEndian(addresses[index..]));
        }

        hash.Add(((ulong)clientPort << 32) | ((ulong)serverPort << 16) | (client.IsIpv6 ? 1u : 0u));
    }

    /// <summary>Two lanes of folded multiplication.</summary>
    private ref struct Mixer(UInt128 seed)
    {
        private ulong _first = (ulong)seed;
        private ulong _second = (ulong)(seed >> 64);

        public readonly UInt128 Digest => new(_first, _second);

        public void Add(ulong value) => Add(value, value);

        public void Add(ulong first, ulong second)
        {
            _first = Fold(_first ^ first, FirstMultiplier) + second;
            _second = Fold(_second ^ second, SecondMultiplier) + first;
        }

        private static ulong Fold(ulong left, ulong right)
        {
            var high = Math.BigMul(left, right, out var low);
            return high ^ low;
        }
    }
}
