namespace WireDns.Detection.Lists;

/// <summary>One value per line. <c>#</c> begins a comment at the beginning of a line or after a blank.</summary>
internal static class PlainList
{
    private static ReadOnlySpan<byte> Blanks => " \t"u8;

    /// <summary>Reads the values.</summary>
    public static void Read(LineReader lines, ListReading reading)
    {
        var firstOther = 0;
        while (!reading.IsHopeless && lines.TryRead(out var line))
        {
            var value = Strip(line);
            if (value.IsEmpty)
            {
                continue;
            }

            reading.Add(lines.Number, value);
            firstOther = firstOther == 0 && reading.List.OtherTexts > 0 ? lines.Number : firstOther;
        }

        // A list of texts is nobody's mistake; a list of names with a few lines of another kind may be.
        if (reading.List.OtherTexts < reading.List.Count)
        {
            reading.Note(reading.List.OtherTexts, $"of {reading.List.Count:N0} values are no host names (the first in line {firstOther}): taken as they stand");
        }
    }

    /// <summary>The content of a line, without the blanks around it and the comment after it; empty if there is nothing else.</summary>
    public static ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> line)
    {
        var value = line.Trim(Blanks);
        for (var start = 0; value[start..].IndexOf((byte)'#') is >= 0 and var offset; start += offset + 1)
        {
            var comment = start + offset;
            if (comment == 0 || value[comment - 1] is (byte)' ' or (byte)'\t')
            {
                return value[..comment].TrimEnd(Blanks);
            }
        }

        return value;
    }
}
