namespace WireDns.Detection.Lists;

/// <summary>The rows of a CSV file (RFC 4180; semicolons and tabs are read too). Lines that begin with <c>#</c> are comments.</summary>
/// <param name="lines">The file.</param>
/// <param name="reading">Takes what is wrong with it.</param>
/// <param name="beginning">Its first bytes, which show the separator.</param>
internal sealed class CsvRows(LineReader lines, IListValues reading, ReadOnlySpan<byte> beginning)
{
    private byte[] _row = new byte[256];

    /// <summary>The character between cells: a comma, a semicolon or a tab.</summary>
    public byte Delimiter { get; } = FindDelimiter(beginning);

    private static ReadOnlySpan<byte> Blanks => " \t"u8;

    /// <summary>A row: one line, or several if a quoted cell has line ends. Blank lines and comments are skipped.</summary>
    public bool TryRead(out ReadOnlySpan<byte> row, out int number)
    {
        while (lines.TryRead(out row))
        {
            number = lines.Number;
            if (row.Trim(Blanks).IsEmpty || row[0] == '#')
            {
                continue;
            }

            if (row.Count((byte)'"') % 2 == 0)
            {
                return true;
            }

            return TryReadRest(ref row, number);
        }

        number = lines.Number;
        return false;
    }

    // An odd number of quotes: the row continues on the next line.
    private bool TryReadRest(ref ReadOnlySpan<byte> row, int number)
    {
        var length = 0;
        var quotes = 0;
        do
        {
            quotes += row.Count((byte)'"');
            if (length + row.Length + 1 > LineReader.MaximumLineLength)
            {
                reading.Fault(number, "a quoted cell does not end within a megabyte");
                return false;
            }

            if (_row.Length < length + row.Length + 1)
            {
                Array.Resize(ref _row, 2 * (length + row.Length + 1));
            }

            row.CopyTo(_row.AsSpan(length));
            length += row.Length;
            if (quotes % 2 == 0)
            {
                row = _row.AsSpan(0, length);
                return true;
            }

            _row[length++] = (byte)'\n';
        }
        while (lines.TryRead(out row));

        reading.Fault(number, "a quoted cell does not end");
        return false;
    }

    private static byte FindDelimiter(ReadOnlySpan<byte> beginning)
    {
        foreach (var range in beginning.Split((byte)'\n'))
        {
            var line = beginning[range];
            if (line.IsEmpty || line[0] is (byte)'#' or (byte)'\r')
            {
                continue;
            }

            var (commas, semicolons, tabs) = (line.Count((byte)','), line.Count((byte)';'), line.Count((byte)'\t'));
            return tabs > Math.Max(commas, semicolons) ? (byte)'\t' : semicolons > commas ? (byte)';' : (byte)',';
        }

        return (byte)',';
    }
}
