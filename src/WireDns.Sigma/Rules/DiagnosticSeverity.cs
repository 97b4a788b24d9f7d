namespace WireDns.Sigma.Rules;

/// <summary>How much a diagnostic weighs.</summary>
public enum DiagnosticSeverity
{
    /// <summary>The rule (or file) that it names was not loaded.</summary>
    Error,

    /// <summary>The rule was loaded; something about it deserves a look.</summary>
    Warning,
}
