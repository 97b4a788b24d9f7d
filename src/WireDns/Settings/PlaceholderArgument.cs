using WireDns.Detection.Lists;

namespace WireDns.Settings;

/// <summary>What a user says of a placeholder: <c>NAME=FILE</c>, and after the file <c>:list</c>, <c>:hosts</c>, <c>:rpz</c> or <c>:csv:COLUMN</c>.</summary>
/// <param name="Name">The placeholder's name, without percent signs.</param>
/// <param name="File">The file that has its values.</param>
/// <param name="Format">The file's format; null to find it by the content.</param>
/// <param name="Column">For CSV, the column that has the values.</param>
internal sealed record PlaceholderArgument(string Name, string File, ListFormat? Format, string? Column)
{
    private static readonly (string Suffix, ListFormat Format)[] Suffixes =
    [
        (":list", ListFormat.Plain), (":hosts", ListFormat.Hosts), (":rpz", ListFormat.Rpz), (":csv", ListFormat.Csv),
    ];

    /// <summary>Reads the argument. Null where it has no name made of letters, digits and underscores, or no file.</summary>
    public static PlaceholderArgument? Parse(string text)
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
            return new PlaceholderArgument(name, file[..csv], ListFormat.Csv, file[(csv + Csv.Length)..]);
        }

        foreach (var (suffix, format) in Suffixes)
        {
            if (file.Length > suffix.Length && file.EndsWith(suffix, StringComparison.Ordinal))
            {
                return new PlaceholderArgument(name, file[..^suffix.Length], format, null);
            }
        }

        return new PlaceholderArgument(name, file, null, null);
    }
}
