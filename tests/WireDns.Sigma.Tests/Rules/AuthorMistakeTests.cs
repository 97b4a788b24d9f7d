using System.Text;
using WireDns.Sigma.Rules;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Rules;

/// <summary>What a rule's author is told about a slip: the place, and what to write instead, without a library's wording.</summary>
public sealed class AuthorMistakeTests
{
    [Theory]
    [InlineData("a star", "  s:\n    q: *.evil.com\n", 6, "quote it: '*.evil.com'")]
    [InlineData("a star in a list", "  s:\n    q:\n      - *.evil.com\n", 7, "quote it: '*.evil.com'")]
    [InlineData("a star in brackets", "  s:\n    q: [*.evil.com, b]\n", 6, "quote it: '*.evil.com'")]
    [InlineData("a star in braces", "  s: {q: *evil}\n", 5, "quote it: '*evil'")]
    [InlineData("a percent sign", "  s:\n    q|expand: %list%\n", 6, "quote it: '%list%'")]
    [InlineData("an at sign", "  s:\n    q: @evil\n", 6, "quote it: '@evil'")]
    [InlineData("a backquote", "  s:\n    q: `evil`\n", 6, "quote it: '`evil`'")]
    [InlineData("an ampersand", "  s:\n    q: &evil\n", 6, "quote it: '&evil'")]
    [InlineData("an ampersand in a list", "  s:\n    q:\n      - &evil\n      - b\n", 7, "quote it: '&evil'")]
    [InlineData("an exclamation mark", "  s:\n    q: !evil\n", 6, "quote it: '!evil'")]
    [InlineData("an exclamation mark and more", "  s:\n    q: !evil com\n", 6, "quote it: '!evil com'")]
    [InlineData("a tag of another type", "  s:\n    q: !!binary aGk=\n", 6, "quote it: '!!binary aGk='")]
    [InlineData("a tab", "  s:\n\tq: a\n", 6, "indent with blanks")]
    [InlineData("a tab after blanks", "  s:\n  \tq: a\n", 6, "indent with blanks")]
    [InlineData("a missing blank", "  s:\n    query:evil\n    b: c\n", 6, "write 'query: evil'")]
    [InlineData("a colon inside", "  s:\n    q: a: b\n", 6, "put the text in quotes")]
    [InlineData("an escape in double quotes", "  s:\n    q: \"a\\.b\"\n", 6, "single quotes")]
    [InlineData("an open bracket", "  s:\n    q: [a, b\n", 0, "put texts with [ ]")]
    [InlineData("an open brace", "  s: {q: a\n", 0, "put texts with [ ]")]
    [InlineData("an odd indentation", "  s:\n      q: a\n     b: c\n", 0, "indent the keys")]
    public void Says_what_to_write(string description, string selection, int line, string suggestion)
    {
        var errors = RuleHarness.Errors($"title: t\nlogsource:\n  category: dns\ndetection:\n{selection}  condition: s\n");

        var error = errors[0];
        Assert.True(line == 0 || error.Line == line, $"{description}: {error}");
        Assert.Contains(suggestion, error.Suggestion + error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(errors, e => e.Message.Contains("While", StringComparison.Ordinal) || e.Message.Contains("YamlDotNet", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("detection in a capital", "title: t\nlogsource:\n  category: dns\nDetection:\n  s: {q: a}\n  condition: s\n", "write 'detection' for 'Detection'")]
    [InlineData("logsource misspelt", "title: t\nlogsources:\n  category: dns\ndetection:\n  s: {q: a}\n  condition: s\n", "write 'logsource' for 'logsources'")]
    [InlineData("condition in a capital", "title: t\nlogsource:\n  category: dns\ndetection:\n  s: {q: a}\n  Condition: s\n", "write 'condition' for 'Condition'")]
    [InlineData("title misspelt", "titel: t\nlogsource:\n  category: dns\ndetection:\n  s: {q: a}\n  condition: s\n", "write 'title' for 'titel'")]
    [InlineData("category in a capital", "title: t\nlogsource:\n  Category: dns\ndetection:\n  s: {q: a}\n  condition: s\n", "write 'category' for 'Category'")]
    [InlineData("both sections in capitals", "title: t\nLogsource:\n  category: dns\nDetection:\n  s: {q: a}\n  condition: s\n", "write 'logsource' for 'Logsource'")]
    public void Suggests_the_key_that_is_nearly_there(string description, string text, string suggestion) =>
        Assert.True(RuleHarness.Errors(text).Any(e => e.Suggestion == suggestion), description);

    [Theory]
    [InlineData("one keyword", "  s: query:evil\n", true)]
    [InlineData("a list", "  s:\n    - query:evil\n    - other\n", true)]
    [InlineData("with a modifier", "  s:\n    - query|contains:evil\n", true)]
    [InlineData("a URL", "  s:\n    - http://evil\n", false)]
    [InlineData("a path", "  s:\n    - C:\\Windows\n", false)]
    [InlineData("a port", "  s:\n    - localhost:53\n", false)]
    [InlineData("in quotes", "  s:\n    - 'query:evil'\n", false)]
    public void Warns_of_a_keyword_that_looks_like_a_field(string description, string selection, bool expected)
    {
        var result = new SigmaRuleParser().Parse("test.yml", $"title: t\nlogsource:\n  category: dns\ndetection:\n{selection}  condition: s\n");

        Assert.Single(result.Rules);
        Assert.True(expected == result.Diagnostics.Any(d => d.Id == "missing-blank"), description);
    }

    [Theory]
    [InlineData("a tag for text makes a number text", "{q|contains: !!str 5}", "x5x", true)]
    [InlineData("an anchor with a value is fine", "\n    q: &a evil\n    r: *a", "evil", false)]
    public void Reads_the_YAML_that_means_something(string description, string selection, string value, bool expected) =>
        Assert.True(expected == RuleHarness.ForSelection(selection).Match($$"""{"q": "{{value}}"}""").Length > 0, description);

    [Theory]
    [InlineData("little endian with a mark", "utf-16LE", true)]
    [InlineData("little endian without a mark", "utf-16LE", false)]
    [InlineData("big endian with a mark", "utf-16BE", true)]
    [InlineData("big endian without a mark", "utf-16BE", false)]
    public void Reads_UTF_16(string description, string name, bool hasMark)
    {
        var encoding = Encoding.GetEncoding(name);
        var bytes = encoding.GetBytes((hasMark ? "\uFEFF" : "") + RuleHarness.RuleText("{q: 'bücher'}"));

        Assert.True(new SigmaRuleParser().Parse("test.yml", bytes).Rules.Count == 1, description);
    }

    [Theory]
    [InlineData("gzip", "1f8b080000000000", "a gzip archive")]
    [InlineData("zip", "504b030414000000", "a zip archive")]
    [InlineData("zstd", "28b52ffd04000000", "a zstd archive")]
    [InlineData("xz", "fd377a585a000004", "an xz archive")]
    [InlineData("bzip2", "425a683931415926", "a bzip2 archive")]
    [InlineData("7-Zip", "377abcaf271c0004", "a 7-Zip archive")]
    [InlineData("pcap", "d4c3b2a102000400", "a packet capture")]
    [InlineData("pcapng", "0a0d0d0a1c000000", "a packet capture")]
    [InlineData("ELF", "7f454c4602010100", "a program")]
    public void Names_a_file_that_is_no_text(string description, string bytes, string kind)
    {
        var error = Assert.Single(new SigmaRuleParser().Parse("test.yml", Convert.FromHexString(bytes)).Diagnostics);

        Assert.True(error.Message.Contains(kind, StringComparison.Ordinal), $"{description}: {error}");
    }

    [Fact]
    public void Names_a_tar_archive()
    {
        var bytes = new byte[512];
        "rules/a.yml"u8.CopyTo(bytes);
        "ustar"u8.CopyTo(bytes.AsSpan(257));

        Assert.Contains("a tar archive", Assert.Single(new SigmaRuleParser().Parse("test.yml", bytes).Diagnostics).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("line feeds", "\n")]
    [InlineData("carriage returns", "\r")]
    [InlineData("both", "\r\n")]
    public void Finds_the_line_whatever_ends_lines(string description, string end)
    {
        var text = RuleHarness.RuleText("{q|contians: a}").Replace("\n", end, StringComparison.Ordinal);
        var error = Assert.Single(new SigmaRuleParser().Parse("test.yml", text).Diagnostics);

        Assert.True(error is { Line: 5, SourceLine: "  s: {q|contians: a}" }, $"{description}: {error}");
    }

    [Theory]
    [InlineData("leading zeros are text", "{q: 00000429}", "\"00000429\"", true)]
    [InlineData("leading zeros are no number", "{q: 00000429}", "429", false)]
    [InlineData("leading zeros under contains", "{q|contains: 00000429}", "\"x00000429x\"", true)]
    [InlineData("a hexadecimal number", "{q: 0x1f}", "31", true)]
    [InlineData("a hexadecimal number under startswith", "{q|startswith: 0x1f}", "\"0x1f00\"", true)]
    [InlineData("a plus sign under contains", "{q|contains: +5}", "\"x+5x\"", true)]
    [InlineData("a zero at the end under endswith", "{q|endswith: 10.0}", "\"a10.0\"", true)]
    [InlineData("leading zeros in an expression", "{q|re: 007}", "\"x007x\"", true)]
    [InlineData("an integer beyond 64 bits", "{q: 18446744073709551616}", "18446744073709551616", true)]
    [InlineData("its neighbour", "{q: 18446744073709551616}", "18446744073709551617", false)]
    [InlineData("its text", "{q: 18446744073709551616}", "\"18446744073709551616\"", true)]
    [InlineData("beyond 64 bits, less", "{q|gt: 18446744073709551616}", "18446744073709551617", true)]
    [InlineData("beyond 64 bits, equal", "{q|gt: 18446744073709551616}", "18446744073709551616", false)]
    [InlineData("beyond 64 bits, negative", "{q|lt: -9223372036854775808}", "-9223372036854775809", true)]
    [InlineData("beyond 64 bits, as text", "{q|gte: 18446744073709551616}", "\"18446744073709551616\"", true)]
    [InlineData("a small one", "{q|gt: 18446744073709551616}", "5", false)]
    [InlineData("the largest of 64 bits without sign", "{q: 18446744073709551615}", "18446744073709551615", true)]
    [InlineData("and minus one", "{q: 18446744073709551615}", "-1", false)]
    [InlineData("beyond 96 bits", "{q|gt: 100000000000000000000000000000000000000}", "100000000000000000000000000000000000001000000000000000000000", true)]
    [InlineData("a real against a large integer", "{q|lt: 18446744073709551616}", "1.5", true)]
    public void Compares_numbers_as_they_are_written(string description, string selection, string value, bool expected) =>
        Assert.True(expected == RuleHarness.ForSelection(selection).Match($$"""{"q": {{value}}}""").Length > 0, description);

    [Theory]
    [InlineData("{q|contains: on}")]
    [InlineData("{q|startswith: 1_000}")]
    [InlineData("{q|endswith: 0b11}")]
    [InlineData("{q|contains: 2024-01-01}")]
    [InlineData("{q: 2024-01-01 10:00:00}")]
    [InlineData("{q|re: 010}")]
    [InlineData("{q|contains: 0x1f}")]
    [InlineData("{q: .inf}")]
    [InlineData("{q|contains: 0o17}")]
    [InlineData("{q|cased: 1:30}")]
    public void Warns_of_what_other_readers_take_for_something_else(string selection) =>
        Assert.Contains(new SigmaRuleParser().Parse("test.yml", RuleHarness.RuleText(selection)).Diagnostics, d => d.Id == "ambiguous-scalar");

    [Theory]
    [InlineData("{q|contains: 'on'}")]
    [InlineData("{q|contains: one}")]
    [InlineData("{q: 5}")]
    [InlineData("{q: 1.5}")]
    [InlineData("{q|contains: 10.0.0.1}")]
    [InlineData("{q|contains: 1e3}")]
    public void Does_not_warn_of_plain_values(string selection) =>
        Assert.Empty(new SigmaRuleParser().Parse("test.yml", RuleHarness.RuleText(selection)).Diagnostics);

    [Fact]
    public void Suggests_the_number_without_leading_zeros() =>
        Assert.Contains("write 10", Assert.Single(RuleHarness.Errors(RuleHarness.RuleText("{q|lt: 010}"))).Suggestion, StringComparison.Ordinal);
}
