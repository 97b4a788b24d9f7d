using System.Buffers.Binary;

namespace WireDns.Fuzz.Reference;

/// <summary>
/// One direction of a TCP connection the plain way: an array of octets, in which the first to arrive stays, and messages that are
/// taken from its front as soon as they are whole (RFC 7766 §8). It knows neither loss nor an end.
/// </summary>
internal sealed class ReferenceStream(int capacity)
{
    private readonly byte[] _octets = new byte[capacity];
    private readonly bool[] _hasArrived = new bool[capacity];
    private readonly bool[] _isDisputed = new bool[capacity];
    private int _taken;

    public void Clear()
    {
        Array.Clear(_hasArrived);
        Array.Clear(_isDisputed);
        _taken = 0;
    }

    /// <summary>Takes a segment's octets.</summary>
    public void Add(int offset, ReadOnlySpan<byte> octets)
    {
        for (var i = 0; i < octets.Length; i++)
        {
            if (!_hasArrived[offset + i])
            {
                _octets[offset + i] = octets[i];
                _hasArrived[offset + i] = true;
            }
            else
            {
                _isDisputed[offset + i] |= _octets[offset + i] != octets[i];
            }
        }
    }

    /// <summary>Takes the next whole message.</summary>
    /// <param name="message">The message, without its length.</param>
    /// <param name="isDisputed">Whether any of its octets came in two versions while it waited.</param>
    public bool TryTake(out ReadOnlySpan<byte> message, out bool isDisputed)
    {
        message = default;
        isDisputed = false;
        var end = _taken + 2;
        if (!IsThere(end))
        {
            return false;
        }

        end += BinaryPrimitives.ReadUInt16BigEndian(_octets.AsSpan(_taken));
        if (!IsThere(end))
        {
            return false;
        }

        message = _octets.AsSpan(_taken + 2, end - _taken - 2);
        isDisputed = _isDisputed.AsSpan(_taken, end - _taken).Contains(true);
        _taken = end;
        return true;
    }

    private bool IsThere(int end) => end <= _octets.Length && !_hasArrived.AsSpan(_taken, end - _taken).Contains(false);
}
