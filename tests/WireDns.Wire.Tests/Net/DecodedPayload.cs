using System.Buffers.Binary;
using WireDns.Wire.Net;

namespace WireDns.Wire.Tests.Net;

/// <summary>What a decoder returned, copied.</summary>
internal sealed record DecodedPayload(
    byte[] Data,
    Transport Transport,
    string Source,
    string Destination,
    int SourcePort,
    int DestinationPort,
    string Time,
    long Frame,
    string Vlans,
    string Tunnels,
    bool IsTruncated,
    bool HasOverlap)
{
    public int Id => Data.Length < 2 ? -1 : BinaryPrimitives.ReadUInt16BigEndian(Data);

    public static DecodedPayload Copy(in TransportPayload payload) => new(
        payload.Data.ToArray(),
        payload.Transport,
        payload.Source.ToString(),
        payload.Destination.ToString(),
        payload.SourcePort,
        payload.DestinationPort,
        payload.Time.ToString(),
        payload.PacketNumber,
        string.Join(' ', payload.VlanIds.ToArray()),
        string.Join(' ', payload.Tunnels.ToArray().Select(tunnel => $"{tunnel.Kind}:{tunnel.Id}")),
        payload.IsTruncated,
        payload.HasOverlap);
}
