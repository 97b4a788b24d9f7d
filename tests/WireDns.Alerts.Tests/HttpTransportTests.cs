using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Tests.Receivers;
using WireDns.Alerts.Transports;
using WireDns.TestTraffic.Receivers;

namespace WireDns.Alerts.Tests;

public sealed class HttpTransportTests : IDisposable
{
    private readonly Queue<HttpAnswer> _answers = new();
    private readonly HttpReceiver _server;
    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-http-").FullName;

    public HttpTransportTests() => _server = new HttpReceiver(_ => _answers.Dequeue());

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(HttpBody.Lines, "{\"a\":1}\n{\"a\":2}\n", "application/x-ndjson")]
    [InlineData(HttpBody.Array, "[{\"a\":1},{\"a\":2}]", "application/json")]
    public void Posts_a_batch_in_one_request(HttpBody body, string expected, string type)
    {
        using var transport = new HttpTransport(_server.Address(), new HttpOptions { Body = body });
        var batch = Sending.Batch("{\"a\":1}", "{\"a\":2}");
        Answer(204);
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);
        Assert.Equal(2, batch.Taken());
        var request = Assert.Single(_server.Requests);
        Assert.Equal(("POST /alerts HTTP/1.1", expected, type), (request.Line, request.Body, request.Headers["content-type"]));
    }

    [Fact]
    public void Posts_each_message_alone_compressed_and_with_the_headers_of_a_file()
    {
        using var transport = new HttpTransport(_server.Address(), new HttpOptions
        {
            Body = HttpBody.Single,
            IsCompressed = true,
            HeaderFile = Write("headers", "Authorization: Splunk 1234\n\nContent-Type: text/plain\n"),
        });
        Answer(200);
        Answer(200);
        Assert.Equal(SendFailure.None, transport.Send(Sending.Batch("one", "two")).Failure);
        Assert.Equal(["one", "two"], _server.Requests.Select(request => request.Body));
        Assert.All(_server.Requests, request => Assert.Equal(
            ("Splunk 1234", "text/plain", "gzip"),
            (request.Headers["authorization"], request.Headers["content-type"], request.Headers["content-encoding"])));
    }

    [Fact]
    public void Signs_each_request_as_Standard_Webhooks_says_over_the_body_as_it_is_sent()
    {
        // The vector that the libraries of Standard Webhooks are tested with.
        var key = Write("key", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
        Assert.Contains(
            ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            RequestSigner.Read(key).Headers("msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1_614_265_330), "{\"test\": 2432232314}"u8));

        using var transport = new HttpTransport(
            _server.Address(), new HttpOptions { IsCompressed = true, SigningKeyFile = Write("other", "a key of sixteen octets\n") }, new FixedTime());
        Answer(200);
        Assert.Equal(SendFailure.None, transport.Send(Sending.Batch("one", "two")).Failure);
        var request = Assert.Single(_server.Requests);
        var signed = HMACSHA256.HashData("a key of sixteen octets"u8, [.. "one.1772356502."u8, .. request.Raw]);
        Assert.Equal(("one", "1772356502", "v1," + Convert.ToBase64String(signed)),
            (request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"]));
    }

    [Fact]
    public void Tries_again_when_the_server_says_so()
    {
        using var transport = new HttpTransport(_server.Address(), time: new FixedTime());
        var batch = Sending.Batch("one");
        Answer(429, headers: "Retry-After: 7\r\n");
        Answer(503, headers: "Retry-After: Sun, 01 Mar 2026 09:15:11 GMT\r\n");
        Answer(503);
        Answer(200);
        var outcome = transport.Send(batch);
        Assert.Equal((SendFailure.ReceiverBusy, "HTTP 429", TimeSpan.FromSeconds(7)), (outcome.Failure, outcome.Detail, outcome.RetryAfter));
        Assert.Equal(TimeSpan.FromSeconds(9), transport.Send(batch).RetryAfter);
        Assert.Null(transport.Send(batch).RetryAfter);
        Assert.Equal(0, batch.Taken());
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);
        Assert.Equal(1, batch.Taken());
    }

    [Fact]
    public void The_pause_that_the_server_asks_for_is_kept_at_the_end_of_the_run_too()
    {
        Answer(429, headers: "Retry-After: 1\r\n");
        Answer(200);
        var transport = new HttpTransport(_server.Address());
        using var delivery = new AlertDelivery([new AlertSink("http", new EcsFormat(), transport) { Patience = Waiting.Limit }]);
        delivery.Enqueue(SampleAlerts.Plain);
        var start = TimeProvider.System.GetTimestamp();
        Assert.True(delivery.Complete(Waiting.Limit), delivery.Counters[0].DescribeLosses()); // a second request before its time would find no answer
        Assert.True(TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(0.9));
        Assert.Equal((1, 1), (delivery.Counters[0].Delivered, delivery.Counters[0].Retries));
    }

    [Fact]
    public void Sends_each_message_alone_when_one_of_them_is_refused()
    {
        using var transport = new HttpTransport(_server.Address());
        var batch = Sending.Batch("one", "bad", "three");
        Answer(400); // all three
        Answer(200);
        Answer(400); // the bad one
        Answer(200);
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);
        Assert.Equal((2, 1), Removed(batch));
        Assert.Equal(["one\nbad\nthree\n", "one\n", "bad\n", "three\n"], _server.Requests.Select(request => request.Body));
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public void Follows_no_redirect(int status)
    {
        using var elsewhere = new HttpReceiver(_ => new HttpAnswer(200));
        using var transport = new HttpTransport(_server.Address(), new HttpOptions { HeaderFile = Write("headers", "Authorization: secret\n") });
        var batch = Sending.Batch("one");
        Answer(status, headers: $"Location: {elsewhere.Address()}\r\n");
        var outcome = transport.Send(batch);
        Assert.Equal((SendFailure.ReceiverAbsent, $"HTTP {status}: it is somewhere else, and redirects are not followed"), (outcome.Failure, outcome.Detail));
        Assert.Equal(0, batch.Taken());
        Assert.Single(_server.Requests);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public void Reads_the_headers_again_when_the_server_refuses_them()
    {
        var file = Write("headers", "Authorization: old\n");
        using var transport = new HttpTransport(_server.Address(), new HttpOptions { HeaderFile = file });
        var batch = Sending.Batch("one");
        Answer(401);
        Answer(403);
        Answer(200);
        File.WriteAllText(file, "Authorization: new\n");
        Assert.Equal(SendFailure.NotTrusted, transport.Send(batch).Failure);
        File.Delete(file);
        Assert.Equal($"HTTP 403; cannot read the headers in {file}: it does not exist", transport.Send(batch).Detail);
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);
        Assert.Equal(["old", "new", "new"], _server.Requests.Select(request => request.Headers["authorization"]));
    }

    [Fact]
    public void The_bulk_api_decides_for_each_message()
    {
        using var transport = new HttpTransport(_server.Address(), new HttpOptions { Body = HttpBody.Bulk });
        var batch = new MessageBatch();
        foreach (var id in new[] { "a", "b", "c", "d", "e" })
        {
            batch.Add(Encoding.ASCII.GetBytes($"{{\"n\":\"{id}\"}}"), id);
        }

        Answer(200, """{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":429}},{"create":{"status":400}},{"create":{"status":409}},{"create":{"status":503}}]}""");
        Answer(200, """{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":409}}]}""");
        Assert.Equal(SendFailure.ReceiverBusy, transport.Send(batch).Failure);
        Assert.Equal((2, 1), Removed(batch));
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);
        Assert.Equal((2, 0), Removed(batch));
        Assert.Equal("{\"create\":{\"_id\":\"b\"}}\n{\"n\":\"b\"}\n{\"create\":{\"_id\":\"e\"}}\n{\"n\":\"e\"}\n", _server.Requests[1].Body);
        Assert.All(_server.Requests[0].Body.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => JsonDocument.Parse(line).Dispose());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("""{"items":3}""")]
    [InlineData("""{"items":[{"create":{"status":201}}]}""")] // of two
    [InlineData("""{"items":[{"create":{}},{}]}""")]
    [InlineData("""{"items":[{},{}]}""")]
    public void An_answer_that_is_none_of_a_bulk_api_settles_nothing_that_it_does_not_name(string answer)
    {
        using var transport = new HttpTransport(_server.Address(), new HttpOptions { Body = HttpBody.Bulk });
        var batch = Sending.Batch("{}", "{}");
        Answer(200, answer);
        var outcome = transport.Send(batch);
        Assert.Equal((SendFailure.SystemError, "its answer is not that of a bulk API"), (outcome.Failure, outcome.Detail));
        batch.Taken();
        Assert.InRange(batch.Count, 1, 2);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void Both_sides_prove_who_they_are_with_https(SslProtocols protocol)
    {
        using var authority = new TestAuthority();
        using var server = new HttpReceiver(_ => new HttpAnswer(200), HttpReceiver.Tls(authority, wantsCertificate: true, protocol: protocol));
        var (certificate, key) = authority.Issue("sensor");
        using var transport = new HttpTransport(server.Address(), new HttpOptions
        {
            Tls = new TlsOptions { AuthorityFile = authority.File, CertificateFile = certificate, KeyFile = key },
        });
        Assert.Equal(SendFailure.None, transport.SendOne("one"u8));
        Assert.Equal("one\n", Assert.Single(server.Requests).Body);

        using var without = new HttpTransport(server.Address(), new HttpOptions { Tls = new TlsOptions { AuthorityFile = authority.File } });
        var batch = Sending.Batch("secret");
        Assert.Contains(without.Send(batch).Failure, new[] { SendFailure.NotTrusted, SendFailure.ReceiverAbsent }); // this server closes and says nothing
        Assert.Equal(1, batch.Count);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("another authority", "localhost", false, "the receiver's certificate is of no trusted authority")]
    [InlineData("another name", "other.example", false, "the receiver's certificate is for another name than localhost")]
    [InlineData("an expired certificate", "localhost", true, "the receiver's certificate has expired, or is not valid yet")]
    public void A_server_that_cannot_prove_who_it_is_gets_nothing(string fault, string name, bool isExpired, string expected)
    {
        using var authority = new TestAuthority();
        using var stranger = new TestAuthority();
        using var server = new HttpReceiver(_ => new HttpAnswer(200), HttpReceiver.Tls(authority, name, isExpired));
        var trusted = fault == "another authority" ? stranger : authority;
        using var transport = new HttpTransport(server.Address(), new HttpOptions { Tls = new TlsOptions { AuthorityFile = trusted.File } });
        var outcome = transport.Send(Sending.Batch("secret"));
        Assert.Equal((SendFailure.NotTrusted, expected), (outcome.Failure, outcome.Detail));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void The_name_of_the_certificate_can_be_another_than_the_host()
    {
        using var authority = new TestAuthority();
        using var server = new HttpReceiver(_ => new HttpAnswer(200), HttpReceiver.Tls(authority, "siem.example"));
        using var transport = new HttpTransport(server.Address(), new HttpOptions { Tls = new TlsOptions { AuthorityFile = authority.File, ServerName = "siem.example" } });
        Assert.Equal(SendFailure.None, transport.SendOne("one"u8));
        Assert.Equal($"siem.example:{server.Port}", Assert.Single(server.Requests).Headers["host"]);
    }

    [Fact]
    public void The_path_can_be_the_secret()
    {
        using var transport = new HttpTransport(_server.Address("/"), new HttpOptions { PathFile = Write("path", "/services/T000/B000/XXXX?a=1\n") });
        Answer(200);
        Assert.Equal(SendFailure.None, transport.SendOne("one"u8));
        Assert.Equal("POST /services/T000/B000/XXXX?a=1 HTTP/1.1", Assert.Single(_server.Requests).Line);
        foreach (var text in new[] { "https://other.example/x", "//other.example/x", "/a b", "", "/a\n/b" })
        {
            Assert.Throws<IOException>(() => new HttpTransport(_server.Address("/"), new HttpOptions { PathFile = Write("path", text) }));
        }
    }

    [Fact]
    public void Says_what_is_wrong_with_the_way()
    {
        using var transport = new HttpTransport(NobodysAddress());
        Assert.Equal(SendFailure.ReceiverAbsent, transport.SendOne("one"u8));
        using var unknown = new HttpTransport(new Uri("http://no-such-host.invalid/"));
        Assert.Equal(SendFailure.Unreachable, unknown.SendOne("one"u8));
    }

    [Theory]
    [InlineData("Good: yes\nnonsense\n", "2: a header is expected, as Name: value")]
    [InlineData("A B: x\n", "1: a header is expected, as Name: value")]
    [InlineData("Authorization: tok\u00e9n\n", "1: a header is ASCII without control characters")]
    [InlineData("content-length: 1\n", "1: content-length is set by WireDns")]
    public void Says_what_is_wrong_with_the_headers_and_does_not_show_them(string text, string expected)
    {
        var file = Write("headers", text);
        var fault = Assert.Throws<IOException>(() => new HttpTransport(NobodysAddress(), new HttpOptions { HeaderFile = file }));
        Assert.Equal($"{file}:{expected}", fault.Message);
    }

    [Theory]
    [InlineData("short\n", "the key is too short: at least 16 octets are expected")]
    [InlineData("whsec_???\n", "base64 is expected after whsec_")]
    [InlineData("\n", "one line is expected, with the key")]
    public void Says_what_is_wrong_with_the_key(string text, string expected)
    {
        var file = Write("key", text);
        var fault = Assert.Throws<IOException>(() => new HttpTransport(NobodysAddress(), new HttpOptions { SigningKeyFile = file }));
        Assert.Equal($"{file}: {expected}", fault.Message);
    }

    // A port that nobody listens on.
    private static Uri NobodysAddress()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return new Uri($"http://127.0.0.1:{port}/");
    }

    private static (long Settled, long Refused) Removed(MessageBatch batch)
    {
        var outcomes = new long[Enum.GetValues<SendFailure>().Length];
        batch.RemoveMarked(outcomes, out _);
        return (outcomes[(int)SendFailure.None], outcomes[(int)SendFailure.Refused]);
    }

    private void Answer(int status, string body = "", string headers = "") => _answers.Enqueue(new HttpAnswer(status, body, headers));

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(1_772_356_502); // 2026-03-01T09:15:02Z
    }
}
