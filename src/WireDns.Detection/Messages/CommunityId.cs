using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using WireDns.Wire.Net;

namespace WireDns.Detection.Messages;

/// <summary>
/// The Community ID flow hash, version 1 with seed 0 (https://github.com/corelight/community-id-spec): the same text for both directions of a flow,
/// identical to what Zeek, Suricata and Wireshark write.
/// </summary>
internal static class CommunityId
{
    /// <summary>Length of every id in characters: <c>1:</c> and 20 octets in Base64.</summary>
    public const int TextLength = 30;

    /// <summary>The id of a flow. Allocates only the text.</summary>
    public static string Compute(
        Transport transport, NetAddress source, ushort sourcePort, NetAddress destination, ushort destinationPort)
    {
        Span<byte> id = stackalloc byte[TextLength];
        Write(transport, source, sourcePort, destination, destinationPort, id);
        return Encoding.ASCII.GetString(id);
    }

    /// <summary>Writes the id of a flow as <see cref="TextLength"/> bytes of ASCII.</summary>
    public static void Write(
        Transport transport, NetAddress source, ushort sourcePort, NetAddress destination, ushort destinationPort, Span<byte> id)
    {
        // seed (2) + addresses (2 × 16) + protocol and padding (2) + ports (2 × 2)
        Span<byte> input = stackalloc byte[40];
        Span<byte> first = stackalloc byte[16];
        Span<byte> second = stackalloc byte[16];
        source.WriteTo(first);
        destination.WriteTo(second);
        var length = source.LengthInBytes;
        var order = first[..length].SequenceCompareTo(second[..length]);
        if (order > 0 || (order == 0 && sourcePort > destinationPort))
        {
            (sourcePort, destinationPort) = (destinationPort, sourcePort);
            source.WriteTo(second);
            destination.WriteTo(first);
        }

        first[..length].CopyTo(input[2..]);
        second[..length].CopyTo(input[(2 + length)..]);
        var rest = input[(2 + (2 * length))..];
        rest[0] = (byte)transport;
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(rest[4..], destinationPort);

        Span<byte> hash = stackalloc byte[ShortDigests.Sha1Length];
        ShortDigests.Sha1(input[..(8 + (2 * length))], hash); // the specification names SHA-1; the id is a label, not a secret
        "1:"u8.CopyTo(id);
        Base64.EncodeToUtf8(hash, id[2..], out _, out _);
    }
}
