using WireDns.Wire.Framing;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// Payloads that one packet completed and that are not views of it: copies, in the order of delivery. Emptied before each packet; its memory is kept.
/// </summary>
internal sealed class ReleaseQueue
{
    private byte[] _bytes = [];
    private int _used;
    private ReleasedPayload[] _deliveries = new ReleasedPayload[4];
    private int _count;
    private int _next;

    /// <summary>Whether there is anything left to take.</summary>
    public bool IsEmpty => _next == _count;

    public void Clear()
    {
        _used = 0;
        _count = 0;
        _next = 0;
    }

    /// <summary>Adds a delivery and returns the memory for its bytes, which the caller fills at once.</summary>
    public Span<byte> Add(in ReleasedPayload delivery, int lengthInBytes)
    {
        if (_bytes.Length - _used < lengthInBytes)
        {
            Array.Resize(ref _bytes, Math.Max(Math.Max(_bytes.Length * 2, 65_536), _used + lengthInBytes));
        }

        if (_count == _deliveries.Length)
        {
            Array.Resize(ref _deliveries, _count * 2);
        }

        ref var added = ref _deliveries[_count++];
        added = delivery;
        added.Offset = _used;
        added.Length = lengthInBytes;
        _used += lengthInBytes;
        return _bytes.AsSpan(added.Offset, lengthInBytes);
    }

    /// <summary>Takes the next payload; from a run of messages, one at a time.</summary>
    public bool TryTake(out ReadOnlySpan<byte> payload, out ReleasedPayload delivery, out bool hasOverlap)
    {
        if (_next == _count)
        {
            payload = default;
            delivery = default;
            hasOverlap = false;
            return false;
        }

        ref var current = ref _deliveries[_next];
        var rest = (ReadOnlySpan<byte>)_bytes.AsSpan(current.Offset, current.Length);
        delivery = current;
        hasOverlap = current.HasOverlapWithin(rest, out var taken);
        delivery.StreamEnd += (uint)taken;
        payload = current.Transport == Transport.Tcp ? MessageFraming.Take(ref rest) : rest;
        if (current.Transport == Transport.Tcp && !rest.IsEmpty)
        {
            current.Offset += taken;
            current.StreamEnd += (uint)taken;
            current.Length -= taken;
            current.OverlapFrom -= taken;
            current.OverlapTo -= taken;
        }
        else
        {
            _next++;
        }

        return true;
    }
}
