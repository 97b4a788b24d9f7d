namespace WireDns.Detection.Messages;

/// <summary>
/// The texts of one message, one after the other in a buffer that grows to what messages need and is reused for each. A view stays valid
/// when the buffer grows, until <see cref="Clear"/>.
/// </summary>
internal sealed class TextBuffer
{
    // A buffer that an unusual message has grown past this is released with the next message.
    private const int LargestKept = 1 << 20;

    private byte[] _bytes = new byte[4096];

    /// <summary>Length of all texts, in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>One text.</summary>
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

    /// <summary>Room for at least <paramref name="length"/> bytes after the texts, to be kept with <see cref="Append"/>.</summary>
    public Span<byte> Free(int length)
    {
        if (_bytes.Length - Length < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + length));
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Keeps the first bytes of what <see cref="Free"/> gave, as a text.</summary>
    public ReadOnlySpan<byte> Append(int length)
    {
        var text = _bytes.AsSpan(Length, length);
        Length += length;
        return text;
    }
}

/// <summary>Where a text is in a <see cref="TextBuffer"/>.</summary>
internal readonly record struct TextRange(int Start, int Length);
