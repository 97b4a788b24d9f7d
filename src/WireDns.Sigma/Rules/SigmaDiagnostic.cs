using System.Text;

namespace WireDns.Sigma.Rules;

/// <summary>One thing that is wrong, or looks wrong, in a rule file. Immutable.</summary>
public sealed record SigmaDiagnostic
{
    // What the narrowest terminal in use shows.
    private const int MaximumColumns = 80;
    private const string Ellipsis = "...";

    /// <summary>Whether the rule was rejected for it.</summary>
    public required DiagnosticSeverity Severity { get; init; }

    /// <summary>The kind of finding, in kebab-case; stable between versions (docs/sigma.md lists all).</summary>
    public required string Id { get; init; }

    /// <summary>The file as the caller named it.</summary>
    public required string File { get; init; }

    /// <summary>Line in the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Column in UTF-16 code units, from 1.</summary>
    public required int Column { get; init; }

    /// <summary>What was expected and what was found.</summary>
    public required string Message { get; init; }

    /// <summary>What the author may have meant, or null.</summary>
    public string? Suggestion { get; init; }

    /// <summary>The line of the file that it points into, without its line end and cut to 400 characters; null if there is none.</summary>
    public string? SourceLine { get; init; }

    /// <summary><c>file:line:column: severity: message</c>, followed by the id and the suggestion.</summary>
    public override string ToString()
    {
        var word = Severity == DiagnosticSeverity.Error ? "error" : "warning";
        var hint = Suggestion is null ? string.Empty : $"; {Suggestion}";
        return $"{File}:{Line}:{Column}: {word}: {Message}{hint} [{Id}]";
    }

    /// <summary>
    /// The diagnostic followed by the offending line and a caret below its column; the same as <see cref="ToString"/> if no line is known.
    /// </summary>
    public string ToStringWithCaret()
    {
        if (SourceLine is null || Column > SourceLine.Length + 1)
        {
            return ToString();
        }

        // A line that the terminal breaks has its caret elsewhere.
        var start = SourceLine.Length <= MaximumColumns || Column <= MaximumColumns - Ellipsis.Length ? 0 : Column - 1 - (MaximumColumns / 2);
        var end = Math.Min(SourceLine.Length, start + MaximumColumns - (start > 0 ? Ellipsis.Length : 0));
        end -= end < SourceLine.Length ? Ellipsis.Length : 0;
        var text = new StringBuilder(ToString()).Append('\n').Append(start > 0 ? Ellipsis : "");
        foreach (var c in SourceLine.AsSpan(start..end))
        {
            text.Append(char.IsControl(c) && c != '\t' ? '\uFFFD' : c);
        }

        text.Append(end < SourceLine.Length ? Ellipsis : "").Append('\n').Append(' ', start > 0 ? Ellipsis.Length : 0);
        foreach (var c in SourceLine.AsSpan(start..(Column - 1)))
        {
            // A tab stays a tab, so that the caret is below its character however wide the terminal draws it.
            text.Append(c == '\t' ? '\t' : ' ');
        }

        return text.Append('^').ToString();
    }
}

/// <summary>How serious a diagnostic is.</summary>
public enum DiagnosticSeverity
{
    /// <summary>The rule (or file) that it names was not loaded.</summary>
    Error,

    /// <summary>The rule was loaded, but something about it deserves a look.</summary>
    Warning,
}

/// <summary>A place in a rule file.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in UTF-16 code units, from 1.</param>
public readonly record struct SourcePosition(int Line, int Column);
