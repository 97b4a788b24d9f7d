using System.Buffers.Binary;
using WireDns.Wire.Net;

namespace WireDns.Inspection;

/// <summary>
/// Finds the packets that a message came in. Independent of the decoder, and proven by content: if the packets do not hold the message
/// octet for octet, the answer is "not known".
/// </summary>
internal static class MessageTrace
{
    // How far a stream is searched around the current segment: the longest message, and what may wait after a gap.
    private const int Reach = 260_000;

    /// <summary>Numbers of the packets, ascending; empty if they are not known.</summary>
    /// <param name="message">The message.</param>
    /// <param name="last">The packet that completed it.</param>
    /// <param name="earlier">Packets before that one, oldest first.</param>
    /// <param name="released">How many of them were held until then.</param>
    public static IReadOnlyList<long> Find(
        InspectedMessage message, (long Number, byte[] Data) last, IEnumerable<(long Number, byte[] Data)> earlier, int released) =>
        message.Origin.Transport == Transport.Tcp ? FindSegments(message, last, earlier)
        : released == 0 ? [last.Number]
        : FindFragments(message, last, earlier, released);

    private static long[] FindFragments(
        InspectedMessage message, (long Number, byte[] Data) last, IEnumerable<(long Number, byte[] Data)> earlier, int released)
    {
        if (!FlowPart.TryFind(last.Data, message.Origin.Source, message.Origin.Destination, out var part) || !part.IsFragment)
        {
            // The datagram around a tunnel was in fragments: the tunnel's payload does not show which.
            return [];
        }

        var identification = part.Identification;
        var fragments = earlier.Reverse()
            .Where(packet => FlowPart.TryFind(packet.Data, message.Origin.Source, message.Origin.Destination, out var other)
                && other.IsFragment && other.Identification == identification)
            .Take(released)
            .Select(packet => packet.Number)
            .ToList();
        return fragments.Count == released ? [.. fragments.Order(), last.Number] : [];
    }

    private static IReadOnlyList<long> FindSegments(
        InspectedMessage message, (long Number, byte[] Data) last, IEnumerable<(long Number, byte[] Data)> earlier)
    {
        var segments = earlier.Append(last).Select(packet => Segment.Read(packet.Number, packet.Data, message)).OfType<Segment>().ToList();
        if (segments.Count == 0)
        {
            return [];
        }

        // Places are counted from the current segment. Anything out of reach is from another time of the stream, or forged.
        var origin = segments[^1].Sequence;
        int Place(Segment segment) => (int)(segment.Sequence - origin);
        segments.RemoveAll(segment => Place(segment) is < -Reach or > Reach);
        var first = segments.Min(Place);
        var stream = new byte[segments.Max(segment => Place(segment) + segment.Payload.Length) - first];
        var owners = new long[stream.Length];
        foreach (var segment in segments)
        {
            var start = Place(segment) - first;
            for (var i = 0; i < segment.Payload.Length; i++)
            {
                // The bytes that arrived first stay, as in the decoder.
                if (owners[start + i] == 0)
                {
                    (stream[start + i], owners[start + i]) = (segment.Payload.Span[i], segment.Number);
                }
            }
        }

        var framed = new byte[2 + message.Data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Data.Length);
        message.Data.CopyTo(framed, 2);
        var isInLast = segments[^1].Number == last.Number;
        return Locate(stream, owners, framed, -first, isInLast ? segments[^1].Payload.Length - first : 0);
    }

    // The place of the message: the first that the current segment holds a part of; without such a segment, the last there is.
    private static IReadOnlyList<long> Locate(byte[] stream, long[] owners, byte[] framed, int startOfLast, int endOfLast)
    {
        IReadOnlyList<long> found = [];
        for (var from = 0; ;)
        {
            var place = stream.AsSpan(from).IndexOf(framed);
            if (place < 0)
            {
                return found;
            }

            place += from;
            from = place + 1;
            var range = owners.AsSpan(place, framed.Length);
            if (range.Contains(0))
            {
                continue;
            }

            if (endOfLast == 0)
            {
                found = [.. range.ToArray().Distinct().Order()];
            }
            else if (place < endOfLast && place + framed.Length > startOfLast)
            {
                return [.. range.ToArray().Distinct().Order()];
            }
        }
    }

    /// <summary>A TCP segment in the direction of the message.</summary>
    private sealed record Segment(long Number, uint Sequence, ReadOnlyMemory<byte> Payload)
    {
        /// <summary>The segment that a packet holds; null if it is not of the message's stream, or has no payload.</summary>
        public static Segment? Read(long number, byte[] packet, InspectedMessage message)
        {
            var ports = ((uint)message.Origin.SourcePort << 16) | message.Origin.DestinationPort;
            if (!FlowPart.TryFind(packet, message.Origin.Source, message.Origin.Destination, out var part)
                || !part.TryReadTcp(out var found, out var sequence, out var data) || found != ports || data.IsEmpty)
            {
                return null;
            }

            ((ReadOnlySpan<byte>)packet).Overlaps(data, out var offset);
            return new Segment(number, sequence, packet.AsMemory(offset, data.Length));
        }
    }
}
