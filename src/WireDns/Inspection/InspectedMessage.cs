using WireDns.Wire.Net;

namespace WireDns.Inspection;

/// <summary>A payload that the decoder delivered as a DNS message, with everything that it said about it: a copy that outlives the packet.</summary>
internal sealed record InspectedMessage
{
    private readonly PayloadOrigin _origin;

    /// <summary>A copy of what the decoder delivered.</summary>
    public InspectedMessage(in TransportPayload payload)
    {
        Data = payload.Data.ToArray();
        _origin.CopyFrom(payload.Origin);
    }

    /// <summary>The message; over TCP without its length prefix.</summary>
    public byte[] Data { get; }

    /// <summary>Where and when it was captured, and who sent it to whom.</summary>
    public ref readonly PayloadOrigin Origin => ref _origin;

    /// <summary>Numbers of the packets that it came in, ascending; empty if they are not known.</summary>
    public IReadOnlyList<long> Packets { get; init; } = [];

    /// <summary>Whether it was delivered because the capture ended, not because of the packet's content.</summary>
    public bool IsReleasedByEnd { get; init; }

    /// <summary>The message as the decoder delivers it.</summary>
    public TransportPayload ToPayload() => new(Data, in _origin);
}
