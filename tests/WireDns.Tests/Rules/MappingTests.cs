using System.Text.RegularExpressions;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>--mapping</c>: the example of docs/rules.md, and what each command does with it.</summary>
public sealed partial class MappingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private readonly string _mapping;
    private readonly string _rule;

    public MappingTests()
    {
        var page = File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "rules.md"));
        var examples = Block().Matches(page[page.IndexOf("## Mapping", StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(2, examples.Count);
        _mapping = _folder.Write("house.yml", examples[0]);
        _rule = _folder.Write("rule.yml", examples[1]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_example_fires_with_its_mapping_and_is_not_about_DNS_without()
    {
        var capture = _folder.Write("capture.pcap", new LookupCapture().Query(1, "a.evil.example").Bytes);

        var with = Product.Run("read", capture, "-r", _rule, "--mapping", _mapping);
        var without = Product.Run("read", capture, "-r", _rule);

        Assert.Equal(0, with.ExitStatus);
        Assert.Contains("A name that nobody should ask for", Assert.Single(with.Output.Lines), StringComparison.Ordinal);
        Assert.Equal(2, without.ExitStatus);
        Assert.Contains("not about DNS", without.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_commands_about_rules_take_it()
    {
        var events = _folder.Write("events.json", "{\"query\": \"a.evil.example\", \"src_ip\": \"192.0.2.1\"}\n{\"asked_name\": \"a.evil.example\", \"asked_by\": \"192.0.2.1\"}\n");

        Assert.Contains("1 of 1 rules", Product.Run("rules", "check", _rule, "--mapping", _mapping).Output.Text, StringComparison.Ordinal);
        Assert.Contains("full", Product.Run("rules", "list", _rule, "--mapping", _mapping).Output.Text, StringComparison.Ordinal);
        Assert.Contains("(query)", Product.Run("rules", "show", _rule, "--mapping", _mapping).Output.Text, StringComparison.Ordinal);
        Assert.Contains("\"event\": 0}", Assert.Single(Product.Run("rules", "match", _rule, "-e", events, "--mapping", _mapping).Output.Lines), StringComparison.Ordinal);
        Assert.Contains("\"event\": 1}", Assert.Single(Product.Run("rules", "match", _rule, "-e", events).Output.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_go_by_their_priority_and_then_as_they_are_given()
    {
        var early = _folder.Write("early.yml", "priority: 1\ntransformations: [{type: field_name_mapping, mapping: {mine: asked_name}}]\n");
        var late = _folder.Write("late.yml", "priority: 20\ntransformations: [{type: field_name_mapping, mapping: {query: QNAME}}]\n");
        var rule = _folder.Write("mine.yml", File.ReadAllText(_rule).Replace("asked_name", "mine", StringComparison.Ordinal));

        var run = Product.Run("rules", "show", rule, "--mapping", late, "--mapping", _mapping, "--mapping", early);

        Assert.Contains("(QNAME)", run.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("transformations: [{type: replace_string}]", ":1:26: error: expected the type")]
    [InlineData("finalizers: []\ntransformations: [{type: change_logsource, category: dns}]", ":1:1: error: 'finalizers' is not supported")]
    [InlineData("a: [", "not YAML")]
    [InlineData(null, "no such file")]
    public void What_is_wrong_with_a_file_is_said_and_nothing_is_run(string? text, string words)
    {
        var file = text is null ? Path.Combine(_folder.Path, "none.yml") : _folder.Write("broken.yml", text);

        var run = Product.Run("rules", "check", _rule, "--mapping", file);

        Assert.Equal(2, run.ExitStatus);
        Assert.Empty(run.Output.Lines);
        Assert.Contains(file, run.Error.Text, StringComparison.Ordinal);
        Assert.Contains(words, run.Error.Text, StringComparison.Ordinal);
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
