using System.Text.RegularExpressions;

namespace WireDns.Sigma.Rules;

/// <summary>
/// Explains to a rule author why a text is not YAML, and points at the line of the mistake: the library's own report speaks of its grammar,
/// and often points at the line after.
/// </summary>
internal static partial class YamlFault
{
    /// <summary>Reports a syntax error.</summary>
    /// <param name="at">Where the library stopped.</param>
    /// <param name="report">What it said; never shown.</param>
    /// <param name="diagnostics">Receives the error, and knows the lines of the file.</param>
    public static void Report(SourcePosition at, string report, DiagnosticBag diagnostics)
    {
        // The parser may notice a line late, or look a line ahead.
        foreach (var line in (ReadOnlySpan<int>)[at.Line, at.Line - 1, at.Line + 1, at.Line - 2, at.Line + 2])
        {
            if (diagnostics.FindLine(line) is { } text && TryExplainLine(text, line, diagnostics))
            {
                return;
            }
        }

        var (message, suggestion) = Explain(report);
        for (var line = at.Line; line >= Math.Max(1, at.Line - 2); line--)
        {
            if (diagnostics.FindLine(line) is { } text && FindOpenBracket(text) is >= 0 and var column)
            {
                (message, suggestion) = Explain(text[column] == '[' ? "flow sequence" : "flow mapping");
                at = new SourcePosition(line, column + 1);
                break;
            }
        }

        diagnostics.Error("yaml-syntax", at, $"this is not YAML: {message}", suggestion);
    }

    /// <summary>The suggestion for a value that must be in quotes.</summary>
    public static string QuoteIt(string value) => $"quote it: '{YamlScalar.Shorten(value.Replace("'", "''", StringComparison.Ordinal))}'";

    private static bool TryExplainLine(string text, int line, DiagnosticBag diagnostics)
    {
        var indentation = text.AsSpan(0, text.Length - text.AsSpan().TrimStart().Length);
        if (indentation.IndexOf('\t') is >= 0 and var tab)
        {
            diagnostics.Error(
                "yaml-syntax", new SourcePosition(line, tab + 1), "this is not YAML: a tab stands in the indentation, where only blanks may", "indent with blanks");
            return true;
        }

        if (SpecialValue().Match(text) is { Success: true } special)
        {
            var value = special.Groups["value"];
            diagnostics.Error(
                "yaml-syntax",
                new SourcePosition(line, value.Index + 1),
                $"this is not YAML: a value without quotes cannot begin with {value.Value[0]}",
                QuoteIt(value.Value.TrimEnd(']', '}')));
            return true;
        }

        if (MissingBlank().Match(text) is { Success: true } key)
        {
            diagnostics.Error(
                "yaml-syntax",
                new SourcePosition(line, key.Groups["colon"].Index + 2),
                $"this is not YAML: expected a blank after the colon of '{YamlScalar.Shorten(key.Groups["key"].Value)}'",
                $"write '{YamlScalar.Shorten($"{key.Groups["key"].Value}: {key.Groups["rest"].Value}")}'");
            return true;
        }

        return false;
    }

    /// <summary>Index of a bracket or brace that begins a value and is not closed on its line; −1 for none.</summary>
    private static int FindOpenBracket(string text)
    {
        var open = new Stack<int>();
        char? quote = null;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote is not null)
            {
                quote = c == quote ? null : quote;
            }
            else if (c is '\'' or '"' && (i == 0 || text[i - 1] is ' ' or '[' or '{' or ','))
            {
                quote = c;
            }
            else if (c is '[' or '{' && (open.Count > 0 || text.AsSpan(0, i).TrimEnd() is [.., ':' or '-']))
            {
                open.Push(i);
            }
            else if (c is ']' or '}' && open.Count > 0)
            {
                open.Pop();
            }
        }

        return quote is null && open.Count > 0 ? open.Last() : -1;
    }

    private static (string Message, string? Suggestion) Explain(string report)
    {
        return report switch
        {
            _ when Has("unknown escape", "hexadecimal", "Unicode character escape", "surrogates") =>
                ("in double quotes a backslash begins an escape, and this is none", "use single quotes, in which a backslash is itself"),
            _ when Has("quoted scalar") => ("a quote is opened and not closed", "a quote inside quotes of its own kind is doubled: ''"),
            _ when Has("invalid mapping", "Mapping values") => ("a colon with a blank after it stands inside a text, or the line is indented too far", "put the text in quotes"),
            _ when Has("flow sequence", "flow entry") => ("a list in [ ] lacks a comma or its closing ]", "put texts with [ ] { } or commas in quotes"),
            _ when Has("flow mapping") => ("a map in { } lacks a comma or its closing }", "put texts with [ ] { } or commas in quotes"),
            _ when Has("expected key", "'-' indicator", "sequence entries", "Mapping keys") =>
                ("the line does not fit those above it", "indent the keys of one map, and the items of one list, alike"),
            _ when Has("expected ':'") => ("expected a key with a colon after it", null),
            _ when Has("block scalar") => ("the text after | or > is not indented as it should be", "put the text in quotes if it begins with | or >"),
            _ when Has("directive") => ("a line that begins with % is a directive", "put the text in quotes"),
            _ when Has("document") => ("expected --- between two documents", null),
            _ when Has("a tag", "tag handle") => ("a value without quotes cannot begin with !", "put it in quotes"),
            _ => ("the line cannot be read", "check its indentation, quotes and colons"),
        };

        bool Has(params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
            {
                if (report.Contains(word, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }

            return false;
        }
    }

    // A value, after a key, a hyphen or a comma, that begins with a character that has a special meaning.
    [GeneratedRegex("""^(?:[^'"#]*(?:: +|[\[{,] *)|\s*(?:- +)+)(?<value>[*&!%@`][^,#]*)""", RegexOptions.CultureInvariant)]
    private static partial Regex SpecialValue();

    [GeneratedRegex("""^\s*(?:- +)?(?<key>[A-Za-z_][A-Za-z0-9_.|-]*)(?<colon>:)(?<rest>[^\s/\\].*)$""", RegexOptions.CultureInvariant)]
    private static partial Regex MissingBlank();
}
