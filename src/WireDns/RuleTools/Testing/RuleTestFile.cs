using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

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
        var map = Map(TestYaml.Read(File.ReadAllText(path)), "rules", "cases");
        var folder = System.IO.Path.GetDirectoryName(path) ?? "";
        var rules = Texts(map.Find("rules"), folder);
        if (map.Find("cases") is not TestItem.List { Items.Count: > 0 } cases)
        {
            throw new TestFileException(map.Find("cases")?.Line ?? map.Line, "expected a list of cases under the key cases");
        }

        return new RuleTestFile(path, [.. cases.Items.Select(item => ReadCase(item, rules, folder))]);
    }

    private static RuleTestCase ReadCase(TestItem item, List<string> rules, string folder)
    {
        var map = Map(item, "name", "rules", "capture", "events", "expect", "others");
        var own = Texts(map.Find("rules"), folder);
        var (captures, events) = (map.Find("capture"), map.Find("events"));
        if (captures is null == events is null)
        {
            throw new TestFileException(map.Line, "expected either a capture or events in a case");
        }

        if (own.Count + rules.Count == 0)
        {
            throw new TestFileException(map.Line, "expected rules, in the case or for all cases of the file");
        }

        return new RuleTestCase
        {
            Name = Text(map.Find("name")) ?? $"case at line {map.Line}",
            Line = map.Line,
            Rules = own.Count > 0 ? own : rules,
            Captures = Texts(captures, folder),
            EventFile = Text(events) is { } file ? System.IO.Path.Combine(folder, file) : null,
            Events = events is TestItem.List list ? [.. list.Items.Select(ToJson)] : [],
            Expected = ReadExpected(map),
            AllowsOthers = Text(map.Find("others")) switch
            {
                null or "forbidden" => false,
                "allowed" => true,
                _ => throw new TestFileException(map.Find("others")!.Line, "expected allowed or forbidden under others"),
            },
        };
    }

    private static List<(string, Expectation)> ReadExpected(TestItem.Map map) => map.Find("expect") switch
    {
        // No rule at all may fire.
        TestItem.List { Items.Count: 0 } => [],
        TestItem.Map expected => [.. expected.Entries.Select(entry => (entry.Key.Text, Expectation.Read(entry.Value)))],
        var other => throw new TestFileException(
            other?.Line ?? map.Line, "expected under expect, for each rule, how often it fires; or [] where none does"),
    };

    private static TestItem.Map Map(TestItem item, params ReadOnlySpan<string> keys)
    {
        if (item is not TestItem.Map map)
        {
            throw new TestFileException(item.Line, $"expected a map with the keys {string.Join(", ", keys)}");
        }

        foreach (var (key, _) in map.Entries)
        {
            if (!keys.Contains(key.Text))
            {
                throw new TestFileException(key.Line, $"expected one of the keys {string.Join(", ", keys)}, found '{key.Text}'");
            }
        }

        return map;
    }

    private static List<string> Texts(TestItem? item, string folder) => item switch
    {
        null => [],
        TestItem.Scalar scalar => [System.IO.Path.Combine(folder, scalar.Text)],
        TestItem.List list => [.. list.Items.SelectMany(child => child is TestItem.Scalar
            ? Texts(child, folder)
            : throw new TestFileException(child.Line, "expected paths, found a list or a map"))],
        _ => throw new TestFileException(item.Line, "expected a path or a list of paths"),
    };

    private static string? Text(TestItem? item) => (item as TestItem.Scalar)?.Text;

    private static byte[] ToJson(TestItem item)
    {
        if (item is not TestItem.Map)
        {
            throw new TestFileException(item.Line, "expected an event as a map of fields");
        }

        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, item);
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, TestItem item)
    {
        switch (item)
        {
            case TestItem.Map map:
                json.WriteStartObject();
                foreach (var (key, value) in map.Entries)
                {
                    json.WritePropertyName(key.Text);
                    Write(json, value);
                }

                json.WriteEndObject();
                break;
            case TestItem.List list:
                json.WriteStartArray();
                foreach (var child in list.Items)
                {
                    Write(json, child);
                }

                json.WriteEndArray();
                break;
            case TestItem.Scalar { IsPlain: true, Text: "" or "~" or "null" }:
                json.WriteNullValue();
                break;
            case TestItem.Scalar { IsPlain: true, Text: "true" or "false" } scalar:
                json.WriteBooleanValue(scalar.Text == "true");
                break;
            case TestItem.Scalar { IsPlain: true } scalar when JsonNumber().IsMatch(scalar.Text):
                json.WriteRawValue(Encoding.ASCII.GetBytes(scalar.Text));
                break;
            case TestItem.Scalar scalar:
                json.WriteStringValue(scalar.Text);
                break;
        }
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();
}
