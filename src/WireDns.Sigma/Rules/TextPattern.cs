using System.Text;

namespace WireDns.Sigma.Rules;

/// <summary>
/// A Sigma string as a sequence of literals and wildcards, matched against a whole value (specification: Detection, String Wildcard and
/// Escaping). Adjacent literals are one, and so are adjacent <c>*</c>. Immutable.
/// </summary>
public sealed class TextPattern
{
    private readonly PatternToken[] _tokens;

    internal TextPattern(IEnumerable<PatternToken> tokens)
        : this(Normalize(tokens))
    {
    }

    private TextPattern(PatternToken[] normalTokens)
    {
        _tokens = normalTokens;
    }

    /// <summary>The pieces in order; none for the empty string.</summary>
    public IReadOnlyList<PatternToken> Tokens => _tokens;

    /// <summary>
    /// Whether this is a domain name that stands for itself and all names below it. Its pieces are <c>*</c> and the name, but what <c>*</c> takes is empty or
    /// ends with a dot between labels. Only lists of names make such patterns (<see cref="SigmaPlaceholders.AddNames"/>).
    /// </summary>
    public bool TakesNamesBelow { get; private init; }

    /// <summary>Whether it has an unescaped <c>*</c> or <c>?</c>.</summary>
    public bool HasWildcards => Array.Exists(_tokens, t => t.Kind != PatternTokenKind.Literal);

    /// <summary>
    /// Reads a Sigma string: <c>*</c> and <c>?</c> are wildcards, a backslash escapes one of them or a backslash, and any other backslash is literal.
    /// </summary>
    public static TextPattern Parse(string text)
    {
        if (text.AsSpan().IndexOfAny('*', '?', '\\') < 0)
        {
            return new TextPattern(text.Length == 0 ? [] : new[] { PatternToken.Literal(text) });
        }

        var tokens = new List<PatternToken>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && i + 1 < text.Length && (text[i + 1] is '*' or '?' or '\\'))
            {
                literal.Append(text[++i]);
            }
            else if (c is '*' or '?')
            {
                tokens.Add(PatternToken.Literal(literal.ToString()));
                tokens.Add(c == '*' ? PatternToken.AnyText : PatternToken.AnyCharacter);
                literal.Clear();
            }
            else
            {
                literal.Append(c);
            }
        }

        tokens.Add(PatternToken.Literal(literal.ToString()));
        return new TextPattern(tokens);
    }

    /// <summary>A domain name that stands for itself and all names below it.</summary>
    internal static TextPattern Domain(string name) => new(new[] { PatternToken.AnyText, PatternToken.Literal(name) }) { TakesNamesBelow = true };

    /// <summary>The pattern as a Sigma string, with escapes where needed; <see cref="Parse"/> gives the same pattern again.</summary>
    public override string ToString()
    {
        if (TakesNamesBelow)
        {
            return _tokens[1].Text;
        }

        if (_tokens is [{ Kind: PatternTokenKind.Literal } only] && only.Text.AsSpan().IndexOfAny('*', '?', '\\') < 0)
        {
            return only.Text;
        }

        var text = new StringBuilder();
        foreach (var token in _tokens)
        {
            switch (token.Kind)
            {
                case PatternTokenKind.AnyText:
                    text.Append('*');
                    break;
                case PatternTokenKind.AnyCharacter:
                    text.Append('?');
                    break;
                default:
                    text.Append(token.Text
                        .Replace(@"\", @"\\", StringComparison.Ordinal)
                        .Replace("*", @"\*", StringComparison.Ordinal)
                        .Replace("?", @"\?", StringComparison.Ordinal));
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>The pattern with a <c>*</c> token before it, after it, or both.</summary>
    internal TextPattern WithWildcards(bool before, bool after)
    {
        if (TakesNamesBelow)
        {
            return new TextPattern([_tokens[1]]).WithWildcards(before, after);
        }

        if (_tokens.Length == 0)
        {
            return new TextPattern(before || after ? new[] { PatternToken.AnyText } : _tokens);
        }

        var first = before && _tokens[0].Kind != PatternTokenKind.AnyText ? 1 : 0;
        var last = after && _tokens[^1].Kind != PatternTokenKind.AnyText ? 1 : 0;
        var tokens = new PatternToken[first + _tokens.Length + last];
        tokens[0] = PatternToken.AnyText;
        tokens[^1] = PatternToken.AnyText;
        _tokens.CopyTo(tokens, first);
        return new TextPattern(tokens);
    }

    /// <summary>The same pattern with other literals.</summary>
    /// <param name="map">Gives the text that replaces a literal.</param>
    public TextPattern WithLiterals(Func<string, string> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return TakesNamesBelow ? Domain(map(_tokens[1].Text)) : MapLiterals(map);
    }

    /// <summary>The pattern with each literal replaced.</summary>
    internal TextPattern MapLiterals(Func<string, string> map) =>
        new(_tokens.Select(t => t.Kind == PatternTokenKind.Literal ? PatternToken.Literal(map(t.Text)) : t));

    private static PatternToken[] Normalize(IEnumerable<PatternToken> tokens)
    {
        var result = new List<PatternToken>(3);
        foreach (var token in tokens)
        {
            if (token.Kind == PatternTokenKind.Literal && token.Text.Length == 0)
            {
                continue;
            }

            if (result.Count > 0 && result[^1].Kind == token.Kind && token.Kind != PatternTokenKind.AnyCharacter)
            {
                result[^1] = token.Kind == PatternTokenKind.Literal ? PatternToken.Literal(result[^1].Text + token.Text) : token;
            }
            else
            {
                result.Add(token);
            }
        }

        return [.. result];
    }
}

/// <summary>One piece of a <see cref="TextPattern"/>.</summary>
/// <param name="Kind">What it matches.</param>
/// <param name="Text">The literal text; empty for wildcards.</param>
public readonly record struct PatternToken(PatternTokenKind Kind, string Text)
{
    /// <summary>The wildcard <c>*</c>.</summary>
    public static PatternToken AnyText => new(PatternTokenKind.AnyText, string.Empty);

    /// <summary>The wildcard <c>?</c>.</summary>
    public static PatternToken AnyCharacter => new(PatternTokenKind.AnyCharacter, string.Empty);

    /// <summary>A literal text.</summary>
    public static PatternToken Literal(string text) => new(PatternTokenKind.Literal, text);
}

/// <summary>What one piece of a <see cref="TextPattern"/> matches.</summary>
public enum PatternTokenKind
{
    /// <summary>Its literal text.</summary>
    Literal,

    /// <summary>Any text, even the empty one (<c>*</c>).</summary>
    AnyText,

    /// <summary>Exactly one character (<c>?</c>).</summary>
    AnyCharacter,
}
