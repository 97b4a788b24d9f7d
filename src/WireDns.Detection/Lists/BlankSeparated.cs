namespace WireDns.Detection.Lists;

/// <summary>The words of a line, between blanks and tabs.</summary>
internal ref struct BlankSeparated(ReadOnlySpan<byte> line)
{
    private static ReadOnlySpan<byte> Blanks => " \t"u8;

    private readonly int _length = line.Length;
    private ReadOnlySpan<byte> _rest = line;

    /// <summary>Where the word that was read begins in the line, from 1.</summary>
    public int Column { get; private set; } = 1;

    /// <summary>Reads the next word; false and an empty one if there is none.</summary>
    public bool TryRead(out ReadOnlySpan<byte> word)
    {
        var start = _rest.IndexOfAnyExcept(Blanks);
        if (start < 0)
        {
            word = default;
            return false;
        }

        Column = _length - _rest.Length + start + 1;
        _rest = _rest[start..];
        var length = _rest.IndexOfAny(Blanks);
        word = length < 0 ? _rest : _rest[..length];
        _rest = _rest[word.Length..];
        return true;
    }
}
