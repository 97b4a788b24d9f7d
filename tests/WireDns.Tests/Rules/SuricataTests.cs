using System.Text.RegularExpressions;
using CsCheck;
using WireDns.RuleTools.Conversion;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary>Signatures for Suricata: by the documented grammar everywhere, and by the program itself if it is installed.</summary>
public sealed partial class SuricataTests
{
    private const string Sound = """alert dns any any -> any any (msg:"a"; dns.query; content:"b"; nocase; priority:2; sid:1; rev:1;)""";

    // What a rule may hold, including everything that has a meaning in Suricata.
    private static readonly string[] Parts =
    [
        "a", "evil.example", ".", "bücher", "\"", "\\", ";", "|", ":", "'", "(", ")", ",", "!", " ", "%", "$", "&", "#", "\t", "\0", "\u00a0", "-", "_", "x.y", "*", "?",
        new string('l', 60),
    ];

    private static readonly string[] Modifiers = ["", "|contains", "|endswith", "|startswith", "|contains|all", "|contains|cased"];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Int[0, Parts.Length - 1].Select(i => Parts[i]), Gen.Char[' ', '~'].Select(character => character.ToString())).Array[1, 8].Select(string.Concat);

    [Fact]
    public void The_shipped_rule_is_carried_as_signatures_that_Suricata_takes_and_that_fire_as_the_rule_does()
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run("rules", "convert", TestPaths.Rules, "-t", "suricata");
        var signatures = SignaturesOf(run.Output.Lines);
        var grammar = new SuricataGrammar();

        Assert.Equal(22, signatures.Count);
        Assert.All(signatures, signature => Assert.Empty(grammar.Check(signature)));
        if (FindSuricata() is not { } suricata)
        {
            TestContext.Current.TestOutputHelper?.WriteLine("by the grammar alone: suricata is not here");
            return;
        }

        var found = RunSuricata(suricata, folder, run.Output.Text, out var refused);
        Assert.Empty(refused);
        var asked = Golden.ExpectedAlert.ReadFor(SampleCaptures.Beacon).Select(alert => alert.Name.ToLowerInvariant());
        Assert.Equal(asked.ToHashSet(), found);
    }

    [Fact]
    public void Whatever_a_rule_holds_its_signatures_keep_to_the_grammar()
    {
        var rule = Gen.Select(Texts, Texts.Array[1, 4], Gen.Int[0, Modifiers.Length - 1].Select(i => Modifiers[i]), Texts);
        var grammar = new SuricataGrammar();
        var made = new List<string>();
        rule.Sample((title, values, modifiers, reference) =>
        {
            if (modifiers.EndsWith("all", StringComparison.Ordinal) && values.Length == 1)
            {
                values = [values[0], "a"];
            }

            var list = string.Concat(values.Select(value => $"\n        - {Quote(value)}"));
            var text = RuleText.Of(
                $"s:\n    query{modifiers}:{list}\ncondition: s", Quote($"t {title}"),
                $"author: {Quote(title)}\nid: {Quote(reference)}\nreferences: [{Quote("https://" + reference)}]\nlevel: high");
            var result = new Sigma.Rules.SigmaRuleParser().Parse("rule.yml", text);
            if (result.Rules.Count == 0)
            {
                return;
            }

            var losses = new ConversionLog();
            var alternatives = NameConditions.Of(result.Rules[0], losses);
            var lines = alternatives.Count == 0 ? [] : new SuricataFormat(1 + made.Count).Convert(new ConvertedRule(result.Rules[0], alternatives, losses));
            foreach (var signature in SignaturesOf(lines))
            {
                var faults = grammar.Check(signature);
                Assert.True(faults.Count == 0, $"{signature}: {string.Join(", ", faults)}");
                made.Add(signature);
            }
        }, iter: 1000, threads: 1);

        Assert.True(made.Count > 300, $"{made.Count} signatures are too few to say anything");
        if (FindSuricata() is { } suricata)
        {
            using var folder = new TemporaryFolder();
            RunSuricata(suricata, folder, string.Join('\n', made) + '\n', out var refused);
            Assert.Empty(refused);
        }
    }

    [Fact]
    public void Ids_go_on_from_rule_to_rule_and_none_comes_twice()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yml", RuleText.Of("s:\n    query: [a.example, b.example]\ncondition: s"));
        folder.Write("b.yml", RuleText.Of("s:\n    query|endswith: .c.example\ncondition: s"));
        var grammar = new SuricataGrammar();
        var signatures = SignaturesOf(Product.Run("rules", "convert", folder.Path, "-t", "suricata", "--sid", "2147483647").Output.Lines);

        Assert.Equal(3, signatures.Count);
        Assert.All(signatures, signature => Assert.Empty(grammar.Check(signature)));
    }

    [Theory]
    [InlineData("another action", "alert dns", "drop dns")]
    [InlineData("a line end", "(msg", "(\nmsg")]
    [InlineData("no bracket", "rev:1;)", "rev:1;")]
    [InlineData("no semicolon at the end", "rev:1;", "rev:1")]
    [InlineData("a quote in the message", "\"a\"", "\"a\"b\"")]
    [InlineData("a semicolon in the message", "\"a\"", "\"a;b\"")]
    [InlineData("a backslash in the message", "\"a\"", "\"a\\b\"")]
    [InlineData("a message without quotes", "\"a\"", "a")]
    [InlineData("no buffer", "dns.query; ", "")]
    [InlineData("the buffer after the content", "dns.query; content:\"b\"; nocase;", "content:\"b\"; nocase; dns.query;")]
    [InlineData("two buffers", "dns.query;", "dns.query; dns.query;")]
    [InlineData("dotprefix after the content", "content:\"b\";", "content:\"b\"; dotprefix;")]
    [InlineData("dotprefix before the buffer", "dns.query;", "dotprefix; dns.query;")]
    [InlineData("no content", "content:\"b\"; nocase; ", "")]
    [InlineData("an empty content", "\"b\"", "\"\"")]
    [InlineData("a bar in the content", "\"b\"", "\"b|\"")]
    [InlineData("half a byte", "\"b\"", "\"|4|\"")]
    [InlineData("bytes without a blank", "\"b\"", "\"|4142|\"")]
    [InlineData("a colon in the content", "\"b\"", "\"b:c\"")]
    [InlineData("a letter outside ASCII", "\"b\"", "\"bü\"")]
    [InlineData("a modifier before the content", "content:\"b\"; nocase;", "nocase; content:\"b\";")]
    [InlineData("a modifier twice", "nocase;", "nocase; nocase;")]
    [InlineData("a distance without a content before", "nocase;", "distance:0;")]
    [InlineData("endswith with a distance", "nocase;", "content:\"c\"; distance:0; endswith;")]
    [InlineData("a content after the end", "nocase;", "endswith; content:\"c\"; distance:0;")]
    [InlineData("a keyword that is none", "nocase;", "no_case;")]
    [InlineData("a priority out of range", "priority:2", "priority:256")]
    [InlineData("no id", "sid:1; ", "")]
    [InlineData("two ids", "sid:1;", "sid:1; sid:2;")]
    [InlineData("an id out of range", "sid:1;", "sid:4294967296;")]
    [InlineData("a reference of another kind", "priority", "reference:cve,1; priority")]
    [InlineData("a reference with a bar", "priority", "reference:url,a|b; priority")]
    [InlineData("a reference that is no page", "priority", "reference:url,*a; priority")]
    [InlineData("metadata without a value", "priority", "metadata:a; priority")]
    public void The_grammar_refuses(string description, string part, string replacement)
    {
        Assert.Empty(new SuricataGrammar().Check(Sound));
        Assert.Contains(part, Sound, StringComparison.Ordinal);
        Assert.True(new SuricataGrammar().Check(Sound.Replace(part, replacement, StringComparison.Ordinal)).Count > 0, description);
    }

    [Fact]
    public void The_grammar_refuses_an_id_that_comes_twice()
    {
        var grammar = new SuricataGrammar();
        Assert.Empty(grammar.Check(Sound));
        Assert.NotEmpty(grammar.Check(Sound));
    }

    // The system's own, or the one that ./run.sh setup unpacks if the system's packages have it.
    private static string? FindSuricata()
    {
        var unpacked = Path.Combine(TestPaths.Root, "artifacts", "servers", "bin", "suricata");
        return File.Exists(unpacked) ? unpacked : RunningProgram.IsInstalled("suricata") ? "suricata" : null;
    }

    /// <summary>The names, in small letters, that signatures fired for on the shipped capture, and what Suricata says about those that it refused.</summary>
    private static HashSet<string> RunSuricata(string suricata, TemporaryFolder folder, string signatures, out List<string> refused)
    {
        var rules = folder.Write("wiredns.rules", signatures);
        var references = folder.Write("reference.config", "config reference: url https://\n");
        var classes = folder.Write("classification.config", "config classification: unknown,Unknown,3\n");
        var settings = folder.Write("suricata.yaml", $"""
            %YAML 1.1
            ---
            default-log-dir: {folder["log"]}
            classification-file: {classes}
            reference-config-file: {references}
            outputs:
              - eve-log:
                  enabled: yes
                  filename: eve.json
                  types: [alert]
            app-layer:
              protocols:
                dns:
                  tcp: {"{"} enabled: yes, detection-ports: {"{"} dp: 53 {"}"} {"}"}
                  udp: {"{"} enabled: yes, detection-ports: {"{"} dp: 53 {"}"} {"}"}

            """);
        Directory.CreateDirectory(folder["log"]);
        using var run = RunningProgram.Start(suricata, ["-c", settings, "-S", rules, "-r", SampleCaptures.Beacon, "-l", folder["log"], "-k", "none"]);
        Assert.True(run.WaitForEnd() == 0, string.Join('\n', run.Error.Lines.Concat(run.Output.Lines)));
        refused = [.. run.Error.Lines.Concat(run.Output.Lines).Where(line => line.StartsWith("E:", StringComparison.Ordinal) || line.Contains("rror parsing signature", StringComparison.Ordinal))];
        return [.. File.ReadLines(folder["log/eve.json"])
            .Where(line => line.Contains("\"event_type\":\"alert\"", StringComparison.Ordinal))
            .Select(line => AskedName().Match(line).Groups[1].Value.ToLowerInvariant())];
    }

    // Its position differs between versions of Suricata.
    [GeneratedRegex("\"rrname\":\"([^\"]*)\"")]
    private static partial Regex AskedName();

    private static List<string> SignaturesOf(IEnumerable<string> lines) => [.. lines.Where(line => line[0] != '#')];

    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
