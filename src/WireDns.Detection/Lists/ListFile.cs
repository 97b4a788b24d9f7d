namespace WireDns.Detection.Lists;

/// <summary>Reads files of values for placeholders.</summary>
public static class ListFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="stream">Its bytes.</param>
    /// <param name="name">Its name in faults and notes.</param>
    /// <param name="format">Its format; null to find it by the content.</param>
    /// <param name="column">For CSV, the column that has the values: its name in the first row, or its number from 1.</param>
    /// <returns>The values, and what is wrong with the file. If it has faults, its values cannot be used.</returns>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static ListReading Read(Stream stream, string name, ListFormat? format, string? column = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        var lines = new LineReader(stream);
        var reading = new ListReading(name);
        var beginning = lines.Peek();
        if (IsUtf16(beginning))
        {
            reading.Fault(1, "expected a text in UTF-8, found one in UTF-16");
            return reading;
        }

        switch (format ?? ListFormatFinder.Find(beginning))
        {
            case ListFormat.Hosts:
                HostsList.Read(lines, reading);
                break;
            case ListFormat.Rpz:
                new RpzList(reading).Read(lines);
                break;
            case ListFormat.Csv:
                new CsvList(reading, column).Read(lines, beginning);
                break;
            default:
                reading.List.Reserve(stream.CanSeek ? stream.Length + 1 : 0);
                PlainList.Read(lines, reading);
                break;
        }

        if (lines.IsTooLong)
        {
            reading.Fault(lines.Number, $"a line is longer than {LineReader.MaximumLineLength >> 20} MiB");
        }
        else if (reading.Values.Count == 0 && reading.Faults.Count == 0)
        {
            reading.Fault(lines.Number, "expected at least one value, found none");
        }

        return reading;
    }

    // A file that another system's editor saved so: the byte order marks of UTF-16.
    private static bool IsUtf16(ReadOnlySpan<byte> beginning) => beginning is [0xff, 0xfe, ..] or [0xfe, 0xff, ..];
}

/// <summary>How a file of values is written.</summary>
public enum ListFormat
{
    /// <summary>One value per line; <c>#</c> begins a comment.</summary>
    Plain,

    /// <summary>An address and names per line, as in <c>/etc/hosts</c>.</summary>
    Hosts,

    /// <summary>A response policy zone: a master file (RFC 1035 §5) whose owner names are the values.</summary>
    Rpz,

    /// <summary>Columns between commas, semicolons or tabs (RFC 4180), of which one has the values.</summary>
    Csv,
}
