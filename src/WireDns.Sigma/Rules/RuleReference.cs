namespace WireDns.Sigma.Rules;

/// <summary>A place where a correlation or a filter refers to another document of the rule files, by its id or its name.</summary>
/// <param name="Text">The id or name as written.</param>
/// <param name="File">The file that it stands in, as the caller named it.</param>
/// <param name="Position">Where it stands.</param>
/// <param name="SourceLine">The line that it stands on, for diagnostics; null where it is not known.</param>
public sealed record RuleReference(string Text, string File, SourcePosition Position, string? SourceLine);
