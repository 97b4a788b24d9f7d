using System.Globalization;
using WireDns.Detection.Lists;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>
/// A file with values for a placeholder in rules (<c>QueryName|expand: '%name%'</c>), as the user writes it: <c>NAME=FILE</c>, optionally followed by
/// <c>:list</c>, <c>:hosts</c>, <c>:rpz</c> or <c>:csv:COLUMN</c>.
/// </summary>
/// <param name="Name">The placeholder's name, without the percent signs.</param>
/// <param name="File">The file that holds its values.</param>
/// <param name="Format">The file's format; null to detect it from the content.</param>
/// <param name="Column">The CSV column that holds the values; null for other formats.</param>
internal sealed record PlaceholderFile(string Name, string File, ListFormat? Format, string? Column)
{
    private static readonly (string Suffix, ListFormat Format)[] Suffixes =
    [
        (":list", ListFormat.Plain), (":hosts", ListFormat.Hosts), (":rpz", ListFormat.Rpz), (":csv", ListFormat.Csv),
    ];

    /// <summary>The text in the form that the user writes.</summary>
    public string Text =>
        $"{Name}={File}{(Format is null ? "" : Suffixes.First(suffix => suffix.Format == Format).Suffix)}{(Column is null ? "" : ":" + Column)}";

    /// <summary>
    /// Parses the form that the user writes. Null if the name is missing or has anything but letters, digits and underscores, or if the file is
    /// missing.
    /// </summary>
    public static PlaceholderFile? Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
        {
            return null;
        }

        var name = text[..equals].Trim('%');
        var file = text[(equals + 1)..];
        if (file.Length == 0 || name.Length == 0 || !name.All(c => char.IsLetterOrDigit(c) || c == '_'))
        {
            return null;
        }

        const string Csv = ":csv:";
        var csv = file.LastIndexOf(Csv, StringComparison.Ordinal);
        if (csv > 0 && csv + Csv.Length < file.Length)
        {
            return new PlaceholderFile(name, file[..csv], ListFormat.Csv, file[(csv + Csv.Length)..]);
        }

        foreach (var (suffix, format) in Suffixes)
        {
            if (file.Length > suffix.Length && file.EndsWith(suffix, StringComparison.Ordinal))
            {
                return new PlaceholderFile(name, file[..^suffix.Length], format, null);
            }
        }

        return new PlaceholderFile(name, file, null, null);
    }

    /// <summary>Reads the files and reports on stderr what was skipped in each. A name that is given twice gets the values of both files.</summary>
    /// <exception cref="CommandFailure">A file cannot be read or is not in its format; every problem is reported on its own line on stderr.</exception>
    public static SigmaPlaceholders Load(IReadOnlyList<PlaceholderFile> files)
    {
        var lists = files.Select(file => (file.Name, Reading: file.Read(), file.File)).ToList();
        foreach (var note in lists.SelectMany(list => list.Reading.Notes))
        {
            StandardError.Write(note);
        }

        var broken = lists.Where(list => list.Reading.Faults.Count > 0).ToList();
        foreach (var fault in broken.SelectMany(list => list.Reading.Faults))
        {
            StandardError.Write(fault);
        }

        if (broken.Count > 0)
        {
            throw new CommandFailure(ExitStatus.Usage, string.Create(
                CultureInfo.InvariantCulture, $"{broken[0].File}: its values for %{broken[0].Name}% cannot be used"))
            { FirstFault = broken[0].Reading.Faults[0] };
        }

        var placeholders = new SigmaPlaceholders();
        foreach (var group in lists.GroupBy(list => list.Name, list => list.Reading, StringComparer.Ordinal))
        {
            var readings = group.ToList();
            placeholders.Add(
                group.Key, readings.Count == 1 ? readings[0].Values : readings.SelectMany(reading => reading.Values),
                readings.Sum(reading => (long)reading.Values.Count), readings.Sum(reading => (long)reading.LengthInBytes));
        }

        return placeholders;
    }

    /// <summary>Reads the file. Its notes and faults are the caller's to say.</summary>
    /// <exception cref="CommandFailure">The file cannot be read.</exception>
    public ListReading Read()
    {
        try
        {
            // The reader does its own buffering.
            using var stream = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return ListFile.Read(stream, File, Format, Column);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(File, exception);
        }
    }
}
