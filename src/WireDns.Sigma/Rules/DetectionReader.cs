using System.Text.RegularExpressions;

namespace WireDns.Sigma.Rules;

/// <summary>Reads the <c>detection</c> section of a rule, or the <c>filter</c> section of a filter.</summary>
internal sealed partial class DetectionReader(SigmaPlaceholders placeholders, DiagnosticBag diagnostics)
{
    // Each pattern of a condition is compared with each name; SigmaHQ's largest rule has some fifty.
    private const int MaximumSelections = 5000;

    // The most that is allocated in advance for a list; a longer one grows as it is read.
    private const int MaximumExpectation = 1 << 28;

    /// <summary>The detection, or null if an error was reported.</summary>
    /// <param name="node">The section, or null where there is none.</param>
    /// <param name="parent">Where to point to if there is none.</param>
    /// <param name="isOtherKey">Keys of the section that are neither a selection nor the condition.</param>
    /// <param name="missing">What to suggest if there is none; null for nothing.</param>
    public Detection? Read(YamlNode? node, SourcePosition parent, Func<string, bool>? isOtherKey = null, string? missing = null)
    {
        if (node is not YamlMap map)
        {
            diagnostics.Error(
                "missing-detection",
                node?.Position ?? parent,
                $"expected a map with selections and a condition under detection, found {node?.Description ?? "none"}",
                node is null ? missing : null);
            return null;
        }

        if (map.Entries.Count > MaximumSelections)
        {
            diagnostics.Error(
                "too-many-selections", map.Position, $"expected at most {MaximumSelections:N0} selections, found {map.Entries.Count:N0}");
            return null;
        }

        var selections = new Dictionary<string, Selection>(StringComparer.Ordinal);
        var broken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in map.Entries)
        {
            if (key.Text == "condition" || isOtherKey?.Invoke(key.Text) == true)
            {
                continue;
            }

            if (key.Text == "timeframe")
            {
                diagnostics.Warning(
                    "timeframe-ignored", key.Position, "timeframe belongs to the aggregations before Sigma 2 and has no effect", "write a correlation rule");
            }
            else if (ReadSelection(value) is { } selectionNode)
            {
                selections.Add(key.Text, new Selection(key.Text, key.Position, selectionNode));
            }
            else
            {
                broken.Add(key.Text);
            }
        }

        return ReadConditions(map, selections, broken);
    }

    private Detection? ReadConditions(YamlMap map, Dictionary<string, Selection> selections, HashSet<string> broken)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var texts = new List<string>();
        var nodes = new List<RuleNode>();
        var node = map.Find("condition");
        var scalars = node is YamlList list ? list.Items : node is null ? [] : [node];
        if (scalars.Count == 0)
        {
            diagnostics.Error(
                "missing-condition", node?.Position ?? map.Position, $"expected a condition, found {(node is null ? "none" : "an empty list")}",
                node is null ? map.SuggestKey("condition") : null);
            return null;
        }

        foreach (var item in scalars)
        {
            if (item is not YamlScalar { IsNull: false } scalar)
            {
                diagnostics.Error("condition-syntax", item.Position, $"expected a condition as text, found {item.Description}");
                continue;
            }

            texts.Add(scalar.Text);
            if (new ConditionParser(scalar, selections, broken, used, diagnostics).Parse() is { } root)
            {
                nodes.Add(root);
            }
        }

        if (nodes.Count != scalars.Count || broken.Count > 0)
        {
            return null;
        }

        foreach (var selection in selections.Values)
        {
            if (!used.Contains(selection.Name))
            {
                diagnostics.Warning("unused-selection", selection.Position, $"no condition uses the selection '{selection.Name}'");
            }
        }

        return new Detection([.. selections.Values], texts, nodes.Count == 1 ? nodes[0] : new AnyOf(scalars[0].Position, nodes));
    }

    /// <summary>One selection, or null where an error was reported.</summary>
    public RuleNode? ReadSelection(YamlNode node)
    {
        switch (node)
        {
            case YamlMap map:
                return ReadMap(map);

            case YamlScalar scalar:
                return ReadKeywords([scalar], scalar.Position);

            default:
                var list = (YamlList)node;
                if (list.Items.Count == 0)
                {
                    diagnostics.Error("empty-selection", list.Position, "expected keywords or maps, found an empty list");
                    return null;
                }

                return list.Items.All(i => i is YamlScalar) ? ReadKeywords(list.Items, list.Position) : ReadAlternatives(list);
        }
    }

    private RuleNode? ReadMap(YamlMap map)
    {
        if (map.Entries.Count == 0)
        {
            diagnostics.Error("empty-selection", map.Position, "expected a field with its value, found an empty map");
            return null;
        }

        var nodes = new List<RuleNode>();
        foreach (var (key, value) in map.Entries)
        {
            if (ReadField(key, value) is { } match)
            {
                nodes.Add(match);
            }
        }

        return nodes.Count < map.Entries.Count ? null : nodes.Count == 1 ? nodes[0] : new AllOf(map.Position, nodes);
    }

    private AnyOf? ReadAlternatives(YamlList list)
    {
        var nodes = new List<RuleNode>();
        foreach (var item in list.Items)
        {
            if (item is YamlList)
            {
                diagnostics.Error("nested-list", item.Position, "expected a map or a keyword, found a list inside a list");
            }
            else if (ReadSelection(item) is { } node)
            {
                nodes.Add(node);
            }
        }

        return nodes.Count < list.Items.Count ? null : new AnyOf(list.Position, nodes);
    }

    private FieldMatch? ReadKeywords(IReadOnlyList<YamlNode> items, SourcePosition position)
    {
        foreach (var item in items)
        {
            if (item is YamlScalar { IsPlain: true } scalar && FieldWithoutBlank().Match(scalar.Text) is { Success: true } found)
            {
                diagnostics.Warning(
                    "missing-blank",
                    scalar.Position,
                    $"{scalar.Description} is a keyword, because no blank follows the colon",
                    $"write '{YamlScalar.Shorten($"{found.Groups[1].Value}: {found.Groups[2].Value}")}' for a field, or put a keyword in quotes");
            }
        }

        var chain = ModifierChain.Read(new YamlScalar(position, string.Empty, isPlain: true), out _, diagnostics)!;
        return ReadValues(null, position, chain, items);
    }

    private FieldMatch? ReadField(YamlScalar key, YamlNode value)
    {
        if (key.IsNull)
        {
            diagnostics.Error("missing-field", key.Position, "expected a field's name, found nothing", "keywords are a list, or stand under '|all'");
            return null;
        }

        var chain = ModifierChain.Read(key, out var field, diagnostics);
        if (value is YamlMap)
        {
            diagnostics.Error(
                "map-as-value", value.Position, $"expected a value or a list of values for {key.Description}, found a map", "write a nested field as a.b");
            return null;
        }

        if (value is YamlList { Items.Count: 0 })
        {
            diagnostics.Error(
                "empty-list", value.Position, $"expected at least one value for {key.Description}, found an empty list", "write null for a missing field");
            return null;
        }

        return chain is null ? null : ReadValues(field, key.Position, chain, value is YamlList list ? list.Items : [value]);
    }

    private FieldMatch? ReadValues(string? field, SourcePosition position, ModifierChain chain, IReadOnlyList<YamlNode> items)
    {
        var reader = new ValueReader(chain, isKeyword: field is null, placeholders, diagnostics);
        var values = new List<MatchValue>();
        var expanded = new List<YamlScalar>();
        var errors = diagnostics.ErrorCount;
        foreach (var item in items)
        {
            if (item is not YamlScalar scalar)
            {
                var found = item is YamlList ? "a list inside a list" : "a map";
                diagnostics.Error(item is YamlList ? "nested-list" : "map-as-value", item.Position, $"expected a value, found {found}");
            }
            else if (scalar.IsNull && items.Count > 1)
            {
                diagnostics.Error(
                    "null-in-list", scalar.Position, $"expected a value, found {(scalar.Text.Length == 0 ? "nothing" : scalar.Text)} in a list",
                    scalar.Text is "NULL" or "Null" ? "put it in quotes to make it the word" : "test for null in a selection of its own");
            }
            else if (chain.Has(ModifierKind.Expand) && HasPlaceholder(scalar, out var isResolved))
            {
                if (isResolved)
                {
                    expanded.Add(scalar);
                }
            }
            else if (reader.Read(scalar) is { } value)
            {
                values.Add(value);
            }
        }

        if (diagnostics.ErrorCount != errors || !CheckExpanded(expanded, reader, out var expandedCount, out var expandedLength))
        {
            return null;
        }

        WarnAboutModifiers(chain, items.Count, expanded.Count);
        return new FieldMatch(
            field, position, chain.Modifiers, values, expanded.Count == 0 ? null : expanded.SelectMany(scalar => reader.Expand(scalar)))
        {
            ExpandedCount = (int)Math.Min(expandedCount, MaximumExpectation),
            ExpandedLength = (int)Math.Min(expandedLength, MaximumExpectation),
            Placeholders = [.. expanded.SelectMany(scalar => PlaceholderText.Split(scalar.Text)).Where(part => part.IsPlaceholder).Select(part => part.Text).Distinct()],
        };
    }

    /// <summary>Whether the text has a placeholder, or an escaped percent sign. An unknown placeholder is reported.</summary>
    private bool HasPlaceholder(YamlScalar scalar, out bool isResolved)
    {
        isResolved = true;
        var hasPlaceholder = scalar.Text.Contains(@"\%", StringComparison.Ordinal);
        foreach (var (name, isPlaceholder) in PlaceholderText.Split(scalar.Text))
        {
            hasPlaceholder |= isPlaceholder;
            if (isPlaceholder && !placeholders.TryGet(name, out _))
            {
                isResolved = false;
                diagnostics.Error(
                    "unresolved-placeholder",
                    scalar.Position,
                    $"the placeholder %{name}% has no values",
                    Spelling.Suggest(name, placeholders.Names) ?? "give it a list of values");
            }
        }

        return hasPlaceholder;
    }

    /// <summary>Reads each value of the placeholders once, so that errors are known before the rule runs.</summary>
    private bool CheckExpanded(List<YamlScalar> expanded, ValueReader reader, out long count, out long length)
    {
        count = 0;
        length = 0;
        var errors = diagnostics.ErrorCount;
        foreach (var scalar in expanded)
        {
            foreach (var (name, isPlaceholder) in PlaceholderText.Split(scalar.Text))
            {
                if (isPlaceholder)
                {
                    CheckList(scalar, name, ref count, ref length);
                }
            }

            if (reader.CanFail && diagnostics.ErrorCount == errors)
            {
                foreach (var _ in reader.Expand(scalar))
                {
                    // Errors are reported on the way.
                }
            }
        }

        return diagnostics.ErrorCount == errors;
    }

    private void CheckList(YamlScalar scalar, string name, ref long totalCount, ref long totalLength)
    {
        if (placeholders.TryGetSize(name, out var size))
        {
            totalCount += size.Count;
            totalLength += size.Length;
            return;
        }

        placeholders.TryGet(name, out var values);
        var count = 0L;
        foreach (var value in values)
        {
            count++;
            totalLength += value.Length;
            if (value.Length == 0)
            {
                diagnostics.Error(
                    "empty-placeholder-value",
                    scalar.Position,
                    $"value {count} of %{name}% is empty: under contains it would match everything",
                    "is there an empty line in the list?");
                return;
            }
        }

        totalCount += count;
        if (count == 0)
        {
            diagnostics.Error("unresolved-placeholder", scalar.Position, $"the list of %{name}% is empty");
        }
    }

    private void WarnAboutModifiers(ModifierChain chain, int itemCount, int expandedCount)
    {
        if (chain.Find(ModifierKind.All) is { } all && itemCount == 1 && expandedCount == 0)
        {
            diagnostics.Warning("all-on-one-value", all.Position, "the modifier all says nothing about a single value");
        }

        if (chain.Find(ModifierKind.Expand) is { } expand && expandedCount == 0)
        {
            diagnostics.Warning("expand-without-placeholder", expand.Position, "expected a %placeholder% under the modifier expand, found none");
        }
    }

    // Not a URL, a path, a drive or a port.
    [GeneratedRegex(@"^([A-Za-z_][A-Za-z0-9_.-]+(?:\|[A-Za-z0-9|]+)?):([^\s/\\0-9:].*)$", RegexOptions.CultureInvariant)]
    private static partial Regex FieldWithoutBlank();
}
