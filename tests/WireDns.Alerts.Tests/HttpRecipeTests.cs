using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Tests.Receivers;
using WireDns.Alerts.Transports;
using WireDns.TestTraffic.Receivers;

namespace WireDns.Alerts.Tests;

/// <summary>The recipes and templates of docs/http.md, each against a server that checks the request as the receiver would.</summary>
public sealed partial class HttpRecipeTests : IDisposable
{
    private const string Evil = "cdn.<!channel>.@here.evil.example";

    private static readonly string Page = File.ReadAllText(Path.Combine(TestPaths.Root, "docs/http.md"));

    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-recipe-").FullName;
    private readonly TestAuthority _authority = new();
    private readonly List<string> _faults = [];

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Elasticsearch_has_each_alert_once_under_its_id()
    {
        HashSet<string> index = [];
        var requests = 0;
        using var server = Server(request =>
        {
            Check(request.Line == "POST /wiredns-alerts/_bulk HTTP/1.1", request.Line);
            Check(request.Headers["content-type"] == "application/x-ndjson" && request.Headers["content-encoding"] == "gzip", "the type");
            Check(request.Headers["authorization"] == "ApiKey secret", "the key");
            Check(request.Body.EndsWith('\n'), "a bulk body ends with a line feed");
            var lines = request.Body.Split('\n')[..^1];
            Check(lines.Length % 2 == 0, "pairs of lines");
            var isBusy = ++requests == 1; // the first request finds room for one document in two
            var items = lines.Chunk(2).Select((pair, number) =>
            {
                using var action = JsonDocument.Parse(pair[0]);
                using var document = JsonDocument.Parse(pair[1]);
                var id = action.RootElement.GetProperty("create").GetProperty("_id").GetString()!;
                Check(document.RootElement.GetProperty("event").GetProperty("id").GetString() == id, "the id of another document");
                Check(document.RootElement.TryGetProperty("@timestamp", out _), "a data stream needs @timestamp");
                var status = isBusy && number % 2 == 1 ? 429 : index.Add(id) ? 201 : 409;
                return $$"""{"create": {"_index": "wiredns-alerts", "_id": "{{id}}", "status": {{status}} } }""";
            });
            return new HttpAnswer(200, $$"""{"took":1,"errors":true,"items":[{{string.Join(',', items.ToList())}}]}""");
        });

        File.WriteAllText(Path.Combine(_folder, "es"), "Authorization: ApiKey secret\n");
        var counters = Send(server, "/wiredns-alerts/_bulk", new HttpOptions { Body = HttpBody.Bulk, IsCompressed = true, HeaderFile = Path.Combine(_folder, "es") });

        Assert.Equal((3, 0), (counters.Delivered, counters.Lost));
        Assert.Equal(["0000000000000001", "0000000000000002", SampleAlerts.Full.Id], index.Order(StringComparer.Ordinal));
        Assert.Contains("/wiredns-alerts/_bulk,format=ecs,body=bulk,gzip=yes,", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Splunk_gets_events_with_time_and_source_type()
    {
        List<(decimal Time, string Type, string? Id)> events = [];
        using var server = Server(request =>
        {
            Check(request.Line == "POST /services/collector/event HTTP/1.1", request.Line);
            Check(request.Headers["authorization"] == "Splunk 00000000-0000-0000-0000-000000000000", "the token");
            foreach (var line in request.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var document = JsonDocument.Parse(line);
                var members = document.RootElement.EnumerateObject().Select(member => member.Name);
                Check(members.All(name => name is "time" or "host" or "source" or "sourcetype" or "index" or "event" or "fields"), "an unknown member: HEC refuses it");
                var alert = document.RootElement.GetProperty("event");
                events.Add((document.RootElement.GetProperty("time").GetDecimal(), document.RootElement.GetProperty("sourcetype").GetString()!, alert.GetProperty("event").GetProperty("id").GetString()));
            }

            return new HttpAnswer(200, """{"text":"Success","code":0}""");
        });

        File.WriteAllText(Path.Combine(_folder, "hec"), "Authorization: Splunk 00000000-0000-0000-0000-000000000000\n");
        var counters = Send(server, "/services/collector/event", new HttpOptions { Template = Template("splunk.json"), HeaderFile = Path.Combine(_folder, "hec") });

        Assert.Equal((3, 0), (counters.Delivered, counters.Lost));
        Assert.Equal((1_772_356_502.123456m, "wiredns:alert", SampleAlerts.Full.Id), events[2]);
    }

    [Fact]
    public void Vector_gets_a_line_each_and_checks_the_certificate_of_the_sensor()
    {
        var lines = 0;
        using var server = Server(
            request =>
            {
                Check(request.Headers["content-type"] == "application/x-ndjson" && request.Headers["content-encoding"] == "gzip", "the type");
                foreach (var line in request.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    JsonDocument.Parse(line).Dispose();
                    lines++;
                }

                return new HttpAnswer(200);
            },
            wantsCertificate: true);

        var counters = Send(server, "/alerts", new HttpOptions { IsCompressed = true }, hasCertificate: true);

        Assert.Equal((3, 0, 3), (counters.Delivered, counters.Lost, lines));
    }

    [Fact]
    public void Slack_shows_no_link_and_mentions_nobody()
    {
        List<string> texts = [];
        using var server = Server(request =>
        {
            Check(request.Line == "POST /services/T000/B000/XXXX HTTP/1.1", request.Line);
            Check(request.Headers["content-type"] == "application/json", "the type");
            using var document = JsonDocument.Parse(request.Body);
            Check(!document.RootElement.GetProperty("mrkdwn").GetBoolean(), "mark-up");
            texts.Add(document.RootElement.GetProperty("text").GetString()!);
            return new HttpAnswer(200, "ok");
        });

        File.WriteAllText(Path.Combine(_folder, "slack"), "/services/T000/B000/XXXX\n");
        var counters = Send(server, "/", new HttpOptions { Body = HttpBody.Single, Template = Template("slack.json"), PathFile = Path.Combine(_folder, "slack") });

        Assert.Equal((3, 0), (counters.Delivered, counters.Lost));
        Assert.All(texts, text => Assert.DoesNotMatch(Unsafe(), text));
        Assert.Equal(
            "Storage Look-alike Lookup (medium)\n192.0.2.10 asked for cdn[.]&lt;!channel&gt;[.][@]here[.]evil[.]example (AAAA)\n2026-03-01T09:15:02.000001999Z sensor 0000000000000001",
            texts[0]);
    }

    [Fact]
    public void Teams_gets_a_card_without_links_and_mentions()
    {
        List<string> bodies = [];
        using var server = Server(request =>
        {
            using var document = JsonDocument.Parse(request.Body);
            var attachment = document.RootElement.GetProperty("attachments")[0];
            Check(document.RootElement.GetProperty("type").GetString() == "message", "the type");
            Check(attachment.GetProperty("contentType").GetString() == "application/vnd.microsoft.card.adaptive", "the card");
            Check(attachment.GetProperty("content").GetProperty("type").GetString() == "AdaptiveCard", "the card");
            bodies.Add(attachment.GetProperty("content").GetProperty("body").ToString());
            return new HttpAnswer(202);
        });

        File.WriteAllText(Path.Combine(_folder, "teams"), "/workflows/secret?sig=secret\n");
        var counters = Send(server, "/", new HttpOptions { Body = HttpBody.Single, Template = Template("teams.json"), PathFile = Path.Combine(_folder, "teams") });

        Assert.Equal((3, 0), (counters.Delivered, counters.Lost));
        Assert.All(bodies, body => Assert.DoesNotMatch(Unsafe(), body));
        Assert.Contains(@"cdn[.]\\u{3c}!channel\\u{3e}[.][@]here[.]evil[.]example (AAAA)", bodies[0], StringComparison.Ordinal);
    }

    [Fact]
    public void No_value_ends_a_string_of_a_template_or_adds_a_member()
    {
        var template = MessageTemplate.Parse("""{"a": "{{rule.name}}", "b": {{rule.name}}, "c": ["{{rule.name|person}}", "{{rule.name|slack}}", "{{rule.name|teams}}"]}""", "t");
        foreach (var text in new[] { "\"},{\"x\":\"", "\\", "\n\u001b[31m\u2028\u202e", "{{alert}}", "\ud800", "https://a.b/@c<at>&amp;" })
        {
            using var filled = Filled(template, SampleAlerts.Plain with { Rule = SampleAlerts.Plain.Rule with { Title = text } });
            Assert.Equal(["a", "b", "c"], filled.RootElement.EnumerateObject().Select(member => member.Name));
            var expected = text == "\ud800" ? "\ufffd" : text;
            Assert.Equal((expected, expected), (filled.RootElement.GetProperty("a").GetString(), filled.RootElement.GetProperty("b").GetString()));
            Assert.All(filled.RootElement.GetProperty("c").EnumerateArray(), item => Assert.DoesNotContain(item.GetString()!, char.IsControl));
        }
    }

    [Fact]
    public void A_place_takes_one_value_several_or_none()
    {
        var template = MessageTemplate.Parse("""{"n": {{wiredns.packet_number}}, "t": {{rule.tags}}, "tags": "{{tags}}", "list": {{tags}}, "no": "{{no.such}}", "null": {{no.such}}, "fields": "{{wiredns.reasons.field}}"}""", "t");
        using var filled = Filled(template, SampleAlerts.Full);
        Assert.Equal(
            """{"n":17,"t":null,"tags":"attack.command-and-control, attack.exfiltration, attack.t1071.004, attack.t1048, detection.emerging-threats","list":["attack.command-and-control","attack.exfiltration","attack.t1071.004","attack.t1048","detection.emerging-threats"],"no":"-","null":null,"fields":"query, answer"}""",
            filled.RootElement.GetRawText());
    }

    [Theory]
    [InlineData("{\"a\": {{alert}", "t:1:7: }} is missing")]
    [InlineData("{\n \"a\": \"{{ }}\"}", "t:2:8: a field is expected, as {{rule.name}}")]
    [InlineData("{\"a\": \"{{rule.name|html}}\"}", "t:1:8: person, slack or teams is expected after the bar")]
    [InlineData("{\"a\": {{rule.name|slack}}}", "t:1:7: a text for a person stands in quotes")]
    [InlineData("{\"a\": {{rule.name}}", "t: the template is no JSON")]
    [InlineData("", "t: the template is no JSON")]
    public void Says_where_a_template_is_wrong(string text, string expected) =>
        Assert.Equal(expected, Assert.ThrowsAny<IOException>(() => MessageTemplate.Parse(text, "t")).Message);

    private static JsonDocument Filled(MessageTemplate template, Alert alert)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        template.Write(new EcsFormat().Octets(alert), output);
        Assert.DoesNotContain((byte)'\n', output.WrittenSpan.ToArray());
        return JsonDocument.Parse(output.WrittenMemory);
    }

    /// <summary>Delivers two plain alerts with a hostile name, and a full one.</summary>
    private SinkCounters Send(HttpReceiver server, string path, HttpOptions options, bool hasCertificate = false)
    {
        var (certificate, key) = hasCertificate ? _authority.Issue("sensor") : (null, null)!;
        options = options with { Tls = new TlsOptions { AuthorityFile = _authority.File, CertificateFile = certificate, KeyFile = key } };
        using var delivery = new AlertDelivery([new AlertSink("http", new EcsFormat("sensor", "1"), new HttpTransport(server.Address(path), options)) { Patience = Waiting.Limit }]);
        var alert = SampleAlerts.Plain with { Message = SampleAlerts.Plain.Message with { QuestionName = Evil } };
        delivery.Enqueue(alert with { Id = "0000000000000001" });
        delivery.Enqueue(alert with { Id = "0000000000000002" });
        delivery.Enqueue(SampleAlerts.Full);
        delivery.Complete(Waiting.Limit);
        Assert.Empty(_faults);
        return delivery.Counters[0];
    }

    private HttpReceiver Server(Func<HttpRequest, HttpAnswer> answer, bool wantsCertificate = false) =>
        new(answer, HttpReceiver.Tls(_authority, wantsCertificate: wantsCertificate));

    /// <summary>The JSON block that follows the name of a file in the page.</summary>
    private MessageTemplate Template(string file)
    {
        var start = Page.IndexOf("```json\n", Page.IndexOf($"`/etc/wiredns/{file}`:", StringComparison.Ordinal), StringComparison.Ordinal) + 8;
        var path = Path.Combine(_folder, file);
        File.WriteAllText(path, Page[start..Page.IndexOf("```", start, StringComparison.Ordinal)]);
        return MessageTemplate.Read(path);
    }

    private void Check(bool isRight, string what)
    {
        if (!isRight)
        {
            _faults.Add(what);
        }
    }

    // A name that a chat would make a link of, a mention, a channel's name.
    [GeneratedRegex(@"[a-z]\.(example|com)|<|>|@[a-z]|://")]
    private static partial Regex Unsafe();
}
