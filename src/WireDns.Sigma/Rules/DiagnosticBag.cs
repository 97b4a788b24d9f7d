using System.Buffers;

namespace WireDns.Sigma.Rules;

/// <summary>Collects the diagnostics of one file, in the order of discovery, and looks up the lines that they point to.</summary>
internal sealed class DiagnosticBag(string file, string source)
{
    // A broken 16 MiB file could have an error in each line; after this many, the rest says nothing new.
    private const int Limit = 1000;
    private const int SourceLineLimit = 400;

    // The line ends of YAML 1.1, which the parser counts (yaml.org, 1.1 §5.4).
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n\u0085\u2028\u2029");

    private readonly List<SigmaDiagnostic> _diagnostics = [];
    private int[]? _lineStarts;

    public IReadOnlyList<SigmaDiagnostic> Diagnostics => _diagnostics;

    public int ErrorCount { get; private set; }

    public string File => file;

    public void Error(string id, SourcePosition position, string message, string? suggestion = null)
    {
        ErrorCount++;
        Add(DiagnosticSeverity.Error, id, position, message, suggestion);
    }

    public void Warning(string id, SourcePosition position, string message, string? suggestion = null) =>
        Add(DiagnosticSeverity.Warning, id, position, message, suggestion);

    private void Add(DiagnosticSeverity severity, string id, SourcePosition position, string message, string? suggestion)
    {
        if (_diagnostics.Count > Limit)
        {
            return;
        }

        if (_diagnostics.Count == Limit)
        {
            id = "too-many-diagnostics";
            message = $"more than {Limit} diagnostics in this file; the rest is not shown";
            suggestion = null;
        }

        _diagnostics.Add(new SigmaDiagnostic
        {
            Severity = severity,
            Id = id,
            File = file,
            Line = position.Line,
            Column = position.Column,
            Message = message,
            Suggestion = suggestion,
            SourceLine = FindLine(position.Line),
        });
    }

    /// <summary>A line of the file, without its end and cut to 400 characters; null if there is none.</summary>
    public string? FindLine(int line)
    {
        _lineStarts ??= FindLineStarts(source);
        if (line < 1 || line > _lineStarts.Length)
        {
            return null;
        }

        var text = source.AsSpan(_lineStarts[line - 1]);
        var end = text.IndexOfAny(LineEnds);
        text = end < 0 ? text : text[..end];
        return text[..Math.Min(text.Length, SourceLineLimit)].ToString();
    }

    private static int[] FindLineStarts(string source)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < source.Length; i++)
        {
            if (LineEnds.Contains(source[i]) && (source[i] != '\r' || i + 1 == source.Length || source[i + 1] != '\n'))
            {
                starts.Add(i + 1);
            }
        }

        return [.. starts];
    }
}
