using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection;

/// <summary>
/// What the query and the response of one lookup have in common: client, server, their ports, transport, DNS id, question (without case) and
/// tunnel. Not the VLAN: mirrors tag the two directions differently.
/// </summary>
internal readonly record struct LookupKey
{
    private LookupKey(
        NetAddress client, NetAddress server, uint ports, Transport transport, ushort id, uint typeAndClass, UInt128 name, ulong tunnel)
    {
        Client = client;
        Server = server;
        Ports = ports;
        Transport = transport;
        Id = id;
        TypeAndClass = typeAndClass;
        Name = name;
        Tunnel = tunnel;
    }

    private NetAddress Client { get; }

    private NetAddress Server { get; }

    private uint Ports { get; }

    private Transport Transport { get; }

    private ushort Id { get; }

    private uint TypeAndClass { get; }

    // 128 bits under a seed that no sender knows stand for the name: two names that agree in them are not to be had.
    private UInt128 Name { get; }

    private ulong Tunnel { get; }

    /// <summary>The key of the lookup that a message belongs to.</summary>
    public static LookupKey Of(in TransportPayload payload, UInt128 seed)
    {
        var reader = new DnsMessageReader(payload.Data, payload.IsTruncated);
        var isResponse = reader.Header.IsResponse;
        var hasQuestion = reader.TryReadQuestion(out var question);
        var name = hasQuestion
            ? new UInt128(question.Name.HashIgnoreCase((ulong)(seed >> 64)), question.Name.HashIgnoreCase((ulong)seed))
            : UInt128.Zero;
        ulong tunnel = 0;
        foreach (var layer in payload.Tunnels)
        {
            tunnel = (tunnel * 0x9e3779b97f4a7c15) + layer.Id + ((ulong)layer.Kind << 32) + 1;
        }

        return new LookupKey(
            isResponse ? payload.Destination : payload.Source,
            isResponse ? payload.Source : payload.Destination,
            isResponse
                ? ((uint)payload.DestinationPort << 16) | payload.SourcePort
                : ((uint)payload.SourcePort << 16) | payload.DestinationPort,
            payload.Transport,
            reader.Header.Id,
            hasQuestion ? ((uint)(ushort)question.Type << 16) | (ushort)question.Class : 0,
            name,
            tunnel);
    }
}
