using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace WireDns.RuleTools.Testing;

/// <summary>Reads the YAML of a test file: one document, no aliases, in bounded depth.</summary>
internal static class TestYaml
{
    // A field of an inline event is six levels deep; the reader's recursion must end.
    private const int MaximumDepth = 32;

    /// <summary>Reads a text.</summary>
    /// <exception cref="TestFileException">It is no YAML, or uses more of it than test files need.</exception>
    public static TestItem Read(string text)
    {
        try
        {
            using var reader = new StringReader(text);
            var parser = new Parser(reader);
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                throw new TestFileException(1, "expected test cases, found an empty file");
            }

            var item = Read(parser, 0);
            parser.Consume<DocumentEnd>();
            return parser.Accept<DocumentStart>(out var second)
                ? throw new TestFileException(LineOf(second), "expected one document, found a second one")
                : item;
        }
        catch (YamlException e)
        {
            throw new TestFileException((int)Math.Max(1, e.Start.Line), $"this is not YAML: {e.InnerException?.Message ?? e.Message}");
        }
    }

    private static TestItem Read(Parser parser, int depth)
    {
        if (depth == MaximumDepth)
        {
            throw new TestFileException(LineOf(parser.Current!), $"expected at most {MaximumDepth} levels of nesting, found more");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return new TestItem.Scalar(LineOf(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain);
        }

        if (parser.TryConsume<SequenceStart>(out var sequence))
        {
            var items = new List<TestItem>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Read(parser, depth + 1));
            }

            return new TestItem.List(LineOf(sequence), items);
        }

        if (parser.TryConsume<MappingStart>(out var mapping))
        {
            return ReadMap(parser, LineOf(mapping), depth);
        }

        throw new TestFileException(LineOf(parser.Current!), "expected values written out, found an alias");
    }

    private static TestItem.Map ReadMap(Parser parser, int line, int depth)
    {
        var entries = new List<(TestItem.Scalar, TestItem)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (Read(parser, depth + 1) is not TestItem.Scalar key)
            {
                throw new TestFileException(line, "expected texts as keys, found a list or a map");
            }

            if (!keys.Add(key.Text))
            {
                throw new TestFileException(key.Line, $"expected each key once, found '{key.Text}' again");
            }

            entries.Add((key, Read(parser, depth + 1)));
        }

        return new TestItem.Map(line, entries);
    }

    private static int LineOf(ParsingEvent current) => (int)Math.Max(1, current.Start.Line);
}
