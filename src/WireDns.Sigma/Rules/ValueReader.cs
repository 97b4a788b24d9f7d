using System.Text.RegularExpressions;

namespace WireDns.Sigma.Rules;

/// <summary>Turns a rule's values into <see cref="MatchValue"/>s under a chain of modifiers.</summary>
internal sealed class ValueReader(ModifierChain chain, bool isKeyword, SigmaPlaceholders placeholders, DiagnosticBag diagnostics)
{
    /// <summary>Whether a text can be wrong: an expression, a network, or a text to encode. Any other text is fine.</summary>
    public bool CanFail =>
        chain.Shape is not (ValueShape.Raw or ValueShape.Text) || chain.Modifiers.Any(m => ModifierChain.IsEncoder(m.Kind));

    /// <summary>The value after the modifiers. Null if an error was reported.</summary>
    public MatchValue? Read(YamlScalar scalar)
    {
        WarnIfAmbiguous(scalar);
        switch (chain.Shape)
        {
            case ValueShape.Exists:
                if (YamlTyping.TryReadBoolean(scalar, out var expected))
                {
                    return new ExistsValue(scalar.Text, scalar.Position, expected);
                }

                return WrongType(scalar, "true or false", "exists");

            case ValueShape.Comparison or ValueShape.Time:
                return ReadComparison(scalar);

            case ValueShape.Raw:
                return ReadRaw(scalar);

            default:
                return IsTextUnderModifier(scalar) ? ReadText(scalar.Text, TextPattern.Parse(scalar.Text), scalar.Position) : WrongType(scalar, "a text", TextModifier());
        }
    }

    /// <summary>The values that a text with placeholders stands for, made one at a time; errors in them are reported.</summary>
    public IEnumerable<MatchValue> Expand(YamlScalar scalar)
    {
        if (chain.Shape == ValueShape.Regex)
        {
            // In an expression * and ? are not wildcards: the values are inserted as they are.
            foreach (var text in ExpandText(PlaceholderText.Split(scalar.Text), 0, string.Empty))
            {
                if (ReadRegex(text, scalar.Position) is { } value)
                {
                    yield return value;
                }
            }

            yield break;
        }

        foreach (var pattern in PlaceholderText.Expand(TextPattern.Parse(scalar.Text), placeholders))
        {
            if (ReadText(pattern.ToString(), pattern, scalar.Position) is { } value)
            {
                yield return value;
            }
        }
    }

    private IEnumerable<string> ExpandText(List<(string Text, bool IsPlaceholder)> parts, int index, string before)
    {
        if (index == parts.Count)
        {
            yield return before;
            yield break;
        }

        IEnumerable<string> values = [parts[index].Text];
        if (parts[index].IsPlaceholder)
        {
            placeholders.TryGet(parts[index].Text, out values);
        }

        foreach (var value in values)
        {
            foreach (var text in ExpandText(parts, index + 1, before + value))
            {
                yield return text;
            }
        }
    }

    private MatchValue? ReadRaw(YamlScalar scalar)
    {
        if (scalar.IsNull)
        {
            if (!isKeyword)
            {
                WarnIfWord(scalar);
                return new NullValue("null", scalar.Position);
            }

            diagnostics.Error("null-keyword", scalar.Position, "expected a text as a keyword, found null");
            return null;
        }

        if (isKeyword || IsText(scalar))
        {
            return ReadText(scalar.Text, TextPattern.Parse(scalar.Text), scalar.Position);
        }

        return YamlTyping.TryReadBoolean(scalar, out var boolean)
            ? new BooleanValue(scalar.Text, scalar.Position, boolean)
            : YamlTyping.TryReadNumber(scalar, out var number) ? new NumberValue(scalar.Text, scalar.Position, number) : null;
    }

    private void WarnIfAmbiguous(YamlScalar scalar)
    {
        // 0x1f is a number to all readers, and still a text under contains.
        var isTextOfNumber = chain.Shape is ValueShape.Text or ValueShape.Regex or ValueShape.Cidr && YamlTyping.TryReadNumber(scalar, out _);
        if (isTextOfNumber || YamlTyping.IsReadOtherwiseByYaml11(scalar))
        {
            diagnostics.Warning(
                "ambiguous-scalar", scalar.Position, $"some YAML readers take {scalar.Description} for something else than its text", "put it in quotes");
        }
    }

    /// <summary>NULL is a DNS record type, and more people know it as a word than as YAML's null.</summary>
    private void WarnIfWord(YamlScalar scalar)
    {
        if (scalar.Text is "NULL" or "Null")
        {
            diagnostics.Warning(
                "ambiguous-scalar",
                scalar.Position,
                $"{scalar.Text} without quotes is YAML's null, which a missing field matches, and not the word",
                "put it in quotes if the word is meant, or write it as null");
        }
    }

    private MatchValue? ReadText(string asWritten, TextPattern pattern, SourcePosition position)
    {
        switch (chain.Shape)
        {
            case ValueShape.Regex:
                return ReadRegex(asWritten, position);

            case ValueShape.Cidr:
                if (CidrNetwork.TryParse(asWritten, out var network, out var problem))
                {
                    return new CidrValue(asWritten, position, network);
                }

                diagnostics.Error("bad-cidr", position, problem);
                return null;

            case ValueShape.FieldReference:
                return ReadFieldReference(asWritten, pattern, position);

            default:
                // A keyword is searched for anywhere in a value, unless its own modifier says otherwise.
                var isAnywhere = isKeyword && !chain.Has(ModifierKind.StartsWith) && !chain.Has(ModifierKind.EndsWith);
                var patterns = new TextEncoding(diagnostics, position).Apply(pattern, chain.Modifiers);
                if (patterns is not null && isAnywhere)
                {
                    patterns = [.. patterns.Select(p => p.WithWildcards(before: true, after: true))];
                }

                return patterns is null ? null : new TextValue(asWritten, position, patterns, chain.Has(ModifierKind.Cased));
        }
    }

    private FieldReferenceValue? ReadFieldReference(string asWritten, TextPattern pattern, SourcePosition position)
    {
        if (pattern.HasWildcards || pattern.Tokens.Count == 0)
        {
            diagnostics.Error("bad-field-reference", position, $"expected a field's name under fieldref, found '{YamlScalar.Shorten(asWritten)}'");
            return null;
        }

        var isContains = chain.Has(ModifierKind.Contains);
        return new FieldReferenceValue(
            asWritten,
            position,
            pattern.Tokens[0].Text,
            allowsTextBefore: isContains || chain.Has(ModifierKind.EndsWith),
            allowsTextBehind: isContains || chain.Has(ModifierKind.StartsWith),
            chain.Has(ModifierKind.Cased));
    }

    private RegexValue? ReadRegex(string text, SourcePosition position)
    {
        var translator = new RegexTranslator(text, chain.Has(ModifierKind.IgnoreCase), chain.Has(ModifierKind.MultiLine), chain.Has(ModifierKind.DotAll));
        try
        {
            var regex = new Regex(translator.Translate(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return new RegexValue(text, position, regex, translator.NamesOthers)
            {
                FirstCapital = translator.FirstCapital,
                MinimumLength = translator.MinimumLength,
                RunLength = !chain.Has(ModifierKind.DotAll) && IsRun(text) ? translator.MinimumLength : null,
            };
        }
        catch (UnsupportedRegexException e)
        {
            diagnostics.Error(
                e.NeedsBacktracking ? "regex-backtracks" : "bad-regex",
                position,
                $"this regular expression is not supported: {e.Message}",
                e.NeedsBacktracking ? "expressions match in linear time, without lookarounds, backreferences and atomic groups" : null);
        }
        catch (Exception e) when (e is NotSupportedException or RegexParseException)
        {
            diagnostics.Error(
                "regex-too-large", position, $"expected a smaller regular expression, found '{YamlScalar.Shorten(text)}'", "large counts make large automata");
        }

        return null;
    }

    // .{200} or .{200,}
    private static bool IsRun(string expression) => expression is ['.', '{', .. var count, '}'] && count.TrimEnd(',') is { Length: > 0 } digits
        && digits.Length >= count.Length - 1 && digits.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    private ComparisonValue? ReadComparison(YamlScalar scalar)
    {
        TimePart? part = null;
        var comparison = ComparisonOperator.Equal;
        foreach (var modifier in chain.Modifiers)
        {
            part = modifier.Kind switch
            {
                ModifierKind.Minute => TimePart.Minute,
                ModifierKind.Hour => TimePart.Hour,
                ModifierKind.Day => TimePart.Day,
                ModifierKind.Week => TimePart.Week,
                ModifierKind.Month => TimePart.Month,
                ModifierKind.Year => TimePart.Year,
                _ => part,
            };
            comparison = modifier.Kind switch
            {
                ModifierKind.Less => ComparisonOperator.Less,
                ModifierKind.LessOrEqual => ComparisonOperator.LessOrEqual,
                ModifierKind.Greater => ComparisonOperator.Greater,
                ModifierKind.GreaterOrEqual => ComparisonOperator.GreaterOrEqual,
                _ => comparison,
            };
        }

        if (YamlTyping.TryReadNumber(scalar, out var number))
        {
            return new ComparisonValue(scalar.Text, scalar.Position, comparison, number, part);
        }

        WrongType(scalar, "a number", chain.Modifiers.First(m => m.Kind is not (ModifierKind.All or ModifierKind.NotEqual)).Name);
        return null;
    }

    private MatchValue? WrongType(YamlScalar scalar, string expected, string modifier)
    {
        var isQuotedNumber = !scalar.IsPlain && YamlTyping.TryReadNumber(new YamlScalar(scalar.Position, scalar.Text, true), out _);
        var found = scalar.IsNull ? "null"
            : YamlTyping.TryReadBoolean(scalar, out _) ? $"the boolean {scalar.Text}"
            : YamlTyping.TryReadNumber(scalar, out _) ? $"the number {scalar.Text}"
            : $"the text {scalar.Description}";
        var hint = expected == "a text" && !scalar.IsNull ? "put it in quotes to make it a text"
            : isQuotedNumber ? "write it without quotes"
            : expected == "a number" && scalar.Text.TrimStart('0') is { Length: > 0 } digits && digits.Length < scalar.Text.Length && digits.All(char.IsAsciiDigit)
                ? $"a number has no leading zeros: write {digits}" : null;
        diagnostics.Error("modifier-type", scalar.Position, $"expected {expected} under the modifier {modifier}, found {found}", hint);
        return null;
    }

    private string TextModifier() =>
        chain.Modifiers.First(m => m.Kind is not (ModifierKind.All or ModifierKind.NotEqual or ModifierKind.Expand)).Name;

    private static bool IsTextUnderModifier(YamlScalar scalar) =>
        !scalar.IsNull && !YamlTyping.TryReadBoolean(scalar, out _) && !YamlTyping.IsCanonicalNumber(scalar);

    private static bool IsText(YamlScalar scalar) =>
        !scalar.IsNull && !YamlTyping.TryReadBoolean(scalar, out _) && !YamlTyping.TryReadNumber(scalar, out _);
}
