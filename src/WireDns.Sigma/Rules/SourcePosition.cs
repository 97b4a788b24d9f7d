namespace WireDns.Sigma.Rules;

/// <summary>A place in a rule file.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in UTF-16 code units, from 1.</param>
public readonly record struct SourcePosition(int Line, int Column);
