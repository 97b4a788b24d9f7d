using System.Text;
using System.Text.RegularExpressions;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Finds what is valid in a rule but probably not meant, given the fields of its events. Each finding is a warning with one of the
/// <see cref="Ids"/> (docs/sigma.md describes each). Immutable and thread-safe.
/// </summary>
/// <param name="schema">The fields of the events.</param>
/// <param name="disabledIds">Ids of findings that are not reported; none by default.</param>
public sealed partial class RuleLinter(IFieldSchema schema, IReadOnlySet<string>? disabledIds = null)
{
    // Each value is compared with every other one: a list of this length takes a few milliseconds.
    private const int MaximumComparedValues = 1000;

    /// <summary>The ids of all findings.</summary>
    public static IReadOnlyList<string> Ids { get; } =
    [
        "endswith-without-dot", "trailing-dot", "impossible-name-value", "non-ascii-without-xn", "upper-case-under-cased", "url-as-name",
        "not-a-registered-domain", "comparison-as-text", "text-on-number-field", "number-out-of-range", "number-on-word-field", "unknown-word",
        "not-a-boolean", "not-an-address", "cidr-as-text", "upper-case-in-regex", "always-there", "unknown-field", "covered-value",
    ];

    /// <summary>The findings for a rule, in the order of the file.</summary>
    public IReadOnlyList<SigmaDiagnostic> Lint(SigmaRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var findings = new List<SigmaDiagnostic>();
        foreach (var selection in rule.Detection.Selections)
        {
            Lint(selection.Node, rule, findings);
        }

        findings.RemoveAll(f => disabledIds?.Contains(f.Id) == true);
        return findings;
    }

    private void Lint(RuleNode node, SigmaRule rule, List<SigmaDiagnostic> findings)
    {
        var children = node switch
        {
            AllOf all => all.Nodes,
            AnyOf any => any.Nodes,
            _ => [],
        };
        foreach (var child in children)
        {
            Lint(child, rule, findings);
        }

        if (node is not FieldMatch match)
        {
            return;
        }

        var field = default(FieldDefinition);
        if (match.Field is not null && !schema.TryResolve(match.Field, rule.LogSource, out field))
        {
            if (schema.DescribeUnknown(match.Field, rule.LogSource) is { } message)
            {
                Add("unknown-field", match.Position, message, null);
            }

            return;
        }

        // A placeholder's values are data of the caller, with no place in the rule to point to.
        if (match.HasPlaceholders)
        {
            return;
        }

        foreach (var value in match.Values)
        {
            LintValue(value, match.Field is null ? new FieldDefinition(0, FieldKind.Text) : field, Report);
        }

        if (!match.RequiresAll)
        {
            FindCoveredValues(match, Report);
        }

        void Report(string id, MatchValue value, string message, string? suggestion) => Add(id, value.Position, message, suggestion);

        void Add(string id, SourcePosition position, string message, string? suggestion) => findings.Add(new SigmaDiagnostic
        {
            Severity = DiagnosticSeverity.Warning,
            Id = id,
            File = rule.File,
            Line = position.Line,
            Column = position.Column,
            Message = message,
            Suggestion = suggestion,
        });
    }

    /// <summary>Whether a text looks like a comparison with a number.</summary>
    internal static bool IsComparison(string text) => ComparisonText().IsMatch(text);

    private static void LintValue(MatchValue value, FieldDefinition field, Action<string, MatchValue, string, string?> report)
    {
        if (field.Kind != FieldKind.Number && value is TextValue && IsComparison(value.AsWritten))
        {
            report("comparison-as-text", value, $"'{value.AsWritten}' is compared as text, not as a number", "use the modifier lt, lte, gt or gte");
            return;
        }

        if (ValueJudge.Find(value, field) is { } fault)
        {
            report(fault.Id, value, fault.Message, fault.Suggestion);
            if (fault.IsNever)
            {
                return;
            }
        }

        if (field.Kind is FieldKind.Name or FieldKind.Address && value is RegexValue { FirstCapital: { } capital })
        {
            report(
                "upper-case-in-regex",
                value,
                $"case counts in a regular expression, and {(field.Kind == FieldKind.Name ? "names come in any case" : "addresses are written in small letters")}: '{capital}' misses '{char.ToLowerInvariant(capital)}'",
                "add the modifier i");
        }

        if (field.Kind == FieldKind.Name && value is TextValue text)
        {
            foreach (var pattern in text.Patterns)
            {
                LintName(text, pattern, report);
            }
        }
    }

    private static void LintName(TextValue value, TextPattern pattern, Action<string, MatchValue, string, string?> report)
    {
        var tokens = pattern.Tokens;
        if (tokens.Count == 0 || (tokens.Count == 1 && tokens[0].Text == "."))
        {
            return;
        }

        if (tokens is [{ Kind: PatternTokenKind.AnyText }, { Kind: PatternTokenKind.Literal } suffix] && !suffix.Text.StartsWith('.'))
        {
            report(
                "endswith-without-dot",
                value,
                $"'{value.AsWritten}' also matches names that merely end so, such as x{suffix.Text}",
                "begin it with a dot, and add the name itself as a value");
        }

        if (InternationalName.HasOtherLetters(pattern) && InternationalName.TryConvert(pattern, out _) && HasPartialLabel(pattern))
        {
            report(
                "non-ascii-without-xn",
                value,
                $"'{value.AsWritten}' has no form that can be on the wire: names carry other letters in labels that begin with xn--",
                "write whole labels, or their xn-- form");
        }

        if (value.IsCased && value.AsWritten.AsSpan().ContainsAnyInRange('A', 'Z'))
        {
            report(
                "upper-case-under-cased",
                value,
                $"'{value.AsWritten}' misses the same name in other case, and resolvers change the case of names at random",
                "leave the modifier cased out");
        }
    }

    /// <summary>Whether a label with other letters is cut by a wildcard, so that its xn-- form is another label's.</summary>
    private static bool HasPartialLabel(TextPattern pattern)
    {
        for (var i = 0; i < pattern.Tokens.Count; i++)
        {
            var labels = pattern.Tokens[i].Text.Split('.');
            if ((i > 0 && !Ascii.IsValid(labels[0])) || (i < pattern.Tokens.Count - 1 && !Ascii.IsValid(labels[^1])))
            {
                return true;
            }
        }

        return false;
    }

    private static void FindCoveredValues(FieldMatch match, Action<string, MatchValue, string, string?> report)
    {
        var values = match.Values.OfType<TextValue>().Where(v => v.Patterns.Count == 1).Take(MaximumComparedValues + 1).ToList();
        if (values.Count > MaximumComparedValues)
        {
            return;
        }

        for (var i = 0; i < values.Count; i++)
        {
            for (var j = 0; j < values.Count; j++)
            {
                // Of two equal values, the second one is redundant.
                if (i != j && Covers(values[j].Patterns[0], values[i].Patterns[0]) && (j < i || !Covers(values[i].Patterns[0], values[j].Patterns[0])))
                {
                    report("covered-value", values[i], $"'{values[i].AsWritten}' is covered by '{values[j].AsWritten}' in the same list", "leave it out");
                    break;
                }
            }
        }
    }

    /// <summary>Whether everything that the narrow pattern matches is matched by the wide one, which is one literal with stars around it.</summary>
    private static bool Covers(TextPattern wide, TextPattern narrow)
    {
        const StringComparison Ignore = StringComparison.OrdinalIgnoreCase;
        var first = narrow.Tokens.Count > 0 ? narrow.Tokens[0].Text : string.Empty;
        var last = narrow.Tokens.Count > 0 ? narrow.Tokens[^1].Text : string.Empty;
        return wide.Tokens switch
        {
            [{ Kind: PatternTokenKind.AnyText }] => true,
            [{ Kind: PatternTokenKind.Literal } text] => narrow.Tokens.Count == 1 && first.Equals(text.Text, Ignore),
            [{ Kind: PatternTokenKind.AnyText }, { Kind: PatternTokenKind.Literal } text] => last.EndsWith(text.Text, Ignore),
            [{ Kind: PatternTokenKind.Literal } text, { Kind: PatternTokenKind.AnyText }] => first.StartsWith(text.Text, Ignore),
            [{ Kind: PatternTokenKind.AnyText }, { Kind: PatternTokenKind.Literal } text, { Kind: PatternTokenKind.AnyText }] =>
                narrow.Tokens.Any(t => t.Text.Contains(text.Text, Ignore)),
            _ => false,
        };
    }

    [GeneratedRegex(@"^\s*[<>]=?\s*[0-9]+(\.[0-9]+)?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex ComparisonText();
}
