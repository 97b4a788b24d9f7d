using System.Buffers.Binary;
using WireDns.Alerts;
using WireDns.Alerts.Privacy;
using WireDns.Wire.Net;

namespace WireDns.Detection.Raising;

/// <summary>
/// What the ids of an alert are made of. The same capture must give the same ids, so it has nothing that is specific to a run.
/// </summary>
/// <param name="rule">The rule's id, or its title.</param>
/// <param name="payload">The message's payload.</param>
/// <param name="messageId">The DNS message's id.</param>
/// <param name="name">The question's name; null if it has none.</param>
internal sealed class FlowIdentity(string rule, in TransportPayload payload, int messageId, string? name) : AlertIdentity
{
    private const int FlowLength = 64;

    private readonly NetAddress _source = payload.Source;
    private readonly NetAddress _destination = payload.Destination;
    private readonly ushort _sourcePort = payload.SourcePort;
    private readonly ushort _destinationPort = payload.DestinationPort;
    private readonly Transport _transport = payload.Transport;
    private readonly long _time = payload.Time.Nanoseconds;

    /// <summary>The id, of what the user's privacy leaves.</summary>
    /// <param name="privacy">What hides addresses of clients.</param>
    /// <param name="isResponse">Whether the message goes to the client.</param>
    public string MakeId(ClientPrivacy privacy, bool isResponse)
    {
        Span<byte> flow = stackalloc byte[FlowLength];
        WriteFlow(flow);
        var (client, server) = isResponse ? (_destination, _source) : (_source, _destination);
        privacy.HideFlow(flow.Slice(isResponse ? 16 : 0, client.LengthInBytes), flow.Slice(isResponse ? 0 : 16, server.LengthInBytes));
        return AlertFactory.Hash(flow, $"{rule}\0{(name is null ? null : privacy.Hide(name, client.ToString()))}");
    }

    /// <inheritdoc/>
    protected override string MakeId()
    {
        Span<byte> flow = stackalloc byte[FlowLength];
        WriteFlow(flow);
        return AlertFactory.Hash(flow, string.Concat(rule, "\0", name));
    }

    /// <inheritdoc/>
    protected override string? MakeCommunityId() => Messages.CommunityId.Compute(_transport, _source, _sourcePort, _destination, _destinationPort);

    private void WriteFlow(Span<byte> flow)
    {
        flow.Clear();
        _source.WriteTo(flow);
        _destination.WriteTo(flow[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(flow[32..], _sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(flow[34..], _destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(flow[36..], (ushort)messageId);
        BinaryPrimitives.WriteInt64BigEndian(flow[38..], _time);
        flow[46] = (byte)_transport;
    }
}

/// <summary>What is known of the lookup that an alert is about, beyond its message.</summary>
/// <param name="QueryPacketNumber">The packet of the lookup's query, from 1; 0 if the query was not seen.</param>
internal readonly record struct LookupFacts(long QueryPacketNumber)
{
    /// <summary>Time from the query to the response in nanoseconds; null unless this is a response whose query was seen.</summary>
    public long? RoundTripNanoseconds { get; init; }

    /// <summary>The indicators that cover a name of the lookup, where the rule asks for them.</summary>
    public IReadOnlyList<AlertIndicator> Indicators { get; init; } = [];

    /// <summary>Whether the client is a known resolver.</summary>
    public bool IsForwarded { get; init; }
}
