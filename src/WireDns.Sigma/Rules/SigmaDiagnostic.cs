namespace WireDns.Sigma.Rules;

/// <summary>One thing that is wrong, or looks wrong, in a rule file. Immutable.</summary>
public sealed record SigmaDiagnostic
{
    /// <summary>Whether the rule was rejected for it.</summary>
    public required DiagnosticSeverity Severity { get; init; }

    /// <summary>The kind of finding, in kebab-case; stable between versions.</summary>
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
