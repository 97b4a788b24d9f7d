namespace WireDns.Wire.Dns;

/// <summary>
/// Walks the names of a message's questions that break off, each with the labels before its fault: over 255 octets, a forbidden label type,
/// a pointer out of the message, a loop. Some resolvers accept such names, so these labels may be what was looked up.
/// </summary>
/// <remarks>Use it in a <c>foreach</c>. Names of which no label could be read are skipped.</remarks>
public ref struct DnsBrokenNames
{
    private readonly ReadOnlySpan<byte> _message;
    private int _position;
    private int _remaining;
    private DnsName _current;

    /// <param name="message">The whole message.</param>
    /// <param name="position">Where the first question that may have such a name starts, in bytes from the start of the message.</param>
    /// <param name="questions">How many questions follow from there.</param>
    internal DnsBrokenNames(ReadOnlySpan<byte> message, int position, int questions)
    {
        _message = message;
        _position = position;
        _remaining = questions;
    }

    /// <summary>The labels of the current name; at least one.</summary>
    public readonly DnsName Current => _current;

    /// <summary>The walk itself, for <c>foreach</c>.</summary>
    public readonly DnsBrokenNames GetEnumerator() => this;

    /// <summary>Moves to the next name; false if there is none.</summary>
    public bool MoveNext()
    {
        while (_remaining > 0 && _position < _message.Length)
        {
            var error = DnsName.Read(_message, _position, _message.Length, out _current, out _);
            var end = DnsName.FindEnd(_message, _position);
            var isCut = end < 0 || _message.Length - end < DnsQuestion.FixedLength;
            _remaining = isCut ? 0 : _remaining - 1;
            _position = end + DnsQuestion.FixedLength;
            if ((isCut || !error.IsReadable()) && !_current.IsRoot)
            {
                return true;
            }
        }

        return false;
    }
}
