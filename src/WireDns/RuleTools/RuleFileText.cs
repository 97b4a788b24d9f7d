using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>
/// The text of a rule file: its lines, where its documents begin, and what a document that did not load says of itself. A file that cannot
/// be read has no lines; that was reported when it was loaded.
/// </summary>
internal sealed class RuleFileText
{
    // The limit of RuleLoader: a larger file is not read as rules.
    private const long MaximumBytes = 16 * 1024 * 1024;

    // The limit of the line in a diagnostic.
    private const int MaximumLineLength = 400;

    private readonly string[] _lines;
    private readonly List<int> _documents = [1];
    private readonly Lazy<IReadOnlyList<YamlNode>> _roots;

    /// <summary>Reads a file.</summary>
    public RuleFileText(string file)
    {
        _lines = Read(file);
        _roots = new(() => YamlReader.Read(file, string.Join('\n', _lines), out _));
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

    /// <summary>The first line of a document that says something; where it cannot be read, its first.</summary>
    public int FirstLine(int document) => Root(document)?.Position.Line ?? _documents[document];

    /// <summary>The text of a key at the top of a document; null where there is none.</summary>
    public string? Find(int document, string key) => ((Root(document) as YamlMap)?.Find(key) as YamlScalar)?.Text;

    /// <summary>The texts in the list of a key at the top of a document.</summary>
    public IReadOnlyList<string> FindList(int document, string key) =>
        (Root(document) as YamlMap)?.Find(key) is YamlList list ? [.. list.Items.OfType<YamlScalar>().Select(item => item.Text)] : [];

    private YamlNode? Root(int document) => _roots.Value.FirstOrDefault(root => DocumentAt(root.Position.Line) == document);

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
