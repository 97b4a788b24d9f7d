using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

public sealed class HttpTransportTests : IDisposable
{
    private readonly List<(string Headers, string Body)> _requests = [];
    private readonly Queue<(int Status, string Headers, string Body)> _answers = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-http-").FullName;

    public HttpTransportTests()
    {
        _listener.Start();
        new Thread(Serve) { IsBackground = true }.Start();
    }

    private Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/alerts");

    public void Dispose()
    {
        _listener.Stop();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(HttpBody.Lines, "{\"a\":1}\n{\"a\":2}\n", "application/x-ndjson")]
    [InlineData(HttpBody.Array, "[{\"a\":1},{\"a\":2}]", "application/json")]
    public void Posts_a_batch_in_one_request(HttpBody body, string expected, string type)
    {
        using var transport = new HttpTransport(Address, new HttpOptions { Body = body });
        var batch = Sending.Batch("{\"a\":1}", "{\"a\":2}");
        Answer(204);
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);
        Assert.Equal(2, batch.Taken());
        var (headers, received) = Assert.Single(_requests);
        Assert.Equal(expected, received);
        Assert.StartsWith("POST /alerts HTTP/1.1", headers, StringComparison.Ordinal);
        Assert.Contains($"Content-Type: {type}\r\n", headers, StringComparison.Ordinal);
    }

    [Fact]
    public void Posts_each_message_alone_compressed_and_with_the_headers_of_a_file()
    {
        var file = Path.Combine(_folder, "headers");
        File.WriteAllText(file, "Authorization: Splunk 1234\nContent-Type: text/plain\n");
        using var transport = new HttpTransport(Address, new HttpOptions { Body = HttpBody.Single, IsCompressed = true, HeaderFile = file });
        Answer(200);
        Answer(200);
        Assert.Equal(SendFailure.None, transport.Send(Sending.Batch("one", "two")).Failure);
        Assert.Equal(["one", "two"], _requests.Select(request => request.Body));
        Assert.All(_requests, request =>
        {
            Assert.Contains("Authorization: Splunk 1234\r\n", request.Headers, StringComparison.Ordinal);
            Assert.Contains("Content-Type: text/plain\r\n", request.Headers, StringComparison.Ordinal);
            Assert.Contains("Content-Encoding: gzip\r\n", request.Headers, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Tries_again_when_the_server_says_so()
    {
        using var transport = new HttpTransport(Address);
        var batch = Sending.Batch("one");
        Answer(429, "Retry-After: 7\r\n");
        Answer(503);
        Answer(200);
        var outcome = transport.Send(batch);
        Assert.Equal((SendFailure.ReceiverBusy, "HTTP 429", TimeSpan.FromSeconds(7)), (outcome.Failure, outcome.Detail, outcome.RetryAfter));
        Assert.Equal(SendFailure.ReceiverBusy, transport.Send(batch).Failure);
        Assert.Equal(0, batch.Taken());
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);
        Assert.Equal(1, batch.Taken());
    }

    [Fact]
    public void Sends_each_message_alone_when_one_of_them_is_refused()
    {
        using var transport = new HttpTransport(Address);
        var batch = Sending.Batch("one", "bad", "three");
        Answer(400); // all three
        Answer(200);
        Answer(400); // the bad one
        Answer(200);
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);
        var outcomes = new long[Enum.GetValues<SendFailure>().Length];
        Assert.Equal(3, batch.RemoveMarked(outcomes, out _));
        Assert.Equal((2, 1), (outcomes[(int)SendFailure.None], outcomes[(int)SendFailure.Refused]));
        Assert.Equal(["one\nbad\nthree\n", "one\n", "bad\n", "three\n"], _requests.Select(request => request.Body));
    }

    [Theory]
    [InlineData(401, SendFailure.NotTrusted)]
    [InlineData(302, SendFailure.ReceiverAbsent)]
    public void Follows_no_redirect_and_waits_for_better_headers(int status, SendFailure expected)
    {
        using var transport = new HttpTransport(Address);
        var batch = Sending.Batch("one");
        Answer(status, "Location: http://127.0.0.1:1/elsewhere\r\n");
        Assert.Equal(expected, transport.Send(batch).Failure);
        Assert.Equal(0, batch.Taken());
        Assert.Single(_requests);
    }

    [Fact]
    public void The_bulk_api_decides_for_each_message()
    {
        using var transport = new HttpTransport(Address, new HttpOptions { Body = HttpBody.Bulk });
        var batch = new MessageBatch();
        foreach (var id in new[] { "a", "b", "c", "d" })
        {
            batch.Add(Encoding.ASCII.GetBytes($"{{\"n\":\"{id}\"}}"), id);
        }

        Answer(200, body: """{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":429}},{"create":{"status":400}},{"create":{"status":409}}]}""");
        Answer(200, body: """{"errors":false,"items":[{"create":{"status":201}}]}""");
        Assert.Equal(SendFailure.ReceiverBusy, transport.Send(batch).Failure);
        var outcomes = new long[Enum.GetValues<SendFailure>().Length];
        Assert.Equal(3, batch.RemoveMarked(outcomes, out _));
        Assert.Equal((2, 1), (outcomes[(int)SendFailure.None], outcomes[(int)SendFailure.Refused]));
        Assert.Equal(SendFailure.None, transport.Send(batch).Failure);
        Assert.Equal("{\"create\":{\"_id\":\"b\"}}\n{\"n\":\"b\"}\n", _requests[1].Body);
        Assert.All(_requests[0].Body.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public void Says_what_is_wrong_with_the_way()
    {
        _listener.Stop();
        using var transport = new HttpTransport(Address0());
        Assert.Equal(SendFailure.ReceiverAbsent, transport.SendOne("one"u8));
        using var unknown = new HttpTransport(new Uri("http://no-such-host.invalid/"));
        Assert.Equal(SendFailure.Unreachable, unknown.SendOne("one"u8));
        var file = Path.Combine(_folder, "headers");
        File.WriteAllText(file, "Good: yes\nnonsense\n");
        Assert.Equal($"{file}:2: a header is expected, as Name: value", Assert.Throws<IOException>(() => new HttpTransport(Address0(), new HttpOptions { HeaderFile = file })).Message);
    }

    // A port that nobody listens on.
    private static Uri Address0()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return new Uri($"http://127.0.0.1:{port}/");
    }

    private void Answer(int status, string headers = "", string body = "") => _answers.Enqueue((status, headers, body));

    private void Serve()
    {
        try
        {
            for (; ; )
            {
                using var client = _listener.AcceptTcpClient();
                ServeOne(client.GetStream());
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // The test is over: its listener was stopped, while it waited or between two waits.
        }
    }

    private void ServeOne(NetworkStream stream)
    {
        var headers = new StringBuilder();
        while (!headers.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            headers.Append((char)stream.ReadByte());
        }

        var text = headers.ToString();
        var start = text.IndexOf("Content-Length: ", StringComparison.Ordinal) + 16;
        var body = new byte[int.Parse(text.AsSpan(start, text.IndexOf('\r', start) - start), null)];
        stream.ReadExactly(body);
        if (text.Contains("Content-Encoding: gzip", StringComparison.Ordinal))
        {
            using var unpacked = new MemoryStream();
            using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
            gzip.CopyTo(unpacked);
            body = unpacked.ToArray();
        }

        _requests.Add((text, Encoding.UTF8.GetString(body)));
        var (status, extra, answer) = _answers.Dequeue();
        stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} x\r\n{extra}Content-Length: {answer.Length}\r\nConnection: close\r\n\r\n{answer}"));
    }
}
