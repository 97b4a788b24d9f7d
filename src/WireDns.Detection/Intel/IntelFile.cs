using System.Globalization;
using WireDns.Detection.Lists;
using WireDns.Detection.Messages;

namespace WireDns.Detection.Intel;

/// <summary>Reads files of indicators.</summary>
public static class IntelFile
{
    /// <summary>Reads a file. Takes memory for its indicators, whatever else is in it.</summary>
    /// <param name="stream">Its bytes.</param>
    /// <param name="name">The name of the list: letters, digits and underscores.</param>
    /// <param name="file">The file's name, for messages and alerts.</param>
    /// <param name="format">Its format; null to find it by the content.</param>
    /// <param name="column">For CSV, the column that has the names: its name in the first row, or its number from 1. Null for an export of MISP.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static IntelList Read(Stream stream, string name, string file, IntelFormat? format, string? column = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(file);
        var list = new IntelList(name, file);
        var reading = new IntelReading(list, PublicSuffixList.Shipped.Value);
        var lines = new LineReader(stream);
        var beginning = lines.Peek();
        if (beginning is [0xff, 0xfe, ..] or [0xfe, 0xff, ..])
        {
            list.Fault = $"{file}:1:1: expected a text in UTF-8, found one in UTF-16";
            return list;
        }

        var found = format ?? Find(beginning);
        switch (found)
        {
            case IntelFormat.Stix or IntelFormat.Misp:
                new JsonIndicators(reading).Read(lines.Rest());
                break;
            case IntelFormat.Csv when column is null && MispRows.Begins(beginning):
                new MispRows(reading).Read(lines, beginning);
                break;
            case IntelFormat.Csv:
                list.Format = "csv";
                new CsvList(reading, column).Read(lines, beginning);
                break;
            case IntelFormat.Hosts:
                list.Format = "hosts";
                HostsList.Read(lines, reading, takesAll: false);
                break;
            case IntelFormat.Rpz:
                list.Format = "rpz";
                new RpzList(reading).Read(lines);
                break;
            default:
                list.Reserve(stream.CanSeek ? stream.Length : 0);
                ReadPlain(lines, reading);
                break;
        }

        if (lines.IsTooLong)
        {
            list.Fault = string.Create(CultureInfo.InvariantCulture, $"{file}:{lines.Number}:1: a line is longer than {LineReader.MaximumLineLength >> 20} MiB");
        }
        else if (list.Count == 0 && list.Fault is null)
        {
            list.Fault = $"{file}:1:1: expected at least one domain name that can be an indicator, found none";
        }

        return list;
    }

    private static IntelFormat Find(ReadOnlySpan<byte> beginning)
    {
        var start = beginning.IndexOfAnyExcept(" \t\r\n"u8);

        // A line of a plain list may begin with a bracket too: [Adblock Plus].
        if (start >= 0 && (beginning[start] == '{' || (beginning[start] == '[' && beginning[(start + 1)..].TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)']', ..])))
        {
            return IntelFormat.Stix;
        }

        return ListFormatFinder.Find(beginning) switch
        {
            ListFormat.Hosts => IntelFormat.Hosts,
            ListFormat.Rpz => IntelFormat.Rpz,
            ListFormat.Csv => IntelFormat.Csv,
            _ => IntelFormat.Plain,
        };
    }

    // ! begins a comment in lists of ad blockers, @@ an exception.
    private static void ReadPlain(LineReader lines, IntelReading reading)
    {
        var exceptions = 0;
        while (lines.TryRead(out var line))
        {
            var value = PlainList.Strip(line);
            if (value.StartsWith("@@"u8))
            {
                exceptions++;
            }
            else if (!value.IsEmpty && value[0] != '!' && !(lines.Number == 1 && value[0] == '[' && value[^1] == ']'))
            {
                reading.Add(lines.Number, line.IndexOfAnyExcept(" \t"u8) + 1, value);
            }
        }

        reading.Note(exceptions, "exceptions (@@) are left out: a list cannot take names away from others");
    }
}

/// <summary>How a file of indicators is written.</summary>
public enum IntelFormat
{
    /// <summary>One domain name a line; <c>#</c> begins a comment.</summary>
    Plain,

    /// <summary>A hosts file that sends unwanted names nowhere: <c>0.0.0.0 evil.example</c>.</summary>
    Hosts,

    /// <summary>A response policy zone.</summary>
    Rpz,

    /// <summary>An export of MISP as CSV, or one column of another CSV file.</summary>
    Csv,

    /// <summary>JSON: bundles of STIX 2.1, or what a TAXII server sends.</summary>
    Stix,

    /// <summary>JSON: events and attributes of MISP. Read as <see cref="Stix"/> is: objects tell which of the two they are.</summary>
    Misp,
}
