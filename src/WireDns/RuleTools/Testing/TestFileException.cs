namespace WireDns.RuleTools.Testing;

/// <summary>A test file that is not what docs/rules.md describes.</summary>
/// <param name="line">Line, from 1.</param>
/// <param name="message">What was expected, and what was found.</param>
internal sealed class TestFileException(int line, string message) : Exception(message)
{
    /// <summary>Line, from 1.</summary>
    public int Line { get; } = line;
}
