using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Compiles rules: each tree becomes nodes over leaves; each leaf is a group of patterns or a predicate; and the patterns of all rules for
/// a field go into two matchers: one that runs on each event, because its hits trigger rules, and one that runs on demand.
/// </summary>
internal sealed class RuleCompiler(IFieldSchema schema)
{
    private readonly List<ProgramNode> _nodes = [];
    private readonly List<int> _children = [];
    private readonly List<TextLeaf> _textLeaves = [];
    private readonly List<FieldPredicate> _predicates = [];
    private readonly List<LeafOrigin> _predicateOrigins = [];
    private readonly Dictionary<(Selection, LogSource), int> _selections = [];
    private LogSource _source = new();

    public CompiledRules Compile(IReadOnlyList<SigmaRule> rules)
    {
        var roots = new int[rules.Count];
        for (var i = 0; i < rules.Count; i++)
        {
            // Two rules may share a selection (a filter's), while the same name means different fields in their logs.
            _source = rules[i].LogSource with { Definition = null, Position = default };
            roots[i] = CompileNode(rules[i].Detection.Root, null!);
        }

        var alwaysRun = new List<int>();
        var rulesOfLeaf = new List<int>[_textLeaves.Count];
        for (var i = 0; i < roots.Length; i++)
        {
            if (_nodes[roots[i]].Kind == ProgramNodeKind.False)
            {
                continue;
            }

            var triggers = new List<int>();
            if (!TryFindTriggers(roots[i], triggers))
            {
                alwaysRun.Add(i);
                continue;
            }

            foreach (var leaf in triggers)
            {
                (rulesOfLeaf[leaf] ??= []).Add(i);
            }
        }

        var scansOfLeaf = new List<int>[_textLeaves.Count];
        var eager = BuildScans(rulesOfLeaf, isEager: true, 0, scansOfLeaf);
        var lazy = BuildScans(rulesOfLeaf, isEager: false, eager.Count, scansOfLeaf);
        OrderByCost(rulesOfLeaf);
        return new CompiledRules
        {
            Nodes = [.. _nodes],
            Children = [.. _children],
            Roots = roots,
            AlwaysRun = [.. alwaysRun],
            RulesOfLeaf = [.. rulesOfLeaf.Select(r => r is null ? [] : r.Distinct().ToArray())],
            ScansOfLeaf = [.. scansOfLeaf.Select(s => s.ToArray())],
            FieldsOfLeaf = [.. _textLeaves.Select(l => l.Fields.Select(f => f.Id).ToArray())],
            EagerScanCount = eager.Count,
            Scans = [.. eager, .. lazy],
            Predicates = [.. _predicates],
            Origins = [.. _textLeaves.Select(l => l.Origin), .. _predicateOrigins],
        };
    }

    private int CompileNode(RuleNode node, Selection selection) => node switch
    {
        SelectionUse use => CompileSelection(use.Selection),
        Not not => Negate(CompileNode(not.Node, selection)),
        AllOf all => Join(ProgramNodeKind.All, all.Nodes.Select(n => CompileNode(n, selection))),
        AnyOf any => Join(ProgramNodeKind.Any, any.Nodes.Select(n => CompileNode(n, selection))),
        _ => CompileMatch((FieldMatch)node, selection),
    };

    /// <summary>A selection is compiled once per log, however often conditions name it.</summary>
    private int CompileSelection(Selection selection)
    {
        if (!_selections.TryGetValue((selection, _source), out var node))
        {
            node = CompileNode(selection.Node, selection);
            _selections.Add((selection, _source), node);
        }

        return node;
    }

    private int CompileMatch(FieldMatch match, Selection selection)
    {
        IReadOnlyList<FieldDefinition> fields = [.. schema.KeywordFields.Select(keyword => keyword.Places[0])];
        if (match.Field is not null)
        {
            fields = schema.TryResolve(match.Field, _source, out var field) ? field.Places : [];
        }

        int node;
        if (fields.Count == 0)
        {
            node = CompileMissing(match);
        }
        else if (match.RequiresAll)
        {
            node = Join(ProgramNodeKind.All, match.Values.Select(v => CompileValue(v, match, selection, fields)));
        }
        else
        {
            node = Join(ProgramNodeKind.Any, CompileAlternatives(match, selection, fields));
        }

        return match.IsNegated ? Negate(node) : node;
    }

    /// <summary>A field that no event has: null and exists: false are true, all else is false.</summary>
    private int CompileMissing(FieldMatch match)
    {
        // Placeholders stand for texts, which are false here; no need to make a million of them.
        var verdicts = match.HasPlaceholders
            ? [false]
            : match.Values.Select(v => v is NullValue or ExistsValue { Expected: false }).ToList();
        return Constant(match.RequiresAll ? verdicts.TrueForAll(v => v) : verdicts.Contains(true));
    }

    private List<int> CompileAlternatives(FieldMatch match, Selection selection, IReadOnlyList<FieldDefinition> fields)
    {
        var nodes = new List<int>();
        var numbers = new List<NumberValue>();
        var networks = new List<CidrValue>();
        var hasTexts = false;
        var isSelective = true;
        var index = 0;
        foreach (var value in match.Values)
        {
            if (index++ >= match.WrittenCount && value is TextValue)
            {
                // The rest of a placeholder's list is text like this one, and is assumed to be selective.
                hasTexts = true;
                break;
            }

            switch (value)
            {
                case TextValue or BooleanValue:
                    hasTexts = true;
                    isSelective &= IsSelective(value);
                    break;
                case NumberValue number:
                    numbers.Add(number);
                    break;
                case CidrValue network:
                    networks.Add(network);
                    break;
                default:
                    nodes.Add(CompileValue(value, match, selection, fields));
                    break;
            }
        }

        if (hasTexts)
        {
            nodes.Add(AddTextLeaf(new TextLeaf(fields, new LeafOrigin(selection, match, null), isSelective)));
        }

        if (numbers.Count > 0)
        {
            nodes.Add(AddPredicate(NumbersPredicate(fields, numbers), new LeafOrigin(selection, match, null)));
        }

        if (networks.Count > 0)
        {
            var predicate = new FieldPredicate(PredicateKind.Networks, IdsOf(fields), FoldsAsciiOnly(fields))
            {
                Networks = new NetworkSet(networks.Select(n => n.Network)),
            };
            nodes.Add(AddPredicate(predicate, new LeafOrigin(selection, match, null)));
        }

        return nodes;
    }

    private int CompileValue(MatchValue value, FieldMatch match, Selection selection, IReadOnlyList<FieldDefinition> fields)
    {
        var origin = new LeafOrigin(selection, match, value);
        var ids = IdsOf(fields);
        var isAsciiOnly = FoldsAsciiOnly(fields);
        switch (value)
        {
            case TextValue or BooleanValue:
                return AddTextLeaf(new TextLeaf(fields, origin, IsSelective(value)));
            case NumberValue number:
                return AddPredicate(NumbersPredicate(fields, [number]), origin);
            case NullValue:
                return AddPredicate(new FieldPredicate(PredicateKind.IsNull, ids, isAsciiOnly), origin);
            case ExistsValue exists:
                var node = AddPredicate(new FieldPredicate(PredicateKind.Exists, ids, isAsciiOnly), origin);
                return exists.Expected ? node : Negate(node);
            case RegexValue regex:
                return AddPredicate(new FieldPredicate(PredicateKind.Regex, ids, isAsciiOnly) { Regex = regex }, origin);
            case CidrValue cidr:
                return AddPredicate(new FieldPredicate(PredicateKind.Networks, ids, isAsciiOnly) { Networks = new NetworkSet([cidr.Network]) }, origin);
            case ComparisonValue comparison:
                return AddPredicate(new FieldPredicate(PredicateKind.Comparison, ids, isAsciiOnly) { Comparison = comparison }, origin);
            case FieldReferenceValue reference:
                var isKnown = schema.TryResolve(reference.Field, _source, out var other);
                var predicate = new FieldPredicate(
                    PredicateKind.FieldReference, ids, isAsciiOnly && (!isKnown || other.Kind == FieldKind.Name))
                {
                    Reference = reference,
                    ReferencedFieldId = isKnown ? other.Id : -1,
                };
                return AddPredicate(predicate, origin);
            default:
                throw new ArgumentException($"a value of type {value.GetType().Name} cannot be compiled", nameof(value));
        }
    }

    private static FieldPredicate NumbersPredicate(IReadOnlyList<FieldDefinition> fields, List<NumberValue> numbers) =>
        new(PredicateKind.Numbers, IdsOf(fields), FoldsAsciiOnly(fields))
        {
            Numbers = [.. numbers.Select(n => n.Number)],
            NumberTexts = [.. numbers.Select(n => System.Text.Encoding.ASCII.GetBytes(n.Number.ToString()))],
        };

    /// <summary>
    /// Text leaves of which at least one is hit whenever the node is true: the fewest and most selective. False if there are none: the node
    /// can be true without a hit, or hits would be as common as events.
    /// </summary>
    private bool TryFindTriggers(int node, List<int> triggers)
    {
        var (kind, first, count) = _nodes[node];
        switch (kind)
        {
            case ProgramNodeKind.False:
                return true;

            case ProgramNodeKind.TextLeaf:
                triggers.Add(first);
                return _textLeaves[first].IsSelective;

            case ProgramNodeKind.Any:
                for (var i = 0; i < count; i++)
                {
                    if (!TryFindTriggers(_children[first + i], triggers))
                    {
                        return false;
                    }
                }

                return true;

            case ProgramNodeKind.All:
                List<int>? best = null;
                for (var i = 0; i < count; i++)
                {
                    var candidate = new List<int>();
                    if (TryFindTriggers(_children[first + i], candidate) && (best is null || candidate.Count < best.Count))
                    {
                        best = candidate;
                    }
                }

                triggers.AddRange(best ?? []);
                return best is not null;

            default:
                return false;
        }
    }

    /// <summary>The matchers of the leaves that are triggers, or of those that are not; one per field.</summary>
    private List<TextScan> BuildScans(List<int>[] rulesOfLeaf, bool isEager, int firstScan, List<int>[] scansOfLeaf)
    {
        var expected = ExpectPatterns(rulesOfLeaf, isEager);
        var builders = new Dictionary<FieldDefinition, (int Scan, PatternSetBuilder Patterns)>();
        for (var leaf = 0; leaf < _textLeaves.Count; leaf++)
        {
            if (rulesOfLeaf[leaf] is not null != isEager)
            {
                continue;
            }

            scansOfLeaf[leaf] = [];
            foreach (var field in _textLeaves[leaf].Fields)
            {
                if (!builders.TryGetValue(field, out var builder))
                {
                    var (count, length) = expected.GetValueOrDefault(field);
                    builder = (
                        firstScan + builders.Count,
                        new PatternSetBuilder(field.Kind == FieldKind.Name, expectedPatterns: count, expectedLength: length));
                    builders.Add(field, builder);
                }

                scansOfLeaf[leaf].Add(builder.Scan);
                AddPatterns(builder.Patterns, _textLeaves[leaf].Origin, field.Kind, leaf);
            }
        }

        var scans = new TextScan[builders.Count];
        foreach (var (field, builder) in builders)
        {
            scans[builder.Scan - firstScan] = new TextScan(field.Id, builder.Patterns.Build());
        }

        return [.. scans];
    }

    /// <summary>How many patterns the lists of placeholders add to each field, and how long they are, to allocate that at once.</summary>
    private Dictionary<FieldDefinition, (int Count, int Length)> ExpectPatterns(List<int>[] rulesOfLeaf, bool isEager)
    {
        const int Maximum = 1 << 28;
        var expected = new Dictionary<FieldDefinition, (int Count, int Length)>();
        for (var leaf = 0; leaf < _textLeaves.Count; leaf++)
        {
            var (fields, origin, _) = _textLeaves[leaf];
            if (rulesOfLeaf[leaf] is not null == isEager && origin.Value is null && origin.Match.HasPlaceholders)
            {
                foreach (var field in fields)
                {
                    var (count, length) = expected.GetValueOrDefault(field);
                    expected[field] = (Math.Min(Maximum, count + origin.Match.ExpandedCount), Math.Min(Maximum, length + origin.Match.ExpandedLength));
                }
            }
        }

        return expected;
    }

    /// <summary>
    /// Orders the children of each node by cost once it is known which texts are searched for in any case: the others cost a search, which a number or
    /// a network that is not right saves.
    /// </summary>
    private void OrderByCost(List<int>[] rulesOfLeaf)
    {
        const int Search = 8;
        var costs = new int[_nodes.Count];
        for (var node = 0; node < _nodes.Count; node++)
        {
            // Children come before their parents.
            var (kind, first, count) = _nodes[node];
            if (kind is ProgramNodeKind.All or ProgramNodeKind.Any)
            {
                int[] children = [.. Enumerable.Range(first, count).Select(i => _children[i]).OrderBy(child => costs[child])];
                for (var i = 0; i < count; i++)
                {
                    _children[first + i] = children[i];
                    costs[node] += costs[children[i]];
                }
            }
            else
            {
                costs[node] = kind switch
                {
                    ProgramNodeKind.TextLeaf => rulesOfLeaf[first] is null ? Search : 1,
                    ProgramNodeKind.PredicateLeaf => _predicates[first].Cost,
                    ProgramNodeKind.Not => costs[first],
                    _ => 0,
                };
            }
        }
    }

    private static void AddPatterns(PatternSetBuilder builder, LeafOrigin origin, FieldKind kind, int leaf)
    {
        IEnumerable<MatchValue> values = origin.Value is null ? origin.Match.Values : [origin.Value];
        foreach (var value in values)
        {
            if (value is BooleanValue boolean)
            {
                builder.Add(new TextPattern([PatternToken.Literal(boolean.Value ? "true" : "false")]), isCased: false, leaf);
            }
            else if (value is TextValue text)
            {
                foreach (var pattern in text.Patterns)
                {
                    builder.Add(pattern, text.IsCased, leaf);
                    if (kind == FieldKind.Name && InternationalName.TryConvert(pattern, out var converted))
                    {
                        builder.Add(converted, text.IsCased, leaf);
                    }
                }
            }
        }
    }

    private static bool IsSelective(MatchValue value) => value is not TextValue text || text.Patterns.All(PatternSetBuilder.IsSelective);

    private static int[] IdsOf(IReadOnlyList<FieldDefinition> fields) => [.. fields.Select(f => f.Id)];

    private static bool FoldsAsciiOnly(IReadOnlyList<FieldDefinition> fields) => fields.All(f => f.Kind == FieldKind.Name);

    private int AddTextLeaf(TextLeaf leaf)
    {
        _textLeaves.Add(leaf);
        return AddNode(new ProgramNode(ProgramNodeKind.TextLeaf, _textLeaves.Count - 1, 0));
    }

    private int AddPredicate(FieldPredicate predicate, LeafOrigin origin)
    {
        _predicates.Add(predicate);
        _predicateOrigins.Add(origin);
        return AddNode(new ProgramNode(ProgramNodeKind.PredicateLeaf, _predicates.Count - 1, 0));
    }

    private int Constant(bool value) => AddNode(new ProgramNode(value ? ProgramNodeKind.True : ProgramNodeKind.False, 0, 0));

    private int Negate(int node) => _nodes[node].Kind switch
    {
        ProgramNodeKind.True => Constant(false),
        ProgramNodeKind.False => Constant(true),
        ProgramNodeKind.Not => _nodes[node].First,
        _ => AddNode(new ProgramNode(ProgramNodeKind.Not, node, 0)),
    };

    /// <summary>Joins nodes in the order of their cost, without those that cannot change the verdict.</summary>
    private int Join(ProgramNodeKind kind, IEnumerable<int> nodes)
    {
        var absorbing = kind == ProgramNodeKind.All ? ProgramNodeKind.False : ProgramNodeKind.True;
        var neutral = kind == ProgramNodeKind.All ? ProgramNodeKind.True : ProgramNodeKind.False;
        var children = nodes.Where(n => _nodes[n].Kind != neutral).ToList();
        if (children.Exists(n => _nodes[n].Kind == absorbing))
        {
            return Constant(kind == ProgramNodeKind.Any);
        }

        if (children.Count < 2)
        {
            return children.Count == 0 ? Constant(kind == ProgramNodeKind.All) : children[0];
        }

        var first = _children.Count;
        _children.AddRange(children.OrderBy(CostOf));
        return AddNode(new ProgramNode(kind, first, children.Count));
    }

    private int CostOf(int node)
    {
        var (kind, first, count) = _nodes[node];
        return kind switch
        {
            ProgramNodeKind.TextLeaf => 4,
            ProgramNodeKind.PredicateLeaf => _predicates[first].Cost,
            ProgramNodeKind.Not => CostOf(first),
            ProgramNodeKind.All or ProgramNodeKind.Any => Enumerable.Range(first, count).Sum(i => CostOf(_children[i])),
            _ => 0,
        };
    }

    private int AddNode(ProgramNode node)
    {
        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    /// <summary>A group of patterns on one field, or on the keyword fields.</summary>
    private sealed record TextLeaf(IReadOnlyList<FieldDefinition> Fields, LeafOrigin Origin, bool IsSelective);
}
