namespace WireDns.Wire.Dns;

/// <summary>
/// Walks the labels of a <see cref="DnsName"/> from the left, without the root. Lengths and pointers were checked when the name was read.
/// </summary>
public ref struct DnsLabelEnumerator
{
    private readonly ReadOnlySpan<byte> _message;
    private int _position;
    private int _remaining;

    internal DnsLabelEnumerator(ReadOnlySpan<byte> message, int start, int labelCount)
    {
        _message = message;
        _position = start;
        _remaining = labelCount;
        Current = default;
    }

    /// <summary>The octets of the label, 1 to 63, without its length.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Moves to the next label; false if there is none.</summary>
    public bool MoveNext()
    {
        if (_remaining == 0)
        {
            return false;
        }

        int length = _message[_position];
        while (length >= 0xc0)
        {
            _position = ((length & 0x3f) << 8) | _message[_position + 1];
            length = _message[_position];
        }

        Current = _message.Slice(_position + 1, length);
        _position += length + 1;
        _remaining--;
        return true;
    }
}
