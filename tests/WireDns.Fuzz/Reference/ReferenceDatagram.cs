namespace WireDns.Fuzz.Reference;

/// <summary>
/// A datagram in fragments the plain way: an array of octets for IPv4, in which the first to arrive stays (RFC 791 §3.2), and a list
/// of ranges for IPv6, of which none may overlap another (RFC 8200 §4.5, RFC 5722).
/// </summary>
internal sealed class ReferenceDatagram(int capacity)
{
    private const long TimeoutInNanoseconds = 60_000_000_000;

    private readonly byte[] _octets = new byte[capacity];
    private readonly byte[] _whole = new byte[capacity];
    private readonly bool[] _hasArrived = new bool[capacity];
    private readonly List<(int Offset, int End)> _ranges = [];
    private byte[] _completing = [];
    private int _completingOffset;
    private int _length;
    private int _furthest;
    private long _since;
    private bool _isDisputed;
    private State _state;

    private enum State
    {
        Absent,
        Collecting,
        Refused,
        Complete,
    }

    public void Clear() => _state = State.Absent;

    /// <summary>Takes a fragment.</summary>
    /// <param name="isIpv6">Whether of IPv6.</param>
    /// <param name="offset">Where it belongs, in bytes; a multiple of 8.</param>
    /// <param name="hasMore">Whether others follow it.</param>
    /// <param name="octets">What it holds.</param>
    /// <param name="now">Capture time, in nanoseconds.</param>
    /// <param name="isDisputed">Whether two fragments of the datagram that this completes had different octets in one place.</param>
    /// <returns>The whole datagram, if this completes it; else nothing.</returns>
    public ReadOnlySpan<byte> Add(bool isIpv6, int offset, bool hasMore, ReadOnlySpan<byte> octets, long now, out bool isDisputed)
    {
        isDisputed = false;
        if (offset == 0 && !hasMore)
        {
            // Whole, so not a fragment (RFC 6946 for IPv6).
            octets.CopyTo(_whole);
            return _whole.AsSpan(0, octets.Length);
        }

        var end = offset + octets.Length;
        if (hasMore && octets.Length % 8 != 0)
        {
            return default;
        }

        if (_state != State.Absent && now - _since > TimeoutInNanoseconds)
        {
            _state = State.Absent;
        }

        if (_state == State.Refused || (_state == State.Complete && offset == _completingOffset && octets.SequenceEqual(_completing)))
        {
            return default;
        }

        if (_state != State.Collecting)
        {
            Begin(now);
        }

        var isLengthKnown = _length >= 0;
        if (isLengthKnown ? end > _length || (!hasMore && end != _length) : !hasMore && end < _furthest)
        {
            return default;
        }

        if (isIpv6 && _ranges.Exists(range => range.Offset < end && offset < range.End))
        {
            _state = _ranges.Contains((offset, end)) ? State.Collecting : State.Refused;
            _isDisputed |= _state == State.Collecting && !octets.SequenceEqual(_octets.AsSpan(offset, octets.Length));
            return default;
        }

        _ranges.Add((offset, end));
        for (var i = 0; i < octets.Length; i++)
        {
            if (!_hasArrived[offset + i])
            {
                _octets[offset + i] = octets[i];
                _hasArrived[offset + i] = true;
            }

            _isDisputed |= _octets[offset + i] != octets[i];
        }

        _length = hasMore ? _length : end;
        _furthest = Math.Max(_furthest, end);
        if (_length <= 0 || _hasArrived.AsSpan(0, _length).Contains(false))
        {
            return default;
        }

        isDisputed = _isDisputed;
        _state = State.Complete;
        _completingOffset = offset;
        _completing = octets.ToArray();
        return _octets.AsSpan(0, _length);
    }

    private void Begin(long now)
    {
        _state = State.Collecting;
        _since = now;
        _length = -1;
        _furthest = 0;
        _ranges.Clear();
        Array.Clear(_hasArrived);
        _isDisputed = false;
    }
}
