namespace WireDns.RuleTools;

/// <summary>
/// A rule file as lines: where its documents begin, and what its plain top-level lines say of a document that did not load. A file that
/// cannot be read has no lines; that was reported when it was loaded.
/// </summary>
internal sealed class RuleFileText
{
    // As RuleLoader: a larger file is no rule.
    private const long MaximumBytes = 16 * 1024 * 1024;

    // As a diagnostic's line.
    private const int MaximumLineLength = 400;

    private readonly string[] _lines;
    private readonly List<int> _documents = [1];

    /// <summary>Reads a file.</summary>
    public RuleFileText(string file)
    {
        _lines = Read(file);
        for (var i = 0; i < _lines.Length; i++)
        {
            if (i > 0 && _lines[i].StartsWith("---", StringComparison.Ordinal))
            {
                _documents.Add(i + 1);
            }
        }
    }

    /// <summary>Index of the document that holds a line, from 0.</summary>
    public int DocumentAt(int line) => Math.Max(0, _documents.FindLastIndex(start => start <= line));

    /// <summary>A line, cut to 400 characters; null where there is none.</summary>
    public string? Line(int line) => line < 1 || line > _lines.Length
        ? null
        : _lines[line - 1].Length <= MaximumLineLength ? _lines[line - 1] : _lines[line - 1][..MaximumLineLength];

    /// <summary>The first line of a document that says something.</summary>
    public int FirstLine(int document)
    {
        for (var line = _documents[document]; line < End(document); line++)
        {
            var text = _lines[line - 1].AsSpan().Trim();
            if (!text.IsEmpty && text[0] != '#' && !text.StartsWith("---"))
            {
                return line;
            }
        }

        return _documents[document];
    }

    /// <summary>The text behind a key at the left margin, without quotes; null where there is none on its line.</summary>
    public string? Find(int document, string key)
    {
        for (var line = _documents[document]; line < End(document); line++)
        {
            var text = _lines[line - 1].AsSpan();
            if (text.StartsWith(key, StringComparison.Ordinal) && text[key.Length..] is [':', ' ', .. var value])
            {
                return Unquote(value);
            }
        }

        return null;
    }

    /// <summary>The items of the list below a key at the left margin, or behind it in brackets.</summary>
    public IReadOnlyList<string> FindList(int document, string key)
    {
        if (Find(document, key) is ['[', .. var row, ']'])
        {
            return [.. row.Split(',').Select(item => Unquote(item))];
        }

        var items = new List<string>();
        var isInside = false;
        for (var line = _documents[document]; line < End(document); line++)
        {
            var text = _lines[line - 1].AsSpan();
            if (text.TrimStart() is ['-', ' ', .. var item] && isInside)
            {
                items.Add(Unquote(item));
            }
            else if (!text.IsWhiteSpace() && text[0] is not (' ' or '#'))
            {
                isInside = text.TrimEnd().EndsWith(":") && text.TrimEnd()[..^1].SequenceEqual(key);
            }
        }

        return items;
    }

    private int End(int document) => document + 1 < _documents.Count ? _documents[document + 1] : _lines.Length + 1;

    private static string Unquote(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        return (value is ['\'', .., '\''] or ['"', .., '"'] ? value[1..^1] : value).ToString();
    }

    private static string[] Read(string file)
    {
        try
        {
            return File.Exists(file) && new FileInfo(file).Length <= MaximumBytes ? File.ReadAllLines(file) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
