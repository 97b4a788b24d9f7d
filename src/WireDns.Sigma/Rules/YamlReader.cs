using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace WireDns.Sigma.Rules;

/// <summary>
/// Reads YAML text into trees, one for each document, in bounded time and memory: the depth is capped, and so is what aliases would expand
/// to. A broken document is reported, and those before it in the file are kept.
/// </summary>
public sealed class YamlReader
{
    // Sigma needs six levels; YamlDotNet's own parser is iterative, ours keeps a stack of this size at most.
    private const int MaximumDepth = 32;

    // A real rule has under 2,000 nodes; 24 aliases of 10 aliases each would already be 10^24.
    private const long MaximumExpandedNodes = 1_000_000;

    private const string TagPrefix = "tag:yaml.org,2002:";
    private const string TextTag = TagPrefix + "str";

    private readonly DiagnosticBag _diagnostics;
    private readonly Stack<Frame> _stack = new();
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private long _expandedNodes;
    private int _errorsBefore;
    private SourcePosition _lastPosition = new(1, 1);

    internal YamlReader(DiagnosticBag diagnostics)
    {
        _diagnostics = diagnostics;
    }

    /// <summary>
    /// The documents of a text. Nothing after a syntax error is read; of the document that breaks off, the values before the error are kept.
    /// </summary>
    /// <param name="file">The file's name, for diagnostics.</param>
    /// <param name="text">The text.</param>
    /// <param name="diagnostics">All that is wrong with the YAML; empty if nothing is.</param>
    public static IReadOnlyList<YamlNode> Read(string file, string text, out IReadOnlyList<SigmaDiagnostic> diagnostics)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(text);
        var bag = new DiagnosticBag(file, text);
        var reader = new YamlReader(bag);
        var documents = reader.Read(text).Select(document => document.Root);
        diagnostics = bag.Diagnostics;
        return [.. documents, .. reader.BrokenOff];
    }

    /// <summary>The document that a syntax error broke off, as far as it was read; empty if there is none.</summary>
    internal IEnumerable<YamlNode> BrokenOff => _stack.TakeLast(1).Select(outermost => outermost.Node);

    /// <summary>The documents of the text. Stops at the first syntax error, which is reported.</summary>
    internal IReadOnlyList<YamlDocument> Read(string text)
    {
        var documents = new List<YamlDocument>();
        try
        {
            using var reader = new StringReader(text);
            var parser = new Parser(reader);
            while (parser.MoveNext())
            {
                if (!Accept(parser.Current!, documents))
                {
                    break;
                }
            }
        }
        catch (YamlException e)
        {
            // The parser wraps what its scanner throws, and loses the place.
            var cause = e.InnerException as YamlException ?? e;
            var start = ToPosition(cause.Start);
            YamlFault.Report(start.Line < _lastPosition.Line ? _lastPosition : start, cause.Message, _diagnostics);
        }
        catch (InvalidOperationException e)
        {
            // YamlDotNet throws this on some broken flow collections instead of a YamlException; it has no place.
            YamlFault.Report(_lastPosition, e.Message, _diagnostics);
        }

        return documents;
    }

    /// <summary>Handles one event of the parser. False if reading must end.</summary>
    private bool Accept(ParsingEvent current, List<YamlDocument> documents)
    {
        _lastPosition = ToPosition(current.Start);
        switch (current)
        {
            case DocumentStart:
                _stack.Clear();
                _anchors.Clear();
                _errorsBefore = _diagnostics.ErrorCount;
                return true;
            case Scalar scalar:
                return Complete(ReadScalar(scalar), scalar.Anchor, documents);
            case MappingStart mapping:
                CheckTag(mapping.Tag, string.Empty);
                return Open(new Frame(new YamlMap(_lastPosition), mapping.Anchor));
            case SequenceStart sequence:
                CheckTag(sequence.Tag, string.Empty);
                return Open(new Frame(new YamlList(_lastPosition), sequence.Anchor));
            case MappingEnd or SequenceEnd:
                var closed = _stack.Pop();
                return Complete(closed.Node, closed.Anchor, documents);
            case AnchorAlias alias:
                return Resolve(alias, documents);
            default:
                return true;
        }
    }

    private YamlScalar ReadScalar(Scalar scalar)
    {
        var isPlain = scalar.Style == ScalarStyle.Plain;
        if (!scalar.Anchor.IsEmpty && isPlain && scalar.Value.Length == 0)
        {
            // Without this the text &evil would be the null that a missing field matches.
            _diagnostics.Error(
                "yaml-anchor", _lastPosition, $"expected a value after the anchor &{YamlScalar.Shorten(scalar.Anchor.Value)}, found none", YamlFault.QuoteIt("&" + scalar.Anchor.Value));
        }

        return new YamlScalar(_lastPosition, scalar.Value, isPlain && !CheckTag(scalar.Tag, scalar.Value));
    }

    /// <summary>Whether a tag makes a scalar a text. Any other tag is an error: no rule needs one, and a text that begins with ! looks like one.</summary>
    private bool CheckTag(TagName tag, string value)
    {
        if (tag.IsEmpty || tag.IsNonSpecific || tag.Value is TextTag)
        {
            return !tag.IsEmpty;
        }

        var name = tag.Value.StartsWith(TagPrefix, StringComparison.Ordinal) ? "!!" + tag.Value[TagPrefix.Length..] : tag.Value;
        _diagnostics.Error(
            "yaml-tag", _lastPosition, $"the YAML tag {YamlScalar.Shorten(name)} is not part of Sigma", YamlFault.QuoteIt(value.Length == 0 ? name : $"{name} {value}"));
        return false;
    }

    private bool Open(Frame frame)
    {
        if (_stack.Count == MaximumDepth)
        {
            _diagnostics.Error("yaml-too-deep", _lastPosition, $"expected at most {MaximumDepth} levels of nesting, found more");
            return false;
        }

        _stack.Push(frame);
        return true;
    }

    private bool Resolve(AnchorAlias alias, List<YamlDocument> documents)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var node))
        {
            _diagnostics.Error(
                "unknown-alias",
                _lastPosition,
                $"a value that begins with * is an alias in YAML, and no anchor before it is called &{YamlScalar.Shorten(alias.Value.Value)}",
                YamlFault.QuoteIt("*" + alias.Value.Value));
            return false;
        }

        return Complete(node, AnchorName.Empty, documents, isAlias: true);
    }

    private bool Complete(YamlNode node, AnchorName anchor, List<YamlDocument> documents, bool isAlias = false)
    {
        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = node;
        }

        // Nodes are counted as they are read, so that a large file never becomes a large tree; an alias counts for all that it stands for.
        _expandedNodes += isAlias ? node.Size : 1;
        if (_expandedNodes > MaximumExpandedNodes)
        {
            _diagnostics.Error(
                "yaml-too-large",
                node.Position,
                $"expected at most {MaximumExpandedNodes:N0} values in a file with its aliases written out, found more",
                "put long lists into a placeholder file and use the modifier expand");
            return false;
        }

        if (_stack.Count == 0)
        {
            documents.Add(new YamlDocument(node, _diagnostics.ErrorCount == _errorsBefore));
            return true;
        }

        return _stack.Peek().Add(node, _diagnostics);
    }

    private static SourcePosition ToPosition(in Mark mark) =>
        new((int)Math.Clamp(mark.Line, 1, int.MaxValue), (int)Math.Clamp(mark.Column, 1, int.MaxValue));

    /// <summary>An open collection.</summary>
    private sealed class Frame(YamlNode node, AnchorName anchor)
    {
        private YamlScalar? _key;

        public YamlNode Node => node;

        public AnchorName Anchor => anchor;

        public bool Add(YamlNode child, DiagnosticBag diagnostics)
        {
            if (node is YamlList list)
            {
                list.Add(child);
                return true;
            }

            if (_key is null)
            {
                _key = child as YamlScalar;
                if (_key is null)
                {
                    diagnostics.Error("key-not-text", child.Position, $"expected a text as a key, found {child.Description}");
                    return false;
                }

                if (_key is { Text: "<<", IsPlain: true })
                {
                    diagnostics.Error("merge-key", _key.Position, "the YAML merge key << is not part of Sigma", "write the values out");
                    return false;
                }

                return true;
            }

            var map = (YamlMap)node;
            if (!map.TryAdd(_key, child))
            {
                var first = map.FindKey(_key.Text)!.Position;
                diagnostics.Error(
                    "duplicate-key",
                    _key.Position,
                    $"the key {_key.Description} is already at line {first.Line}, column {first.Column}: one of the two would be lost",
                    "write the values as one list, or use a selection for each");
            }

            _key = null;
            return true;
        }
    }
}
