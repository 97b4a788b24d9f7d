using System.Text.Json;
using WireDns.Sigma.Rules;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Rules;

public sealed class ModifierTests
{
    [Theory]
    [InlineData("a trailing backslash does not escape an added star", @"{q|startswith: 'C:\'}", @"C:\dir", true)]
    [InlineData("an escaped star under contains", @"{q|contains: 'a\*b'}", "xa*bx", true)]
    [InlineData("an escaped star under contains is no wildcard", @"{q|contains: 'a\*b'}", "xaxbx", false)]
    [InlineData("a backslash and a wildcard", @"{q: 'a\\*'}", @"a\bc", true)]
    [InlineData("a backslash and a wildcard need the backslash", @"{q: 'a\\*'}", "abc", false)]
    [InlineData("both literal", @"{q: 'a\\\*'}", @"a\*", true)]
    [InlineData("both literal, nothing else", @"{q: 'a\\\*'}", @"a\b", false)]
    [InlineData("two backslashes are one", @"{q: 'a\\b'}", @"a\b", true)]
    [InlineData("a backslash before a letter is itself", @"{q: 'a\b'}", @"a\b", true)]
    [InlineData("four backslashes are two", @"{q: 'a\\\\b'}", @"a\\b", true)]
    [InlineData("an escaped question mark", @"{q: 'a\?'}", "a?", true)]
    [InlineData("an escaped question mark is no wildcard", @"{q: 'a\?'}", "ab", false)]
    [InlineData("a question mark is one character", "{q: 'b?cher'}", "bücher", true)]
    [InlineData("a question mark is not none", "{q: 'ab?'}", "ab", false)]
    [InlineData("cased keeps wildcards", "{q|cased: 'A*c'}", "Abc", true)]
    [InlineData("cased keeps case", "{q|cased: 'A*c'}", "abc", false)]
    [InlineData("sigma in two forms", "{q: 'ΟΔΟΣ'}", "οδος", true)]
    [InlineData("the Kelvin sign is a k", "{q|contains: 'kelvin'}", "\u212Aelvin", true)]
    [InlineData("sharp s has a capital form", "{q: 'straße'}", "STRA\u1E9EE", true)]
    [InlineData("sharp s is not two letters", "{q: 'strasse'}", "straße", false)]
    [InlineData("dotless i is no i", "{q: 'i'}", "\u0131", false)]
    [InlineData("re is unanchored", "{q|re: 'b+'}", "abbc", true)]
    [InlineData("re is case-sensitive", "{q|re: 'B+'}", "abbc", false)]
    [InlineData("re|i is not", "{q|re|i: 'B+'}", "abbc", true)]
    [InlineData("the dot does not match a line end", "{q|re: 'a.b'}", "a\nb", false)]
    [InlineData("re|s lets it", "{q|re|s: 'a.b'}", "a\nb", true)]
    [InlineData("re|m lets ^ match at a line", "{q|re|m: '^b'}", "a\nb", true)]
    [InlineData("without m it does not", "{q|re: '^b'}", "a\nb", false)]
    [InlineData("re flags together", "{q|re|i|m|s: '^B.C'}", "a\nb\nc", true)]
    [InlineData("re with a backslash as written", @"{q|re: '\d+\.'}", "x12.", true)]
    [InlineData("base64", "{q|base64|contains: 'foobar'}", "xxZm9vYmFyxx", true)]
    [InlineData("base64offset, first offset", "{q|base64offset|contains: 'foobar'}", "zzZm9vYmFyzz", true)]
    [InlineData("base64offset, second offset", "{q|base64offset|contains: 'foobar'}", "Aaaaaaaazvb2Jhcg", true)]
    [InlineData("wide and base64offset", "{q|wide|base64offset|contains: 'ping'}", "cABpAG4AZw", true)]
    [InlineData("utf16be and base64", "{q|utf16be|base64: 'ping'}", "AHAAaQBuAGc=", true)]
    [InlineData("utf16 has a mark", "{q|utf16|base64: 'ping'}", "//5wAGkAbgBnAA==", true)]
    [InlineData("wide of letters outside ASCII, for Base64", "{q|wide|base64: 'é'}", "6QA=", true)]
    [InlineData("wide alone", "{q|wide: 'ab'}", "a\0b\0", true)]
    [InlineData("windash, en dash", "{q|windash|contains: ' -enc'}", "p \u2013enc x", true)]
    [InlineData("windash, bar", "{q|windash|contains: ' -enc'}", "p \u2015enc x", true)]
    [InlineData("windash from an en dash", "{q|windash|contains: ' \u2013enc'}", "p -enc x", true)]
    [InlineData("windash from an em dash", "{q|windash|contains: ' \u2014enc'}", "p /enc x", true)]
    [InlineData("windash from a bar", "{q|windash|contains: ' \u2015enc'}", "p -enc x", true)]
    [InlineData("windash from a slash", "{q|windash|contains: ' /c'}", "cmd -c", true)]
    [InlineData("windash leaves a hyphen inside a word", "{q|windash|contains: ' -a-b'}", "x /a/b", false)]
    [InlineData("windash, two parameters", "{q|windash|contains: '-a /b'}", "/a -b", true)]
    [InlineData("all of windash: any spelling of each", "{q|windash|contains|all: ['-a', '-b']}", "/a -b", true)]
    [InlineData("neq of all", "{q|contains|all|neq: [a, b]}", "a", true)]
    [InlineData("neq of all, all there", "{q|contains|all|neq: [a, b]}", "ab", false)]
    [InlineData("lt on a text that is a number", "{q|lt: 6}", "5.5", true)]
    [InlineData("lt on a text that is none", "{q|lt: 6}", "x", false)]
    [InlineData("gte at the bound", "{q|gte: 6}", "6", true)]
    [InlineData("gt at the bound", "{q|gt: 6}", "6", false)]
    [InlineData("a negative number", "{q|lt: -1}", "-2", true)]
    [InlineData("a real number", "{q: 5.5}", "5.5", true)]
    [InlineData("a hexadecimal number", "{q: 0x10}", "16", true)]
    [InlineData("1e3 is a text", "{q: 1e3}", "1E3", true)]
    [InlineData("yes is a text", "{q: yes}", "YES", true)]
    [InlineData("a cidr of IPv6", "{q|cidr: '2001:db8::/32'}", "2001:DB8:1::1", true)]
    [InlineData("a cidr of all", "{q|cidr: 0.0.0.0/0}", "192.0.2.1", true)]
    [InlineData("a cidr of one", "{q|cidr: 192.0.2.1/32}", "192.0.2.2", false)]
    [InlineData("a cidr does not take short forms", "{q|cidr: 10.0.0.0/8}", "10.1", false)]
    [InlineData("a list of cidrs", "{q|cidr: [10.0.0.0/8, 192.0.2.0/24]}", "192.0.2.9", true)]
    [InlineData("the minute", "{q|minute: 30}", "2026-01-01T10:30:00Z", true)]
    [InlineData("the hour in UTC", "{q|hour: 8}", "2026-01-01T10:30:00+02:00", true)]
    [InlineData("the day", "{q|day: [1, 31]}", "2026-01-31", true)]
    [InlineData("the ISO week at a year's beginning", "{q|week: 53}", "2027-01-01", true)]
    [InlineData("the month", "{q|month|lt: 2}", "2026-01-31", true)]
    [InlineData("the year of seconds since 1970", "{q|year: 2026}", "1767225600", true)]
    [InlineData("a time that is none", "{q|year|gt: 0}", "soon", false)]
    [InlineData("keywords under re", "{'|re': 'a.c'}", "xabcx", true)]
    [InlineData("keywords under cased", "{'|cased': 'ABC'}", "xabcx", false)]
    [InlineData("a keyword that is a number", "[53]", "port 53", true)]
    [InlineData("keywords and maps in one list", "[abc, {q: x}]", "X", true)]
    [InlineData("a pattern longer than the text", "{q|contains: 'abcdef'}", "abcde", false)]
    public void Means(string description, string selection, string value, bool expected)
    {
        Assert.NotNull(description);
        var json = JsonSerializer.Serialize(new Dictionary<string, string> { ["q"] = value });
        Assert.Equal(expected, RuleHarness.ForSelection(selection).Match(json).Length == 1);
    }

    [Theory]
    [InlineData("an integer equals its text", "{q: '5'}", "{\"q\":5}", true)]
    [InlineData("a real that is an integer equals it", "{q: 5}", "{\"q\":5.0}", true)]
    [InlineData("an integer beyond a double's precision", "{q: 9007199254740993}", "{\"q\":9007199254740992}", false)]
    [InlineData("a number in a list of texts", "{q: [abc, 5]}", "{\"q\":5}", true)]
    [InlineData("true is the word", "{q: true}", "{\"q\":\"TRUE\"}", true)]
    [InlineData("true is not 1", "{q: true}", "{\"q\":1}", false)]
    [InlineData("1 is not true", "{q: 1}", "{\"q\":true}", false)]
    [InlineData("a boolean in a list", "{q: [5, true]}", "{\"q\":true}", true)]
    [InlineData("contains on a number", "{q|contains: '3'}", "{\"q\":1234}", true)]
    [InlineData("re on a number", "{q|re: '^12'}", "{\"q\":1234}", true)]
    [InlineData("cased on a boolean", "{q|cased: 'True'}", "{\"q\":true}", false)]
    [InlineData("an empty array is a missing field", "{q: null}", "{\"q\":[]}", true)]
    [InlineData("null among values", "{q: null}", "{\"q\":[\"a\",null]}", true)]
    [InlineData("exists of null", "{q|exists: true}", "{\"q\":null}", true)]
    [InlineData("exists negated", "{q|exists|neq: true}", "{}", true)]
    [InlineData("neq on a missing field", "{q|neq: a}", "{}", true)]
    [InlineData("neq of null on a missing field", "{q|neq: null}", "{}", false)]
    [InlineData("neq with several values, none of them", "{q|neq: [a, b]}", "{\"q\":[\"c\",\"a\"]}", false)]
    [InlineData("a comparison on a missing field", "{q|lt: 5}", "{}", false)]
    [InlineData("a comparison on a boolean", "{q|lt: 5}", "{\"q\":true}", false)]
    [InlineData("all over several values of the event", "{q|contains|all: [a, b]}", "{\"q\":[\"a\",\"b\"]}", true)]
    [InlineData("a reference over several values", "{q|fieldref: r}", "{\"q\":[\"x\",\"y\"],\"r\":[\"z\",\"Y\"]}", true)]
    [InlineData("a reference to a number", "{q|fieldref: r}", "{\"q\":\"5\",\"r\":5}", true)]
    [InlineData("a reference to null", "{q|fieldref: r}", "{\"q\":null,\"r\":null}", false)]
    [InlineData("a reference under contains", "{q|fieldref|contains: r}", "{\"q\":\"xABCx\",\"r\":\"abc\"}", true)]
    [InlineData("a reference under startswith", "{q|fieldref|startswith: r}", "{\"q\":\"abcx\",\"r\":\"abc\"}", true)]
    [InlineData("a reference under neq", "{q|fieldref|neq: r}", "{\"q\":\"a\"}", true)]
    [InlineData("a cased reference", "{q|cased|fieldref: r}", "{\"q\":\"A\",\"r\":\"a\"}", false)]
    [InlineData("a path through arrays", "{a.b.c: x}", "{\"a\":[{\"b\":[{\"c\":\"y\"},{\"c\":\"X\"}]}]}", true)]
    [InlineData("a keyword in a nested number", "[53]", "{\"a\":{\"b\":[1,53]}}", true)]
    [InlineData("a keyword is not a field's name", "[query]", "{\"query\":\"x\"}", false)]
    public void Means_on_events(string description, string selection, string json, bool expected)
    {
        Assert.NotNull(description);
        Assert.Equal(expected, RuleHarness.ForSelection(selection).Match(json).Length == 1);
    }

    [Theory]
    [InlineData("null under contains", "{q|contains: null}", "modifier-type")]
    [InlineData("a number under startswith", "{q|startswith: 5}", "modifier-type")]
    [InlineData("a boolean under endswith", "{q|endswith: true}", "modifier-type")]
    [InlineData("a number under cased", "{q|cased: 5}", "modifier-type")]
    [InlineData("a number under re", "{q|re: 5}", "modifier-type")]
    [InlineData("a text under gt", "{q|gt: '5'}", "modifier-type")]
    [InlineData("a text under hour", "{q|hour: '5'}", "modifier-type")]
    [InlineData("a text under exists", "{q|exists: 'true'}", "modifier-type")]
    [InlineData("null under lt", "{q|lt: null}", "modifier-type")]
    [InlineData("contains before re", "{q|contains|re: a}", "modifier-order")]
    [InlineData("all before re", "{q|all|re: [a, b]}", "modifier-order")]
    [InlineData("startswith after re", "{q|re|startswith: a}", "modifier-order")]
    [InlineData("cased after re", "{q|re|cased: a}", "modifier-order")]
    [InlineData("i without re", "{q|i: a}", "modifier-order")]
    [InlineData("contains before base64", "{q|contains|base64: a}", "modifier-order")]
    [InlineData("contains before base64offset", "{q|contains|base64offset: aa}", "modifier-order")]
    [InlineData("contains before fieldref", "{q|contains|fieldref: a}", "modifier-order")]
    [InlineData("contains and startswith", "{q|contains|startswith: a}", "modifier-order")]
    [InlineData("contains twice", "{q|contains|contains: a}", "modifier-order")]
    [InlineData("lt after contains", "{q|contains|lt: 5}", "modifier-order")]
    [InlineData("contains after lt", "{q|lt|contains: 5}", "modifier-order")]
    [InlineData("lt and gt", "{q|lt|gt: 5}", "modifier-order")]
    [InlineData("hour after lt", "{q|lt|hour: 5}", "modifier-order")]
    [InlineData("contains after cidr", "{q|cidr|contains: 10.0.0.0/8}", "modifier-order")]
    [InlineData("contains after exists", "{q|exists|contains: true}", "modifier-order")]
    [InlineData("expand after base64", "{q|base64|expand: '%x%'}", "modifier-order")]
    [InlineData("an empty modifier", "{'q|': a}", "unknown-modifier")]
    [InlineData("a modifier in upper case", "{q|Contains: a}", "unknown-modifier")]
    [InlineData("cidr on keywords", "{'|cidr': 10.0.0.0/8}", "modifier-needs-field")]
    [InlineData("exists on keywords", "{'|exists': true}", "modifier-needs-field")]
    [InlineData("null as a keyword", "[null]", "null-keyword")]
    [InlineData("a wildcard under base64offset", "{q|base64offset: 'a*'}", "wildcard-under-base64")]
    [InlineData("one byte under base64offset", "{q|base64offset: a}", "value-too-short")]
    [InlineData("nothing under base64", "{q|base64: ''}", "value-too-short")]
    [InlineData("letters outside ASCII under wide alone", "{q|wide: 'é'}", "not-text")]
    [InlineData("too many dashes", "{q|windash: '-a -b -c -d -e -f'}", "windash-too-many")]
    [InlineData("a cidr with host bits", "{q|cidr: 10.0.0.1/8}", "bad-cidr")]
    [InlineData("a cidr with too long a prefix", "{q|cidr: 10.0.0.0/33}", "bad-cidr")]
    [InlineData("a cidr without an address", "{q|cidr: /8}", "bad-cidr")]
    [InlineData("a cidr with a wildcard", "{q|cidr: '10.*'}", "bad-cidr")]
    [InlineData("an IPv6 cidr with host bits", "{q|cidr: 'fe80::1/10'}", "bad-cidr")]
    [InlineData("a lookahead", "{q|re: '(?=a)'}", "regex-backtracks")]
    [InlineData("a backreference", @"{q|re: '(a)\1'}", "regex-backtracks")]
    [InlineData("a reference with a wildcard", "{q|fieldref: 'a*'}", "bad-field-reference")]
    [InlineData("a reference to nothing", "{q|fieldref: ''}", "bad-field-reference")]
    [InlineData("a placeholder without values", "{q|expand: '%x%'}", "unresolved-placeholder")]
    [InlineData("no field at all", "{? : a}", "missing-field")]
    public void Rejects(string description, string selection, string id)
    {
        Assert.NotNull(description);
        Assert.Equal(id, Assert.Single(RuleHarness.Errors(RuleHarness.RuleText(selection))).Id);
    }

    [Fact]
    public void Puts_the_values_of_placeholders_in_their_place()
    {
        var placeholders = new SigmaPlaceholders();
        placeholders.Add("hosts", ["alpha", "be*"]);
        placeholders.Add("zones", ["example", "test"]);
        var rule = RuleHarness.ParseOne(RuleHarness.RuleText(@"{q|expand: ['%hosts%.%zones%', '100\%hosts%', plain]}"), placeholders);
        var harness = new RuleHarness([rule]);
        Assert.Equal(6, ((FieldMatch)rule.Detection.Selections[0].Node).Values.Count());
        Assert.All(["alpha.example", "ALPHA.test", "beta.example", "be.test", "100%hosts%", "plain"], v => Assert.Single(harness.Match($"{{\"q\":\"{v}\"}}")));
        Assert.All(["alpha", "gamma.example", "alpha.examples", "100alpha"], v => Assert.Empty(harness.Match($"{{\"q\":\"{v}\"}}")));
    }

    [Fact]
    public void Expands_placeholders_under_other_modifiers()
    {
        var placeholders = new SigmaPlaceholders();
        placeholders.Add("x", ["aa", "bb"]);
        placeholders.Add("nets", ["10.0.0.0/8", "192.0.2.0/24"]);
        AssertMatch("{q|contains|expand: '%x%'}", "xxBBxx", true);
        AssertMatch("{q|contains|all|expand: '%x%'}", "aa", false);
        AssertMatch("{q|contains|all|expand: '%x%'}", "bbaa", true);
        AssertMatch("{q|expand|base64: '%x%'}", "YmI=", true);
        AssertMatch("{q|re|expand: '^%x%$'}", "bb", true);
        AssertMatch("{q|re|expand: '^%x%$'}", "bbb", false);
        AssertMatch("{q|cidr|expand: '%nets%'}", "192.0.2.7", true);

        void AssertMatch(string selection, string value, bool expected)
        {
            var rule = RuleHarness.ParseOne(RuleHarness.RuleText(selection), placeholders);
            Assert.Equal(expected, new RuleHarness([rule]).Match($"{{\"q\":\"{value}\"}}").Length == 1);
        }
    }

    [Theory]
    [InlineData("an empty line", "contains|expand", "a||b", "empty-placeholder-value")]
    [InlineData("no values", "contains|expand", null, "unresolved-placeholder")]
    [InlineData("a value that is no network", "cidr|expand", "10.0.0.0/8|x", "bad-cidr")]
    [InlineData("a value that is no expression", "re|expand", "a|(", "bad-regex")]
    [InlineData("a wildcard under base64", "expand|base64", "a*", "wildcard-under-base64")]
    public void Rejects_placeholders_with(string description, string modifiers, string? values, string id)
    {
        Assert.NotNull(description);
        var placeholders = new SigmaPlaceholders();
        placeholders.Add("x", values?.Split('|') ?? []);
        Assert.Equal(id, Assert.Single(RuleHarness.Errors(RuleHarness.RuleText($"{{q|{modifiers}: '%x%'}}"), placeholders)).Id);
    }

    [Fact]
    public void Suggests_the_placeholder_that_was_meant()
    {
        var placeholders = new SigmaPlaceholders();
        placeholders.Add("internal_domains", ["a"]);
        var error = Assert.Single(RuleHarness.Errors(RuleHarness.RuleText("{q|expand: '%internal_domain%'}"), placeholders));
        Assert.Equal("did you mean 'internal_domains'?", error.Suggestion);
    }
}
