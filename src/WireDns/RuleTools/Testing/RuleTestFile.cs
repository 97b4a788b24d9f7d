using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Testing;

/// <summary>A file of test cases (docs/rules.md has the form). Its paths are relative to the file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Cases">Its cases, at least one.</param>
internal sealed partial record RuleTestFile(string Path, IReadOnlyList<RuleTestCase> Cases)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="TestFileException">It is not a file of test cases.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static RuleTestFile Read(string path)
    {
        var map = Map(ReadDocument(path), "rules", "cases");
        var folder = System.IO.Path.GetDirectoryName(path) ?? "";
        var rules = Texts(map.Find("rules"), folder);
        if (map.Find("cases") is not YamlList { Items.Count: > 0 } cases)
        {
            throw new TestFileException(map.Find("cases")?.Position.Line ?? map.Position.Line, "expected a list of cases under the key cases");
        }

        return new RuleTestFile(path, [.. cases.Items.Select(item => ReadCase(item, rules, folder))]);
    }

    private static YamlNode ReadDocument(string path)
    {
        var documents = YamlReader.Read(path, File.ReadAllText(path), out var diagnostics);
        if (diagnostics.Count > 0)
        {
            throw new TestFileException(diagnostics[0].Line, diagnostics[0].Message);
        }

        return documents switch
        {
            [var document] => document,
            [] => throw new TestFileException(1, "expected test cases, found an empty file"),
            _ => throw new TestFileException(documents[1].Position.Line, "expected one document, found a second one"),
        };
    }

    private static RuleTestCase ReadCase(YamlNode item, List<string> rules, string folder)
    {
        var map = Map(item, "name", "rules", "capture", "events", "timestamp", "expect", "others");
        var own = Texts(map.Find("rules"), folder);
        var (captures, events) = (map.Find("capture"), map.Find("events"));
        if (captures is null == events is null)
        {
            throw new TestFileException(map.Position.Line, "expected either a capture or events in a case");
        }

        if (own.Count + rules.Count == 0)
        {
            throw new TestFileException(map.Position.Line, "expected rules, in the case or for all cases of the file");
        }

        return new RuleTestCase
        {
            Name = Text(map.Find("name")) ?? $"case at line {map.Position.Line}",
            Line = map.Position.Line,
            Rules = own.Count > 0 ? own : rules,
            Captures = Texts(captures, folder),
            EventFile = Text(events) is { } file ? System.IO.Path.Combine(folder, file) : null,
            Events = events is YamlList list ? [.. list.Items.Select(ToJson)] : [],
            TimestampField = Text(map.Find("timestamp")),
            Expected = ReadExpected(map),
            AllowsOthers = Text(map.Find("others")) switch
            {
                null or "forbidden" => false,
                "allowed" => true,
                _ => throw new TestFileException(map.Find("others")!.Position.Line, "expected allowed or forbidden under others"),
            },
        };
    }

    private static List<(string, Expectation)> ReadExpected(YamlMap map) => map.Find("expect") switch
    {
        // No rule at all may fire.
        YamlList { Items.Count: 0 } => [],
        YamlMap expected => [.. expected.Entries.Select(entry => (entry.Key.Text, Expectation.Read(entry.Value)))],
        var other => throw new TestFileException(
            other?.Position.Line ?? map.Position.Line, "expected under expect, for each rule, how often it fires; or [] where none does"),
    };

    private static YamlMap Map(YamlNode item, params ReadOnlySpan<string> keys)
    {
        if (item is not YamlMap map)
        {
            throw new TestFileException(item.Position.Line, $"expected a map with the keys {string.Join(", ", keys)}");
        }

        foreach (var (key, _) in map.Entries)
        {
            if (!keys.Contains(key.Text))
            {
                throw new TestFileException(key.Position.Line, $"expected one of the keys {string.Join(", ", keys)}, found '{key.Text}'");
            }
        }

        return map;
    }

    private static List<string> Texts(YamlNode? item, string folder) => item switch
    {
        null => [],
        YamlScalar scalar => [System.IO.Path.Combine(folder, scalar.Text)],
        YamlList list => [.. list.Items.SelectMany(child => child is YamlScalar
            ? Texts(child, folder)
            : throw new TestFileException(child.Position.Line, "expected paths, found a list or a map"))],
        _ => throw new TestFileException(item.Position.Line, "expected a path or a list of paths"),
    };

    private static string? Text(YamlNode? item) => (item as YamlScalar)?.Text;

    private static byte[] ToJson(YamlNode item)
    {
        if (item is not YamlMap)
        {
            throw new TestFileException(item.Position.Line, "expected an event as a map of fields");
        }

        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, item);
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, YamlNode item)
    {
        switch (item)
        {
            case YamlMap map:
                json.WriteStartObject();
                foreach (var (key, value) in map.Entries)
                {
                    json.WritePropertyName(key.Text);
                    Write(json, value);
                }

                json.WriteEndObject();
                break;
            case YamlList list:
                json.WriteStartArray();
                foreach (var child in list.Items)
                {
                    Write(json, child);
                }

                json.WriteEndArray();
                break;
            case YamlScalar { IsPlain: true, Text: "" or "~" or "null" }:
                json.WriteNullValue();
                break;
            case YamlScalar { IsPlain: true, Text: "true" or "false" } scalar:
                json.WriteBooleanValue(scalar.Text == "true");
                break;
            case YamlScalar { IsPlain: true } scalar when JsonNumber().IsMatch(scalar.Text):
                json.WriteRawValue(Encoding.ASCII.GetBytes(scalar.Text));
                break;
            case YamlScalar scalar:
                json.WriteStringValue(scalar.Text);
                break;
        }
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();
}

/// <summary>A test file that is not what docs/rules.md describes.</summary>
/// <param name="line">Line, from 1.</param>
/// <param name="message">What was expected, and what was found.</param>
internal sealed class TestFileException(int line, string message) : Exception(message)
{
    /// <summary>Line, from 1.</summary>
    public int Line { get; } = line;
}
