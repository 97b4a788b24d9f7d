namespace WireDns.Detection.Messages;

/// <summary>
/// The texts of one message, stored one after another in a buffer that grows as needed and is reused. A view stays valid when the buffer grows, until
/// <see cref="Clear"/>.
/// </summary>
internal sealed class TextBuffer
{
    // If an unusual message has made the buffer larger than this, the buffer is released at the next message.
    private const int LargestKept = 1 << 20;

    private byte[] _bytes = new byte[4096];

    /// <summary>Total length of all texts, in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes of a text.</summary>
    public ReadOnlySpan<byte> this[TextRange range] => _bytes.AsSpan(range.Start, range.Length);

    /// <summary>Forgets all texts.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > LargestKept)
        {
            _bytes = new byte[4096];
        }
    }

    /// <summary>Free space for at least <paramref name="length"/> bytes after the texts. Call <see cref="Append"/> to keep them.</summary>
    public Span<byte> Free(int length)
    {
        if (_bytes.Length - Length < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + length));
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Keeps the first bytes of the space from <see cref="Free"/> as a text.</summary>
    public ReadOnlySpan<byte> Append(int length)
    {
        var text = _bytes.AsSpan(Length, length);
        Length += length;
        return text;
    }
}

/// <summary>The position of a text in a <see cref="TextBuffer"/>, in bytes.</summary>
internal readonly record struct TextRange(int Start, int Length);
