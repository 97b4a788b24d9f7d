using System.Buffers.Binary;

namespace WireDns.Benchmarks.Checking;

/// <summary>One direction of a TCP connection, its octets sorted by position; nothing is ever given up.</summary>
internal sealed class AuditedStream(uint firstSequence)
{
    private readonly Dictionary<uint, byte> _ahead = [];
    private readonly List<byte> _received = [];
    private uint _next = firstSequence;

    /// <summary>Adds a segment's payload at its sequence number.</summary>
    public void Add(uint sequence, ReadOnlySpan<byte> payload)
    {
        for (var index = 0; index < payload.Length; index++)
        {
            var place = sequence + (uint)index;
            if ((int)(place - _next) >= 0)
            {
                _ahead.TryAdd(place, payload[index]);
            }
        }

        while (_ahead.Remove(_next, out var octet))
        {
            _received.Add(octet);
            _next++;
        }
    }

    /// <summary>Takes the next message if it is whole (RFC 1035 §4.2.2).</summary>
    public byte[]? TakeMessage()
    {
        if (_received.Count < 2)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian([_received[0], _received[1]]);
        if (_received.Count < 2 + length)
        {
            return null;
        }

        var message = _received.GetRange(2, length).ToArray();
        _received.RemoveRange(0, 2 + length);
        return message;
    }
}
