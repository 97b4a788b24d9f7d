namespace WireDns.Sigma.Rules;

/// <summary>
/// Parses a condition (specification: Detection, Condition): <c>or</c> binds least, then <c>and</c>, <c>not</c>, <c>1 of x</c> and
/// <c>all of x</c>, and parentheses most. Reports the first error of a condition with its place in it.
/// </summary>
internal sealed class ConditionParser
{
    // Parentheses are parsed, and trees walked, recursively; no rule of SigmaHQ goes past five.
    private const int MaximumDepth = 64;

    // Every pattern expands into the selections that it matches; a hundred are already many.
    private const int MaximumNodes = 20_000;

    private readonly YamlScalar _scalar;
    private readonly IReadOnlyDictionary<string, Selection> _selections;
    private readonly HashSet<string> _broken;
    private readonly HashSet<string> _used;
    private readonly DiagnosticBag _diagnostics;
    private readonly bool _isOneLine;
    private string _token = string.Empty;
    private int _tokenStart;
    private int _next;
    private int _depth;
    private int _nodes;

    /// <param name="scalar">The condition.</param>
    /// <param name="selections">The selections by name, in the order of the rule.</param>
    /// <param name="broken">Names of selections that exist but were reported as errors.</param>
    /// <param name="used">Receives the names that the condition uses.</param>
    /// <param name="diagnostics">Receives what is wrong.</param>
    public ConditionParser(
        YamlScalar scalar,
        IReadOnlyDictionary<string, Selection> selections,
        HashSet<string> broken,
        HashSet<string> used,
        DiagnosticBag diagnostics)
    {
        _scalar = scalar;
        _selections = selections;
        _broken = broken;
        _used = used;
        _diagnostics = diagnostics;
        _isOneLine = !scalar.Text.Contains('\n', StringComparison.Ordinal);
        Advance();
    }

    /// <summary>The tree, or null if an error was reported. Useless if a selection was broken.</summary>
    public RuleNode? Parse()
    {
        if (_token.Length == 0)
        {
            return Fail("condition-syntax", "expected a condition, found nothing");
        }

        var node = ParseOr();
        if (node is null || _token.Length == 0)
        {
            return node;
        }

        return _token == "|"
            ? FailOnAggregation()
            : Fail("condition-syntax", $"expected and, or, or the end of the condition, found '{YamlScalar.Shorten(_token)}'", OperatorHint());
    }

    private RuleNode? ParseOr() => ParseChain("or", ParseAnd, (position, nodes) => new AnyOf(position, nodes));

    private RuleNode? ParseAnd() => ParseChain("and", ParseNot, (position, nodes) => new AllOf(position, nodes));

    private RuleNode? ParseChain(string word, Func<RuleNode?> parseOperand, Func<SourcePosition, List<RuleNode>, RuleNode> join)
    {
        var position = Position;
        var operands = new List<RuleNode>();
        while (parseOperand() is { } operand)
        {
            operands.Add(operand);
            if (_token != word)
            {
                return operands.Count == 1 ? operand : join(position, operands);
            }

            Advance();
        }

        return null;
    }

    private RuleNode? ParseNot()
    {
        var position = Position;
        var isNegated = false;
        var hasNot = false;
        while (_token == "not")
        {
            isNegated = !isNegated;
            hasNot = true;
            Advance();
        }

        var node = ParsePrimary();
        return node is null || !hasNot || !isNegated ? node : new Not(position, node);
    }

    private RuleNode? ParsePrimary()
    {
        var position = Position;
        var token = _token;
        switch (token)
        {
            case "(":
                if (++_depth > MaximumDepth)
                {
                    return Fail("condition-too-deep", $"expected at most {MaximumDepth} parentheses inside one another, found more");
                }

                Advance();
                var inner = ParseOr();
                if (inner is null)
                {
                    return null;
                }

                if (_token != ")")
                {
                    return _token == "|"
                        ? FailOnAggregation()
                        : Fail("condition-syntax", $"expected ), found {DescribeToken()}", OperatorHint());
                }

                _depth--;
                Advance();
                return inner;

            case "|":
                return FailOnAggregation();

            case "" or ")" or "and" or "or":
                return Fail("condition-syntax", $"expected a selection, found {DescribeToken()}");
        }

        var tokenStart = _tokenStart;
        Advance();
        if (_token == "of")
        {
            return ParseQuantifier(token, tokenStart, position);
        }

        if (token is "1" or "all" or "any" && _token.Equals("of", StringComparison.OrdinalIgnoreCase))
        {
            return Fail("condition-operator-case", $"expected '{token} of', found '{token} {_token}'", "operators are written in lower case");
        }

        if (_token == "(" && token is "count" or "sum" or "min" or "max" or "avg" or "near" && !_selections.ContainsKey(token))
        {
            return FailOnAggregation(tokenStart);
        }

        return FindSelection(token, tokenStart, position);
    }

    private RuleNode? ParseQuantifier(string quantifier, int quantifierStart, SourcePosition position)
    {
        var isAll = quantifier == "all";
        if (!isAll && quantifier is not ("1" or "any"))
        {
            return Fail("condition-syntax", $"expected 1 of or all of, found '{YamlScalar.Shorten(quantifier)} of'", at: quantifierStart);
        }

        Advance();
        var pattern = _token;
        if (pattern is "" or "(" or ")" or "|" or "and" or "or" or "not")
        {
            return Fail("condition-syntax", $"expected them, or a pattern of selection names, found {DescribeToken()}");
        }

        if (FindBadCharacter(pattern) is { } bad)
        {
            return Fail(
                "condition-syntax",
                $"expected a pattern of letters, digits, _, - and *, found '{bad}' in '{YamlScalar.Shorten(pattern)}'",
                bad == '?' ? "only * is a wildcard in a condition" : null);
        }

        var nodes = new List<RuleNode>();
        var them = pattern == "them" ? "*" : pattern;
        foreach (var (name, selection) in _selections)
        {
            if (IsMatch(name, them))
            {
                _used.Add(name);
                nodes.Add(new SelectionUse(position, selection));
            }
        }

        foreach (var name in _broken)
        {
            if (IsMatch(name, them))
            {
                _used.Add(name);
                nodes.Add(Stand(name, position));
            }
        }

        if (nodes.Count == 0)
        {
            return Fail(
                "pattern-without-selection",
                $"expected a selection that matches '{YamlScalar.Shorten(pattern)}', found none among {ListNames()}",
                Spelling.Suggest(pattern, _selections.Keys));
        }

        if (!TryCount(nodes.Count))
        {
            return null;
        }

        Advance();
        return nodes.Count == 1 ? nodes[0] : isAll ? new AllOf(position, nodes) : new AnyOf(position, nodes);
    }

    private bool TryCount(int uses)
    {
        _nodes += uses;
        if (_nodes > MaximumNodes)
        {
            Fail("condition-too-large", $"expected a condition of at most {MaximumNodes:N0} selections with its patterns unfolded, found more");
        }

        return _nodes <= MaximumNodes;
    }

    private SelectionUse? FindSelection(string name, int start, SourcePosition position)
    {
        if (!TryCount(1))
        {
            return null;
        }

        if (_selections.TryGetValue(name, out var selection))
        {
            _used.Add(name);
            return new SelectionUse(position, selection);
        }

        if (_broken.Contains(name))
        {
            _used.Add(name);
            return Stand(name, position);
        }

        if (name is "AND" or "OR" or "NOT" or "And" or "Or" or "Not")
        {
            Fail("condition-operator-case", $"expected a selection, found {name}", "operators are written in lower case", start);
            return null;
        }

        if (name.Contains('*', StringComparison.Ordinal))
        {
            Fail("condition-syntax", $"expected '1 of' or 'all of' before the pattern '{YamlScalar.Shorten(name)}'", null, start);
            return null;
        }

        if (FindBadCharacter(name) is { } bad)
        {
            Fail("condition-syntax", $"expected a selection, found '{bad}' in '{YamlScalar.Shorten(name)}'", null, start);
            return null;
        }

        Fail(
            "unknown-selection",
            $"expected one of the selections {ListNames()}, found '{YamlScalar.Shorten(name)}'",
            Spelling.Suggest(name, _selections.Keys),
            start);
        return null;
    }

    /// <summary>Stands for a selection whose own error was reported, so that errors after it are found too.</summary>
    private static SelectionUse Stand(string name, SourcePosition position) =>
        new(position, new Selection(name, position, new AnyOf(position, [])));

    /// <summary>Names that start with an underscore match only patterns that do, too.</summary>
    private static bool IsMatch(string name, string pattern)
    {
        if (name.StartsWith('_') && !pattern.StartsWith('_'))
        {
            return false;
        }

        // Two pointers that can go back to the last star: linear for one star, at worst the product of the two lengths.
        int n = 0, p = 0, star = -1, resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = n;
            }
            else if (p < pattern.Length && pattern[p] == name[n])
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).IndexOfAnyExcept('*') < 0;
    }

    private void Advance()
    {
        var text = _scalar.Text;
        while (_next < text.Length && char.IsWhiteSpace(text[_next]))
        {
            _next++;
        }

        _tokenStart = _next;
        if (_next < text.Length && text[_next] is '(' or ')' or '|')
        {
            _next++;
        }
        else
        {
            while (_next < text.Length && !char.IsWhiteSpace(text[_next]) && text[_next] is not ('(' or ')' or '|'))
            {
                _next++;
            }
        }

        _token = text[_tokenStart.._next];
    }

    private SourcePosition Position => PositionAt(_tokenStart);

    /// <summary>Exact if the condition is on one line; one over several lines is shown from its beginning.</summary>
    private SourcePosition PositionAt(int offset) => _isOneLine
        ? _scalar.Position with { Column = _scalar.Position.Column + offset + (_scalar.IsPlain ? 0 : 1) }
        : _scalar.Position;

    private static char? FindBadCharacter(string token)
    {
        foreach (var c in token)
        {
            if (!char.IsLetterOrDigit(c) && c is not ('_' or '-' or '.' or '*'))
            {
                return c;
            }
        }

        return null;
    }

    private string DescribeToken() => _token.Length == 0 ? "the end of the condition" : $"'{YamlScalar.Shorten(_token)}'";

    private string? OperatorHint() => _token is "AND" or "OR" or "NOT" or "And" or "Or" or "Not" or "OF" or "Of"
        ? "operators are written in lower case"
        : null;

    private string ListNames() => _selections.Count == 0 ? "(none)" : YamlScalar.Shorten(string.Join(", ", _selections.Keys));

    private RuleNode? FailOnAggregation(int? at = null) => Fail(
        "condition-aggregation",
        "an aggregation such as | count() in a condition is the syntax before Sigma 2",
        "write a correlation rule (type: event_count or value_count) that refers to this rule",
        at);

    private RuleNode? Fail(string id, string message, string? suggestion = null, int? at = null)
    {
        _diagnostics.Error(id, PositionAt(at ?? _tokenStart), message, suggestion);
        return null;
    }
}
