using System.Text;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Matching;

public sealed class RuleSetTests
{
    private static readonly string[] Selections =
    [
        "{query|contains: [needle, haystack, '.']}", "{query|endswith: .example, qtype_name: [TXT, 'NULL']}", "{query|startswith: ab, qtype: [16, 255]}",
        "{query: 'a?c*e'}", "{query|re: '[0-9]{3}\\.'}", "{answers|contains|cased: Evil}", "{src_ip|cidr: 192.0.2.0/24}", "{Image: x}",
        "{answers|fieldref|contains: query}", "[keyword, '10.']", "{query|contains: '-'}", "{qtype|gte: 10}", "{query|contains: straße}",
    ];

    [Fact]
    public void Allocates_nothing_while_it_matches()
    {
        var rules = Selections.SelectMany(s => new[] { "s", "not s" }.Select(c => RuleHarness.ParseOne(RuleHarness.RuleText(s, c)))).ToList();
        var ruleSet = RuleSet.Compile(rules, new DnsLikeSchema());
        var state = ruleSet.CreateState();
        var names = new[] { "www.needle.example", "ABC.123.Example", "x", new string('a', 900), "bücher.example", "keyword-evil" }.Select(Encoding.UTF8.GetBytes).ToArray();
        var matches = 0;
        for (var round = 0; round < 200; round++)
        {
            MatchAll();
        }

        // By now buffers and the automata of expressions have what they need.
        Assert.Equal(200 * names.Length * Selections.Length, matches);
        Assert.Equal(0, Allocated.By(MatchAll));

        void MatchAll()
        {
            foreach (var name in names)
            {
                ruleSet.Match(new DnsLikeEvent(name, "10.1.2.3"u8, "has Evil inside"u8), state);
                matches += state.Matches.Length;
            }
        }
    }

    [Fact]
    public void What_is_known_of_the_recurring_fields_changes_no_verdict()
    {
        var rules = Selections.SelectMany(s => new[] { "s", "not s" }.Select(c => RuleHarness.ParseOne(RuleHarness.RuleText(s, c))))
            .Append(RuleHarness.ParseOne(RuleHarness.RuleText("{query|contains|cased: Needle}")))
            .Append(RuleHarness.ParseOne(RuleHarness.RuleText("{query|contains: needle, answers|contains: evil}"))).ToList();
        int[] recurring = [DnsLikeSchema.Name, DnsLikeSchema.Type, DnsLikeSchema.TypeNumber];
        var ruleSet = RuleSet.Compile(rules, new DnsLikeSchema(), recurring);
        var (state, other) = (ruleSet.CreateState(), ruleSet.CreateState());
        Assert.False(ruleSet.AreAllRecurring);
        Assert.InRange(Enumerable.Range(0, rules.Count).Count(ruleSet.IsRecurring), 10, rules.Count - 10);
        foreach (var name in new[] { "www.needle.example", "ABC.123.Example", "x", "abcde", "keyword-evil", "plain", "10.a" })
        {
            var text = Encoding.UTF8.GetBytes(name);
            ruleSet.Match(new DnsLikeEvent(text, "10.1.2.3"u8, "has Evil inside"u8), state);
            int[] known = [.. state.Matches.ToArray().Where(ruleSet.IsRecurring)];
            var hasNoHits = !state.HadRecurringHits;
            foreach (var answer in new[] { "has Evil inside", "nothing", name, "10.9.9.9" })
            {
                foreach (var same in new[] { name, name.ToUpperInvariant(), name.ToLowerInvariant(), name.Replace('n', 'N') })
                {
                    var @event = new DnsLikeEvent(Encoding.UTF8.GetBytes(same), Encoding.UTF8.GetBytes(answer), "z"u8);
                    ruleSet.Match(@event, state, new KnownMatches(known, hasNoHits));
                    ruleSet.Match(@event, other);
                    Assert.Equal(other.Matches.ToArray(), state.Matches.ToArray());
                }
            }
        }
    }

    [Fact]
    public void A_screen_finds_something_in_each_name_that_a_rule_matches()
    {
        string[] selections = ["{query|contains: [needle, 'est-']}", "{query|endswith: .example}", "{query|startswith: abab}", "{query: 'c?cstst*e'}", "{query: abx.example}"];
        var rules = selections.Select(s => RuleHarness.ParseOne(RuleHarness.RuleText(s))).ToList();
        var ruleSet = RuleSet.Compile(rules, new DnsLikeSchema());
        var screen = ruleSet.ScreenOf(DnsLikeSchema.Name, []);
        Assert.NotNull(screen);
        var state = ruleSet.CreateState();
        var random = new Random(3);
        var found = 0;
        string[] parts = ["ab", "abab", "c", "needle", ".example", "x", "st", "t", "st-", "e", "qqqqqqqq"];
        for (var round = 0; round < 20_000; round++)
        {
            var name = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => parts[random.Next(parts.Length)]));
            var buffer = new byte[name.Length + (2 * TextScreen.Padding)];
            Array.Fill(buffer, (byte)'e');
            Encoding.ASCII.GetBytes(name, buffer.AsSpan(TextScreen.Padding));
            ruleSet.Match(new DnsLikeEvent(Encoding.ASCII.GetBytes(name), "10.1.2.3"u8, default), state);
            Assert.True(screen.HasHits(buffer) == state.HadHits, name);
            found += state.HadHits ? 1 : 0;
        }

        Assert.InRange(found, 1000, 19_000);
    }

    [Fact]
    public void Finds_in_a_value_that_recurs_what_it_found_before()
    {
        string[] selections =
        [
            "{query|contains: ab}", "{query|contains: abab}", "{query|endswith: .example}", "{query: 'a?x*'}", "{query|startswith: c}",
            "{query|contains: xx, answers|contains: ab}", "{query|contains|cased: AB}", "{query: cab.example}", "['ab', 'needle']",
        ];
        var rules = selections.Select(s => RuleHarness.ParseOne(RuleHarness.RuleText(s)))
            .Append(RuleHarness.ParseOne(RuleHarness.RuleText("{query|endswith: .example}", "not s")));
        var ruleSet = RuleSet.Compile([.. rules], new DnsLikeSchema());
        var (state, fresh) = (ruleSet.CreateState(), ruleSet.CreateState());
        var random = new Random(11);
        string[] names = ["ab", "abab.example", "axx.example", "cab.example", "c", "needle", "cabab.abx.example", "q", "axxabab.example", ""];
        var found = 0;
        for (var round = 0; round < 5000; round++)
        {
            var index = random.Next(names.Length);
            var name = Encoding.ASCII.GetBytes(random.Next(3) == 0 ? names[index].ToUpperInvariant() : names[index]);
            var answer = random.Next(2) == 0 ? "xab"u8 : "y"u8;
            ruleSet.Match(new DnsLikeEvent(name, answer, default) { NameIdentity = (ulong)index + 1 }, state);
            ruleSet.Match(new DnsLikeEvent(name, answer, default), fresh);

            Assert.Equal(fresh.Matches.ToArray(), state.Matches.ToArray());
            found += state.Matches.Length;
        }

        Assert.InRange(found, 10_000, 100_000);
    }

    [Theory]
    [InlineData("{qtype: 5}", "s")]
    [InlineData("{answers|contains: needle}", "s")]
    [InlineData("{query|contains|cased: Needle}", "s")]
    [InlineData("{query: needle}", "not s")]
    public void There_is_no_screen_where_more_than_the_text_decides(string selection, string condition) =>
        Assert.Null(RuleSet.Compile([RuleHarness.ParseOne(RuleHarness.RuleText(selection, condition))], new DnsLikeSchema()).ScreenOf(DnsLikeSchema.Name, []));

    [Fact]
    public void Gives_matches_in_ascending_order()
    {
        var rules = Enumerable.Range(0, 30).Select(i => RuleHarness.ParseOne(RuleHarness.RuleText(
            i % 3 == 0 ? "{query|contains: needle}" : i % 3 == 1 ? "{query: '*'}" : "{qtype: 16}"))).ToList();
        var ruleSet = RuleSet.Compile(rules, new DnsLikeSchema());
        var state = ruleSet.CreateState();
        Assert.True(ruleSet.Match(new DnsLikeEvent("a.needle.b"u8, default, default), state));
        Assert.Equal(Enumerable.Range(0, 30), state.Matches.ToArray());
        Assert.True(ruleSet.Match(new DnsLikeEvent("a.b"u8, default, default), state));
        Assert.Equal(20, state.Matches.Length);
    }

    [Fact]
    public void Matches_names_with_other_letters_in_their_xn_form()
    {
        string[] selections = ["{query: Bücher.example}", "{query|endswith: .bücher.example}", "{query|contains: 'BÜCHER'}", "{query|cased: bücher.example}"];
        var ruleSet = RuleSet.Compile([.. selections.Select(s => RuleHarness.ParseOne(RuleHarness.RuleText(s)))], new DnsLikeSchema());
        var state = ruleSet.CreateState();
        ruleSet.Match(new DnsLikeEvent("xn--bcher-kva.EXAMPLE"u8, default, default), state);
        Assert.Equal([0, 2], state.Matches.ToArray());
        ruleSet.Match(new DnsLikeEvent("www.xn--bcher-kva.example"u8, default, default), state);
        Assert.Equal([1, 2], state.Matches.ToArray());
        ruleSet.Match(new DnsLikeEvent("xn--bcher-kva.example"u8, default, default), state);
        Assert.Equal([0, 2, 3], state.Matches.ToArray());
    }

    [Fact]
    public void Folds_names_in_ASCII_alone_and_other_text_by_Unicode()
    {
        var rules = new[] { "{query: 'é'}", "{answers: 'é'}" }.Select(s => RuleHarness.ParseOne(RuleHarness.RuleText(s))).ToList();
        var ruleSet = RuleSet.Compile(rules, new DnsLikeSchema());
        var state = ruleSet.CreateState();
        ruleSet.Match(new DnsLikeEvent("É"u8, "É"u8, default), state);
        Assert.Equal([1], state.Matches.ToArray());
    }

    [Fact]
    public void Takes_bytes_that_are_no_UTF8()
    {
        var rules = new[] { "{answers|contains: needle}", "{answers: 'a??b'}", "{answers|re: 'n.*e'}" }.Select(s => RuleHarness.ParseOne(RuleHarness.RuleText(s))).ToList();
        var ruleSet = RuleSet.Compile(rules, new DnsLikeSchema());
        var state = ruleSet.CreateState();
        ruleSet.Match(new DnsLikeEvent("x"u8, [0xFF, 0xFE, .. "NEEDLE"u8, 0xC3], [.. "a"u8, 0xFF, 0xFE, .. "b"u8]), state);
        Assert.Equal([0, 1], state.Matches.ToArray());
        var random = new Random(5);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(70)];
            random.NextBytes(bytes);
            ruleSet.Match(new DnsLikeEvent(bytes, bytes, bytes), state);
        }
    }

    [Fact]
    public void Says_which_fields_it_asks_for()
    {
        var rules = new[] { "{query|contains: needle, Image: x}", "{qtype: 5}" }.Select(s => RuleHarness.ParseOne(RuleHarness.RuleText(s))).ToList();
        Assert.Equal([DnsLikeSchema.Name, DnsLikeSchema.TypeNumber], RuleSet.Compile(rules, new DnsLikeSchema()).FieldIds);
    }

    [Fact]
    public void Refuses_the_state_of_another_rule_set()
    {
        var rule = RuleHarness.ParseOne(RuleHarness.RuleText("{query: a}"));
        var state = RuleSet.Compile([rule], new DnsLikeSchema()).CreateState();
        var other = RuleSet.Compile([rule], new DnsLikeSchema());
        Assert.Throws<ArgumentException>(() => other.Match(new DnsLikeEvent("a"u8, default, default), state));
    }

    [Fact]
    public void Matches_each_of_a_large_placeholder_list()
    {
        var placeholders = new SigmaPlaceholders();
        placeholders.Add("list", Enumerable.Range(0, 20_000).Select(i => $"host{i}.example"));
        var rule = RuleHarness.ParseOne(RuleHarness.RuleText("{query|endswith|expand: '.%list%'}"), placeholders);
        var ruleSet = RuleSet.Compile([rule], new DnsLikeSchema());
        var state = ruleSet.CreateState();
        Assert.True(ruleSet.Match(new DnsLikeEvent("www.host19999.example"u8, default, default), state));
        Assert.False(ruleSet.Match(new DnsLikeEvent("www.host20000.example"u8, default, default), state));
        var reason = Assert.Single(ruleSet.Explain(0, new DnsLikeEvent("www.Host77.example"u8, default, default), state));
        Assert.Equal("*.host77.example", reason.Pattern);
        Assert.Equal((3, 15), (reason.Start, reason.Length));
    }

    [Theory]
    [InlineData("{query|contains: NEEDLE}", "s", "a.needle.b", "NEEDLE", 2, 6, Label = "contains")]
    [InlineData("{query|endswith: .example}", "s", "a.example.example", ".example", 9, 8, Label = "endswith")]
    [InlineData("{query: a.Example}", "s", "A.example", "a.Example", 0, 9, Label = "exact")]
    [InlineData("{query|contains: 'n?e*le'}", "s", "xneedlex", "n?e*le", 1, 6, Label = "wildcards")]
    [InlineData("{query|contains: [haystack, needle]}", "s", "xneedlex", "needle", 1, 6, Label = "the value of a list that matched")]
    [InlineData("{query|re: 'e+d'}", "s", "needle", "e+d", 1, 3, Label = "an expression")]
    [InlineData("{qtype: [1, 16]}", "s", "x", "16", 0, 2, Label = "a number")]
    [InlineData("{src_ip|cidr: [10.0.0.0/8, 192.0.2.0/24]}", "s", "x", "192.0.2.0/24", 0, 9, Label = "a network")]
    [InlineData("{Image: null, query: x}", "s", "x", "x", 0, 1, Label = "a missing field")]
    [InlineData("{query|base64|contains: foo}", "s", "xZm9vx", "foo", 1, 4, Label = "base64 as written")]
    [InlineData("{query|contains: bücher}", "s", "www.xn--bcher-kva.de", "bücher", 4, 13, Label = "other letters by their xn form")]
    public void Explains(string selection, string condition, string name, string pattern, int start, int length)
    {
        var ruleSet = RuleSet.Compile([RuleHarness.ParseOne(RuleHarness.RuleText(selection, condition))], new DnsLikeSchema());
        var reason = Assert.Single(ruleSet.Explain(0, new DnsLikeEvent(Encoding.UTF8.GetBytes(name), default, default), ruleSet.CreateState()));
        Assert.Equal(("s", pattern, start, length), (reason.Selection, reason.Pattern, reason.Start, reason.Length));
    }

    [Fact]
    public void Explains_each_part_that_was_true_and_then_what_a_filter_missed()
    {
        var text = """
            title: t
            logsource: {category: dns}
            detection:
              name:
                query|contains|all: [nee, dle]
                qtype_name: TXT
              filter: {src_ip: 10.1.1.1}
              other: {query: nothing}
              condition: (name or other) and not filter
            """;
        var ruleSet = RuleSet.Compile([RuleHarness.ParseOne(text)], new DnsLikeSchema());
        var reasons = ruleSet.Explain(0, new DnsLikeEvent("a.needle"u8, default, default), ruleSet.CreateState());
        Assert.Equal(["nee", "dle", "TXT", "10.1.1.1"], reasons.Select(r => r.Pattern));
        Assert.Equal(["name", "name", "name", "filter"], reasons.Select(r => r.Selection));
        Assert.Equal([false, false, false, true], reasons.Select(r => r.IsNegated));
        Assert.Equal(["contains", "all"], reasons[0].Modifiers);
        Assert.Equal(["query", "query", "qtype_name", "src_ip"], reasons.Select(r => r.Field));
        Assert.Equal("192.0.2.1", reasons[3].Value);
        Assert.Empty(ruleSet.Explain(0, new DnsLikeEvent("a"u8, default, default), ruleSet.CreateState()));
    }

    [Theory]
    [InlineData("the field is absent", "{src_ip: null}", "s", "src_ip", "null", null, false)]
    [InlineData("it must be absent", "{src_ip|exists: false}", "s", "src_ip", "false", null, false)]
    [InlineData("it has another value", "{query|neq: other}", "s", "query", "other", "a.needle", false)]
    [InlineData("none of several", "{query|neq: [x, y, z, w]}", "s", "query", "x, y, z, ...", "a.needle", false)]
    [InlineData("a selection that is not so", "{query: other}", "not s", "query", "other", "a.needle", true)]
    public void Names_the_field_that_is_absent_or_otherwise(
        string description, string selection, string condition, string field, string pattern, string? value, bool isNegated)
    {
        Assert.NotNull(description);
        var reason = Assert.Single(RuleHarness.ForSelection(selection, condition).Explain(0, """{"query": "a.needle"}"""));
        Assert.Equal((field, pattern, value, isNegated), (reason.Field, reason.Pattern, reason.Value, reason.IsNegated));
    }

    [Theory]
    [InlineData("{Image: null}", "s", "null", false)]
    [InlineData("{Image: x}", "not s", "x", true)]
    public void Names_a_field_that_no_event_has(string selection, string condition, string pattern, bool isNegated)
    {
        var ruleSet = RuleSet.Compile([RuleHarness.ParseOne(RuleHarness.RuleText(selection, condition))], new DnsLikeSchema());
        var reason = Assert.Single(ruleSet.Explain(0, new DnsLikeEvent("a.needle"u8, default, default), ruleSet.CreateState()));
        Assert.Equal(("Image", pattern, null, isNegated), (reason.Field, reason.Pattern, reason.Value, reason.IsNegated));
    }
}
