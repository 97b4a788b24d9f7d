using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Tests;

public sealed class EcsFormatTests
{
    [Fact]
    public void Writes_everything_that_is_known() => Assert.Equal(
        Compact(File.ReadAllText(Path.Combine(TestPaths.Root, "tests/WireDns.Alerts.Tests/Golden/full.ecs.json"))),
        new EcsFormat("sensor-1", "0.1.0").Show(SampleAlerts.Full));

    [Fact]
    public void Leaves_out_what_is_not_known() => Assert.Equal(
        Compact(File.ReadAllText(Path.Combine(TestPaths.Root, "tests/WireDns.Alerts.Tests/Golden/least.ecs.json"))),
        new EcsFormat(time: new StoppedClock()).Show(SampleAlerts.Least));

    [Theory]
    [InlineData(AlertLevel.Informational, 1, "informational")]
    [InlineData(AlertLevel.Low, 21, "low")]
    [InlineData(AlertLevel.Medium, 47, "medium")]
    [InlineData(AlertLevel.High, 73, "high")]
    [InlineData(AlertLevel.Critical, 99, "critical")]
    public void Gives_the_level_a_number(AlertLevel level, int severity, string name)
    {
        using var document = Parse(SampleAlerts.Plain with { Rule = SampleAlerts.Rule with { Level = level } });
        Assert.Equal(severity, document.RootElement.GetProperty("event").GetProperty("severity").GetInt32());
        Assert.Equal(name, document.RootElement.GetProperty("wiredns").GetProperty("level").GetString());
    }

    [Theory]
    [InlineData("command-and-control", "TA0011", "Command and Control")]
    [InlineData("command_and_control", "TA0011", "Command and Control")]
    [InlineData("Exfiltration", "TA0010", "Exfiltration")]
    [InlineData("defense-evasion", "TA0005", "Defense Evasion")]
    [InlineData("stealth", "TA0005", "Stealth")]
    [InlineData("defense-impairment", "TA0112", "Defense Impairment")]
    public void Knows_the_tactics_of_attack(string tag, string id, string name)
    {
        using var document = Parse(SampleAlerts.Plain with { Rule = SampleAlerts.Rule with { AttackTactics = [tag, "unknown", tag] } });
        var tactic = document.RootElement.GetProperty("threat").GetProperty("tactic");
        Assert.Equal(id, Assert.Single(tactic.GetProperty("id").EnumerateArray()).GetString());
        Assert.Equal(name, Assert.Single(tactic.GetProperty("name").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData(@"a\009b\010c\013d\014.example", @"a\tb\nc\rd\014.example")]
    [InlineData("a\"b.example", "a\\\"b.example")]
    [InlineData(@"a\\009\.b.example", @"a\\009\.b.example")]
    public void A_question_is_escaped_as_the_schema_wants(string name, string expected)
    {
        using var document = Parse(SampleAlerts.Plain with { Message = SampleAlerts.Plain.Message with { QuestionName = name } });
        Assert.Equal(expected, document.RootElement.GetProperty("dns").GetProperty("question").GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("127.1", false, Label = "a shorthand")]
    [InlineData("010.0.0.1", false, Label = "octal numbers")]
    [InlineData("1", false, Label = "a number")]
    [InlineData("fe80::1%2", false, Label = "a zone id")]
    [InlineData("example.com", false, Label = "a name")]
    [InlineData("192.0.2.1", true, Label = "IPv4")]
    [InlineData("2001:db8::1", true, Label = "IPv6")]
    [InlineData("2001:DB8::1", true, Label = "IPv6 in capitals")]
    [InlineData("::ffff:192.0.2.1", true, Label = "mapped IPv4")]
    public void Only_an_address_goes_where_an_address_belongs(string text, bool expected)
    {
        using var document = Parse(SampleAlerts.Plain with
        {
            Client = new AlertEndpoint(text, 1),
            Message = SampleAlerts.Full.Message with { ResolvedAddresses = [text] },
        });
        Assert.Equal(expected, document.RootElement.GetProperty("source").TryGetProperty("ip", out _));
        Assert.Equal(expected, document.RootElement.GetProperty("dns").TryGetProperty("resolved_ip", out _));
        Assert.Equal(text, document.RootElement.GetProperty("source").GetProperty("address").GetString());
    }

    [Theory]
    [InlineData("a.b.example.co.uk", "example.co.uk", "co.uk", "a.b", Label = "a name below")]
    [InlineData("example.co.uk", "example.co.uk", "co.uk", null, Label = "the domain itself")]
    [InlineData("A.Example.COM", "example.com", "com", "A", Label = "another case")]
    [InlineData(@"x.a\.b.com", @"a\.b.com", "com", "x", Label = "a dot inside a label")]
    [InlineData("a.example.org", "example.com", "com", null, Label = "a domain of another name")]
    public void Splits_a_name_at_its_registered_domain(string name, string domain, string top, string? sub)
    {
        using var document = Parse(SampleAlerts.Plain with { Message = SampleAlerts.Plain.Message with { QuestionName = name, RegisteredDomain = domain } });
        var question = document.RootElement.GetProperty("dns").GetProperty("question");
        Assert.Equal(top, question.GetProperty("top_level_domain").GetString());
        Assert.Equal(sub, question.TryGetProperty("subdomain", out var value) ? value.GetString() : null);
    }

    [Fact]
    public void Says_how_many_answers_it_left_out()
    {
        var answers = Enumerable.Range(0, 250).Select(number => new AlertAnswer("a", "A", "IN", 1, $"192.0.2.{number}")).ToArray();
        using var document = Parse(SampleAlerts.Full with { Message = SampleAlerts.Full.Message with { Answers = answers } });
        Assert.Equal(100, document.RootElement.GetProperty("dns").GetProperty("answers").GetArrayLength());
        Assert.Equal(150, document.RootElement.GetProperty("wiredns").GetProperty("answers_omitted").GetInt32());
    }

    [Fact]
    public void Shows_the_part_of_a_long_value_that_matched()
    {
        var reason = new AlertReason("s", "answer", ["contains"], "evil", new string('a', 5000) + "evil" + new string('b', 5000), 5000, 4);
        using var document = Parse(SampleAlerts.Plain with { Reasons = [reason] });
        var written = document.RootElement.GetProperty("wiredns").GetProperty("reasons")[0];
        var start = written.GetProperty("match_start").GetInt32();
        Assert.Equal("evil", written.GetProperty("value").GetString()!.Substring(start, written.GetProperty("match_length").GetInt32()));
        Assert.Equal(10_004, written.GetProperty("value_length").GetInt32());
    }

    [Fact]
    public void Every_character_comes_back_from_one_line_of_visible_ascii()
    {
        for (var value = 0; value <= 0x10FFFF; value += value < 0x200 || value is > 0x1FF0 and < 0x2070 ? 1 : 397)
        {
            var isSurrogate = value is >= 0xD800 and <= 0xDFFF;
            var text = $"x{(isSurrogate ? ((char)value).ToString() : char.ConvertFromUtf32(value))}y";
            var octets = new EcsFormat().Octets(SampleAlerts.Hostile(text));
            Assert.DoesNotContain(octets, octet => octet is < 0x20 or > 0x7E);
            using var document = JsonDocument.Parse(octets);
            Assert.Equal(isSurrogate ? "x\uFFFDy" : text, document.RootElement.GetProperty("rule").GetProperty("name").GetString());
            Assert.Equal(
                isSurrogate ? "x\uFFFDy" : value == '"' ? "x\\\"y" : text, // ECS wants a backslash before a quote
                document.RootElement.GetProperty("dns").GetProperty("question").GetProperty("name").GetString());
        }
    }

    [Fact]
    public void Uses_every_property_once_and_with_the_types_of_the_schema()
    {
        foreach (var alert in new[] { SampleAlerts.Full, SampleAlerts.Least, SampleAlerts.Plain, SampleAlerts.Hostile("x") })
        {
            var octets = new EcsFormat("sensor-1", "0.1.0").Octets(alert);
            using var document = JsonDocument.Parse(octets, new JsonDocumentOptions { AllowDuplicateProperties = false });
            CheckTypes(document.RootElement, "");
        }
    }

    /// <summary>Types of the ECS 8.17 field reference: everything that is not a keyword, text or object is named here.</summary>
    private static void CheckTypes(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.NotEmpty(element.EnumerateObject());
                foreach (var property in element.EnumerateObject())
                {
                    CheckTypes(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}");
                }

                break;
            case JsonValueKind.Array:
                Assert.NotEmpty(element.EnumerateArray());
                foreach (var item in element.EnumerateArray())
                {
                    CheckTypes(item, path);
                }

                break;
            default:
                CheckType(element, path);
                break;
        }
    }

    private static void CheckType(JsonElement element, string path)
    {
        if (path is "source.port" or "destination.port" or "client.port" or "server.port" or "event.severity" or "event.duration" or "source.bytes" or "destination.bytes" or "dns.answers.ttl")
        {
            Assert.True(element.TryGetInt64(out _), path);
        }
        else if (path is "source.ip" or "destination.ip" or "client.ip" or "server.ip" or "related.ip" or "dns.resolved_ip")
        {
            Assert.True(IPAddress.TryParse(element.GetString(), out _), path);
        }
        else if (path == "@timestamp")
        {
            Assert.Matches(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z\z", element.GetString()!);
        }
        else if (!path.StartsWith("wiredns.", StringComparison.Ordinal))
        {
            Assert.Equal(JsonValueKind.String, element.ValueKind);
        }
    }

    private static JsonDocument Parse(Alert alert) => JsonDocument.Parse(new EcsFormat().Octets(alert));

    /// <summary>The golden file is indented for people; this removes the layout and keeps every value's spelling.</summary>
    private static string Compact(string json)
    {
        var text = new StringBuilder();
        var isInString = false;
        for (var index = 0; index < json.Length; index++)
        {
            isInString ^= json[index] == '"' && json[index - 1] != '\\';
            if (isInString || !char.IsWhiteSpace(json[index]))
            {
                text.Append(json[index]);
            }
        }

        return text.ToString();
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse("2026-03-01T09:15:02.1234567Z", CultureInfo.InvariantCulture);
    }
}
