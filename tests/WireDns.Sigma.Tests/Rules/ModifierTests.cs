using System.Text.Json;
using WireDns.Sigma.Rules;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Rules;

public sealed class ModifierTests
{
    [Theory]
    [InlineData(@"{q|startswith: 'C:\'}", @"C:\dir", true, Label = "a trailing backslash does not escape an added star")]
    [InlineData(@"{q|contains: 'a\*b'}", "xa*bx", true, Label = "an escaped star under contains")]
    [InlineData(@"{q|contains: 'a\*b'}", "xaxbx", false, Label = "an escaped star under contains is no wildcard")]
    [InlineData(@"{q: 'a\\*'}", @"a\bc", true, Label = "a backslash and a wildcard")]
    [InlineData(@"{q: 'a\\*'}", "abc", false, Label = "a backslash and a wildcard need the backslash")]
    [InlineData(@"{q: 'a\\\*'}", @"a\*", true, Label = "both literal")]
    [InlineData(@"{q: 'a\\\*'}", @"a\b", false, Label = "both literal, nothing else")]
    [InlineData(@"{q: 'a\\b'}", @"a\b", true, Label = "two backslashes are one")]
    [InlineData(@"{q: 'a\b'}", @"a\b", true, Label = "a backslash before a letter is itself")]
    [InlineData(@"{q: 'a\\\\b'}", @"a\\b", true, Label = "four backslashes are two")]
    [InlineData(@"{q: 'a\?'}", "a?", true, Label = "an escaped question mark")]
    [InlineData(@"{q: 'a\?'}", "ab", false, Label = "an escaped question mark is no wildcard")]
    [InlineData("{q: 'b?cher'}", "bücher", true, Label = "a question mark is one character")]
    [InlineData("{q: 'ab?'}", "ab", false, Label = "a question mark is not none")]
    [InlineData("{q|cased: 'A*c'}", "Abc", true, Label = "cased keeps wildcards")]
    [InlineData("{q|cased: 'A*c'}", "abc", false, Label = "cased keeps case")]
    [InlineData("{q: 'ΟΔΟΣ'}", "οδος", true, Label = "sigma in two forms")]
    [InlineData("{q|contains: 'kelvin'}", "\u212Aelvin", true, Label = "the Kelvin sign is a k")]
    [InlineData("{q: 'straße'}", "STRA\u1E9EE", true, Label = "sharp s has a capital form")]
    [InlineData("{q: 'strasse'}", "straße", false, Label = "sharp s is not two letters")]
    [InlineData("{q: 'i'}", "\u0131", false, Label = "dotless i is no i")]
    [InlineData("{q|re: 'b+'}", "abbc", true, Label = "re is unanchored")]
    [InlineData("{q|re: 'B+'}", "abbc", false, Label = "re is case-sensitive")]
    [InlineData("{q|re|i: 'B+'}", "abbc", true, Label = "re|i is not")]
    [InlineData("{q|re: 'a.b'}", "a\nb", false, Label = "the dot does not match a line end")]
    [InlineData("{q|re|s: 'a.b'}", "a\nb", true, Label = "re|s lets it")]
    [InlineData("{q|re|m: '^b'}", "a\nb", true, Label = "re|m lets ^ match at a line")]
    [InlineData("{q|re: '^b'}", "a\nb", false, Label = "without m it does not")]
    [InlineData("{q|re|i|m|s: '^B.C'}", "a\nb\nc", true, Label = "re flags together")]
    [InlineData(@"{q|re: '\d+\.'}", "x12.", true, Label = "re with a backslash as written")]
    [InlineData("{q|base64|contains: 'foobar'}", "xxZm9vYmFyxx", true, Label = "base64")]
    [InlineData("{q|base64offset|contains: 'foobar'}", "zzZm9vYmFyzz", true, Label = "base64offset, first offset")]
    [InlineData("{q|base64offset|contains: 'foobar'}", "Aaaaaaaazvb2Jhcg", true, Label = "base64offset, second offset")]
    [InlineData("{q|wide|base64offset|contains: 'ping'}", "cABpAG4AZw", true, Label = "wide and base64offset")]
    [InlineData("{q|utf16be|base64: 'ping'}", "AHAAaQBuAGc=", true, Label = "utf16be and base64")]
    [InlineData("{q|utf16|base64: 'ping'}", "//5wAGkAbgBnAA==", true, Label = "utf16 has a mark")]
    [InlineData("{q|wide|base64: 'é'}", "6QA=", true, Label = "wide of letters outside ASCII, for Base64")]
    [InlineData("{q|wide: 'ab'}", "a\0b\0", true, Label = "wide alone")]
    [InlineData("{q|windash|contains: ' -enc'}", "p \u2013enc x", true, Label = "windash, en dash")]
    [InlineData("{q|windash|contains: ' -enc'}", "p \u2015enc x", true, Label = "windash, bar")]
    [InlineData("{q|windash|contains: ' \u2013enc'}", "p -enc x", true, Label = "windash from an en dash")]
    [InlineData("{q|windash|contains: ' \u2014enc'}", "p /enc x", true, Label = "windash from an em dash")]
    [InlineData("{q|windash|contains: ' \u2015enc'}", "p -enc x", true, Label = "windash from a bar")]
    [InlineData("{q|windash|contains: ' /c'}", "cmd -c", true, Label = "windash from a slash")]
    [InlineData("{q|windash|contains: ' -a-b'}", "x /a/b", false, Label = "windash leaves a hyphen inside a word")]
    [InlineData("{q|windash|contains: '-a /b'}", "/a -b", true, Label = "windash, two parameters")]
    [InlineData("{q|windash|contains|all: ['-a', '-b']}", "/a -b", true, Label = "all of windash: any spelling of each")]
    [InlineData("{q|contains|all|neq: [a, b]}", "a", true, Label = "neq of all")]
    [InlineData("{q|contains|all|neq: [a, b]}", "ab", false, Label = "neq of all, all there")]
    [InlineData("{q|lt: 6}", "5.5", true, Label = "lt on a text that is a number")]
    [InlineData("{q|lt: 6}", "x", false, Label = "lt on a text that is none")]
    [InlineData("{q|gte: 6}", "6", true, Label = "gte at the bound")]
    [InlineData("{q|gt: 6}", "6", false, Label = "gt at the bound")]
    [InlineData("{q|lt: -1}", "-2", true, Label = "a negative number")]
    [InlineData("{q: 5.5}", "5.5", true, Label = "a real number")]
    [InlineData("{q: 0x10}", "16", true, Label = "a hexadecimal number")]
    [InlineData("{q: 1e3}", "1E3", true, Label = "1e3 is a text")]
    [InlineData("{q: yes}", "YES", true, Label = "yes is a text")]
    [InlineData("{q|cidr: '2001:db8::/32'}", "2001:DB8:1::1", true, Label = "a cidr of IPv6")]
    [InlineData("{q|cidr: 0.0.0.0/0}", "192.0.2.1", true, Label = "a cidr of all")]
    [InlineData("{q|cidr: 192.0.2.1/32}", "192.0.2.2", false, Label = "a cidr of one")]
    [InlineData("{q|cidr: 10.0.0.0/8}", "10.1", false, Label = "a cidr does not take short forms")]
    [InlineData("{q|cidr: [10.0.0.0/8, 192.0.2.0/24]}", "192.0.2.9", true, Label = "a list of cidrs")]
    [InlineData("{q|minute: 30}", "2026-01-01T10:30:00Z", true, Label = "the minute")]
    [InlineData("{q|hour: 8}", "2026-01-01T10:30:00+02:00", true, Label = "the hour in UTC")]
    [InlineData("{q|day: [1, 31]}", "2026-01-31", true, Label = "the day")]
    [InlineData("{q|week: 53}", "2027-01-01", true, Label = "the ISO week at a year's beginning")]
    [InlineData("{q|month|lt: 2}", "2026-01-31", true, Label = "the month")]
    [InlineData("{q|year: 2026}", "1767225600", true, Label = "the year of seconds since 1970")]
    [InlineData("{q|year|gt: 0}", "soon", false, Label = "a time that is none")]
    [InlineData("{'|re': 'a.c'}", "xabcx", true, Label = "keywords under re")]
    [InlineData("{'|cased': 'ABC'}", "xabcx", false, Label = "keywords under cased")]
    [InlineData("[53]", "port 53", true, Label = "a keyword that is a number")]
    [InlineData("[abc, {q: x}]", "X", true, Label = "keywords and maps in one list")]
    [InlineData("{q|contains: 'abcdef'}", "abcde", false, Label = "a pattern longer than the text")]
    public void Means(string selection, string value, bool expected)
    {
        var json = JsonSerializer.Serialize(new Dictionary<string, string> { ["q"] = value });
        Assert.Equal(expected, RuleHarness.ForSelection(selection).Match(json).Length == 1);
    }

    [Theory]
    [InlineData("{q: '5'}", "{\"q\":5}", true, Label = "an integer equals its text")]
    [InlineData("{q: 5}", "{\"q\":5.0}", true, Label = "a real that is an integer equals it")]
    [InlineData("{q: 9007199254740993}", "{\"q\":9007199254740992}", false, Label = "an integer beyond a double's precision")]
    [InlineData("{q: [abc, 5]}", "{\"q\":5}", true, Label = "a number in a list of texts")]
    [InlineData("{q: true}", "{\"q\":\"TRUE\"}", true, Label = "true is the word")]
    [InlineData("{q: true}", "{\"q\":1}", false, Label = "true is not 1")]
    [InlineData("{q: 1}", "{\"q\":true}", false, Label = "1 is not true")]
    [InlineData("{q: [5, true]}", "{\"q\":true}", true, Label = "a boolean in a list")]
    [InlineData("{q|contains: '3'}", "{\"q\":1234}", true, Label = "contains on a number")]
    [InlineData("{q|re: '^12'}", "{\"q\":1234}", true, Label = "re on a number")]
    [InlineData("{q|cased: 'True'}", "{\"q\":true}", false, Label = "cased on a boolean")]
    [InlineData("{q: null}", "{\"q\":[]}", true, Label = "an empty array is a missing field")]
    [InlineData("{q: null}", "{\"q\":[\"a\",null]}", true, Label = "null among values")]
    [InlineData("{q|exists: true}", "{\"q\":null}", true, Label = "exists of null")]
    [InlineData("{q|exists|neq: true}", "{}", true, Label = "exists negated")]
    [InlineData("{q|neq: a}", "{}", true, Label = "neq on a missing field")]
    [InlineData("{q|neq: null}", "{}", false, Label = "neq of null on a missing field")]
    [InlineData("{q|neq: [a, b]}", "{\"q\":[\"c\",\"a\"]}", false, Label = "neq with several values, none of them")]
    [InlineData("{q|lt: 5}", "{}", false, Label = "a comparison on a missing field")]
    [InlineData("{q|lt: 5}", "{\"q\":true}", false, Label = "a comparison on a boolean")]
    [InlineData("{q|contains|all: [a, b]}", "{\"q\":[\"a\",\"b\"]}", true, Label = "all over several values of the event")]
    [InlineData("{q|fieldref: r}", "{\"q\":[\"x\",\"y\"],\"r\":[\"z\",\"Y\"]}", true, Label = "a reference over several values")]
    [InlineData("{q|fieldref: r}", "{\"q\":\"5\",\"r\":5}", true, Label = "a reference to a number")]
    [InlineData("{q|fieldref: r}", "{\"q\":null,\"r\":null}", false, Label = "a reference to null")]
    [InlineData("{q|fieldref|contains: r}", "{\"q\":\"xABCx\",\"r\":\"abc\"}", true, Label = "a reference under contains")]
    [InlineData("{q|fieldref|startswith: r}", "{\"q\":\"abcx\",\"r\":\"abc\"}", true, Label = "a reference under startswith")]
    [InlineData("{q|fieldref|neq: r}", "{\"q\":\"a\"}", true, Label = "a reference under neq")]
    [InlineData("{q|cased|fieldref: r}", "{\"q\":\"A\",\"r\":\"a\"}", false, Label = "a cased reference")]
    [InlineData("{a.b.c: x}", "{\"a\":[{\"b\":[{\"c\":\"y\"},{\"c\":\"X\"}]}]}", true, Label = "a path through arrays")]
    [InlineData("[53]", "{\"a\":{\"b\":[1,53]}}", true, Label = "a keyword in a nested number")]
    [InlineData("[query]", "{\"query\":\"x\"}", false, Label = "a keyword is not a field's name")]
    public void Means_on_events(string selection, string json, bool expected)
    {
        Assert.Equal(expected, RuleHarness.ForSelection(selection).Match(json).Length == 1);
    }

    [Theory]
    [InlineData("{q|contains: null}", "modifier-type", Label = "null under contains")]
    [InlineData("{q|startswith: 5}", "modifier-type", Label = "a number under startswith")]
    [InlineData("{q|endswith: true}", "modifier-type", Label = "a boolean under endswith")]
    [InlineData("{q|cased: 5}", "modifier-type", Label = "a number under cased")]
    [InlineData("{q|re: 5}", "modifier-type", Label = "a number under re")]
    [InlineData("{q|gt: '5'}", "modifier-type", Label = "a text under gt")]
    [InlineData("{q|hour: '5'}", "modifier-type", Label = "a text under hour")]
    [InlineData("{q|exists: 'true'}", "modifier-type", Label = "a text under exists")]
    [InlineData("{q|lt: null}", "modifier-type", Label = "null under lt")]
    [InlineData("{q|contains|re: a}", "modifier-order", Label = "contains before re")]
    [InlineData("{q|all|re: [a, b]}", "modifier-order", Label = "all before re")]
    [InlineData("{q|re|startswith: a}", "modifier-order", Label = "startswith after re")]
    [InlineData("{q|re|cased: a}", "modifier-order", Label = "cased after re")]
    [InlineData("{q|i: a}", "modifier-order", Label = "i without re")]
    [InlineData("{q|contains|base64: a}", "modifier-order", Label = "contains before base64")]
    [InlineData("{q|contains|base64offset: aa}", "modifier-order", Label = "contains before base64offset")]
    [InlineData("{q|contains|fieldref: a}", "modifier-order", Label = "contains before fieldref")]
    [InlineData("{q|contains|startswith: a}", "modifier-order", Label = "contains and startswith")]
    [InlineData("{q|contains|contains: a}", "modifier-order", Label = "contains twice")]
    [InlineData("{q|contains|lt: 5}", "modifier-order", Label = "lt after contains")]
    [InlineData("{q|lt|contains: 5}", "modifier-order", Label = "contains after lt")]
    [InlineData("{q|lt|gt: 5}", "modifier-order", Label = "lt and gt")]
    [InlineData("{q|lt|hour: 5}", "modifier-order", Label = "hour after lt")]
    [InlineData("{q|cidr|contains: 10.0.0.0/8}", "modifier-order", Label = "contains after cidr")]
    [InlineData("{q|exists|contains: true}", "modifier-order", Label = "contains after exists")]
    [InlineData("{q|base64|expand: '%x%'}", "modifier-order", Label = "expand after base64")]
    [InlineData("{'q|': a}", "unknown-modifier", Label = "an empty modifier")]
    [InlineData("{q|Contains: a}", "unknown-modifier", Label = "a modifier in upper case")]
    [InlineData("{'|cidr': 10.0.0.0/8}", "modifier-needs-field", Label = "cidr on keywords")]
    [InlineData("{'|exists': true}", "modifier-needs-field", Label = "exists on keywords")]
    [InlineData("[null]", "null-keyword", Label = "null as a keyword")]
    [InlineData("{q|base64offset: 'a*'}", "wildcard-under-base64", Label = "a wildcard under base64offset")]
    [InlineData("{q|base64offset: a}", "value-too-short", Label = "one byte under base64offset")]
    [InlineData("{q|base64: ''}", "value-too-short", Label = "nothing under base64")]
    [InlineData("{q|wide: 'é'}", "not-text", Label = "letters outside ASCII under wide alone")]
    [InlineData("{q|windash: '-a -b -c -d -e -f'}", "windash-too-many", Label = "too many dashes")]
    [InlineData("{q|cidr: 10.0.0.1/8}", "bad-cidr", Label = "a cidr with host bits")]
    [InlineData("{q|cidr: 10.0.0.0/33}", "bad-cidr", Label = "a cidr with too long a prefix")]
    [InlineData("{q|cidr: /8}", "bad-cidr", Label = "a cidr without an address")]
    [InlineData("{q|cidr: '10.*'}", "bad-cidr", Label = "a cidr with a wildcard")]
    [InlineData("{q|cidr: 'fe80::1/10'}", "bad-cidr", Label = "an IPv6 cidr with host bits")]
    [InlineData("{q|re: '(?=a)'}", "regex-backtracks", Label = "a lookahead")]
    [InlineData(@"{q|re: '(a)\1'}", "regex-backtracks", Label = "a backreference")]
    [InlineData("{q|fieldref: 'a*'}", "bad-field-reference", Label = "a reference with a wildcard")]
    [InlineData("{q|fieldref: ''}", "bad-field-reference", Label = "a reference to nothing")]
    [InlineData("{q|expand: '%x%'}", "unresolved-placeholder", Label = "a placeholder without values")]
    [InlineData("{? : a}", "missing-field", Label = "no field at all")]
    public void Rejects(string selection, string id)
    {
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
    [InlineData("contains|expand", "a||b", "empty-placeholder-value", Label = "an empty line")]
    [InlineData("contains|expand", null, "unresolved-placeholder", Label = "no values")]
    [InlineData("cidr|expand", "10.0.0.0/8|x", "bad-cidr", Label = "a value that is no network")]
    [InlineData("re|expand", "a|(", "bad-regex", Label = "a value that is no expression")]
    [InlineData("expand|base64", "a*", "wildcard-under-base64", Label = "a wildcard under base64")]
    public void Rejects_placeholders_with(string modifiers, string? values, string id)
    {
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
