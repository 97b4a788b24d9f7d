namespace WireDns.Alerts.Formats;

/// <summary>Where a text stands in a line, and so which printable characters must be escaped too.</summary>
public enum SafeTextMode
{
    /// <summary>To the end of the line: spaces, quotes and backslashes stay.</summary>
    Line,

    /// <summary>One word: a space is escaped, quotes and backslashes stay (a DNS name keeps its presentation form).</summary>
    Token,

    /// <summary>
    /// Between double quotes, which the caller writes: <c>"</c> and <c>\</c> get a backslash, so that the text can be read back
    /// exactly.
    /// </summary>
    Quoted,
}
