using WireDns.Detection.Intel;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>
/// Files of indicators, as the user writes them: <c>[NAME=]PATH</c>, optionally followed by <c>:stix</c>, <c>:misp</c>, <c>:hosts</c>, <c>:rpz</c>, <c>:list</c> or
/// <c>:csv:COLUMN</c>. The path is a file, a folder, or a pattern of file names.
/// </summary>
/// <param name="Name">The list's name; null to take the file's.</param>
/// <param name="Path">The path.</param>
/// <param name="Format">The format; null to find it by the content.</param>
/// <param name="Column">The CSV column that holds the names; null for other formats.</param>
internal sealed record IntelSource(string? Name, string Path, IntelFormat? Format, string? Column)
{
    private const int MaximumNameLength = 64;

    private static readonly (string Suffix, IntelFormat Format)[] Suffixes =
    [
        (":stix", IntelFormat.Stix), (":misp", IntelFormat.Misp), (":hosts", IntelFormat.Hosts), (":rpz", IntelFormat.Rpz), (":list", IntelFormat.Plain), (":csv", IntelFormat.Csv),
    ];

    /// <summary>The text in the form that the user writes.</summary>
    public string Text =>
        $"{(Name is null ? "" : Name + "=")}{Path}{(Format is null ? "" : Suffixes.First(suffix => suffix.Format == Format).Suffix)}{(Column is null ? "" : ":" + Column)}";

    /// <summary>Parses the form that the user writes. Null if the path is missing, or if the name has anything but letters, digits and underscores.</summary>
    public static IntelSource? Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var isNamed = equals >= 0 && text.AsSpan(0, equals).IndexOfAny('/', '\\') < 0;
        var name = isNamed ? text[..equals] : null;
        var path = isNamed ? text[(equals + 1)..] : text;
        if (path.Length == 0 || (name is not null && (name.Length is 0 or > MaximumNameLength || !name.All(IsOfAName))))
        {
            return null;
        }

        const string Csv = ":csv:";
        var csv = path.LastIndexOf(Csv, StringComparison.Ordinal);
        if (csv > 0 && csv + Csv.Length < path.Length)
        {
            return new IntelSource(name, path[..csv], IntelFormat.Csv, path[(csv + Csv.Length)..]);
        }

        foreach (var (suffix, format) in Suffixes)
        {
            if (path.Length > suffix.Length && path.EndsWith(suffix, StringComparison.Ordinal))
            {
                return new IntelSource(name, path[..^suffix.Length], format, null);
            }
        }

        return new IntelSource(name, path, null, null);
    }

    /// <summary>Reads the files, each into a list of its own.</summary>
    /// <exception cref="CommandFailure">There is no such file, or one cannot be read.</exception>
    public IEnumerable<IntelList> Read()
    {
        var files = Find();
        foreach (var file in files)
        {
            yield return Read(file, files.Count == 1 && Name is not null ? Name : (Name is null ? "" : Name + "_") + NameOf(file));
        }
    }

    private IntelList Read(string file, string name)
    {
        try
        {
            // The readers do their own buffering.
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return IntelFile.Read(stream, name, file, Format, Column);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(file, exception);
        }
    }

    /// <summary>The files: itself, those of the folder, or those whose names match the pattern, in ordinal order. Hidden ones are left out of a folder.</summary>
    /// <exception cref="CommandFailure">There is no such file, or it cannot be looked up.</exception>
    public IReadOnlyList<string> Find()
    {
        try
        {
            if (File.Exists(Path))
            {
                return [Path];
            }

            var pattern = Directory.Exists(Path) ? "*" : System.IO.Path.GetFileName(Path);
            var folder = Directory.Exists(Path) ? Path : System.IO.Path.GetDirectoryName(Path) is { Length: > 0 } parent ? parent : ".";
            List<string> files = pattern.AsSpan().IndexOfAny('*', '?') < 0 || !Directory.Exists(folder)
                ? []
                : [.. Directory.EnumerateFiles(folder, pattern).Where(file => !System.IO.Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)];
            return files.Count > 0 ? files : throw new CommandFailure(ExitStatus.Usage, $"{Path}: there is no such file of indicators");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(Path, exception);
        }
    }

    /// <summary>The file's name up to its first dot, with underscores in place of what a name cannot have.</summary>
    private static string NameOf(string file)
    {
        var name = System.IO.Path.GetFileName(file);
        var end = name.IndexOf('.', StringComparison.Ordinal);
        name = new string([.. (end > 0 ? name[..end] : name).Select(c => IsOfAName(c) ? c : '_')]);
        return name.Length > MaximumNameLength ? name[..MaximumNameLength] : name;
    }

    private static bool IsOfAName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
