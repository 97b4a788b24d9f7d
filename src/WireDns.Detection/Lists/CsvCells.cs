namespace WireDns.Detection.Lists;

/// <summary>The cells of a row, from left to right, without the quotes and the blanks around them.</summary>
/// <param name="row">The row.</param>
/// <param name="delimiter">The character between cells.</param>
internal ref struct CsvCells(ReadOnlySpan<byte> row, byte delimiter)
{
    private ReadOnlySpan<byte> _rest = row;
    private bool _isAtEnd;

    private static ReadOnlySpan<byte> Blanks => " \t"u8;

    /// <summary>The cell that was read.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Whether reading ended because a quoted cell does not end before the next column.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Reads the next cell; false after the last one.</summary>
    public bool TryRead()
    {
        if (_isAtEnd)
        {
            return false;
        }

        // Some programs put a blank between the comma and the quote.
        var start = _rest.IndexOfAnyExcept((byte)' ');
        return start >= 0 && _rest[start] == '"' ? TryReadQuoted(_rest[(start + 1)..]) : ReadPlain();
    }

    private bool ReadPlain()
    {
        var length = _rest.IndexOf(delimiter);
        Current = (length < 0 ? _rest : _rest[..length]).Trim(Blanks);
        Skip(length);
        return true;
    }

    private bool TryReadQuoted(ReadOnlySpan<byte> rest)
    {
        var hasQuotes = false;
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] != '"')
            {
                continue;
            }

            if (i + 1 < rest.Length && rest[i + 1] == '"')
            {
                hasQuotes = true;
                i++;
                continue;
            }

            var after = rest[(i + 1)..];
            var length = after.IndexOf(delimiter);
            if (!(length < 0 ? after : after[..length]).Trim(Blanks).IsEmpty)
            {
                break;
            }

            Current = (hasQuotes ? Unquote(rest[..i]) : rest[..i]).Trim(Blanks);
            _rest = after;
            Skip(length);
            return true;
        }

        IsBroken = true;
        _isAtEnd = true;
        return false;
    }

    private void Skip(int length)
    {
        _isAtEnd = length < 0;
        _rest = _isAtEnd ? default : _rest[(length + 1)..];
    }

    // Two quotes in a quoted cell are one.
    private static byte[] Unquote(ReadOnlySpan<byte> cell)
    {
        var text = new List<byte>(cell.Length);
        for (var i = 0; i < cell.Length; i++)
        {
            text.Add(cell[i]);
            i += cell[i] == '"' ? 1 : 0;
        }

        return [.. text];
    }
}
