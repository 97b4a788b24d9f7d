using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using WireDns.Metrics;

namespace WireDns.Tests.Sensor;

/// <summary>The answers to requests over HTTP, and to what is no request.</summary>
public sealed class HttpResponderTests : IDisposable
{
    // A port that nobody is given by chance.
    private readonly IPEndPoint _place = new(IPAddress.Loopback, RandomNumberGenerator.GetInt32(20_000, 32_000));
    private readonly HttpResponder _responder;

    public HttpResponderTests()
    {
        _responder = new HttpResponder(_place, null, request => HttpAnswer.Text(HttpStatusCode.OK, $"{request.Method} {request.Path} {request.Authorization}"));
    }

    [Theory]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK", "GET /metrics ")]
    [InlineData("GET /metrics?a=b HTTP/1.0\r\nAUTHORIZATION:  Bearer t \r\n\r\n", "HTTP/1.1 200 OK", "GET /metrics Bearer t")]
    [InlineData("HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 405 MethodNotAllowed", "GET alone is answered here\n")]
    [InlineData("GET metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 400 BadRequest", "this is no request of HTTP/1\n")]
    [InlineData("GET / HTTP/2\r\n\r\n", "HTTP/1.1 400 BadRequest", "this is no request of HTTP/1\n")]
    [InlineData("\u0016\u0003\u0001\r\n\r\n", "HTTP/1.1 400 BadRequest", "this is no request of HTTP/1\n")]
    public async Task An_answer_has_its_length_and_its_body(string request, string status, string body)
    {
        var answer = await Ask(request);

        var parts = answer.Split("\r\n\r\n", 2);
        Assert.StartsWith(status + "\r\n", parts[0], StringComparison.Ordinal);
        Assert.Equal(body, parts[1]);
        Assert.Contains("\r\nConnection: close", parts[0], StringComparison.Ordinal);
        if (body.Length > 0)
        {
            Assert.Contains($"\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n", parts[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_request_without_an_end_is_refused_at_eight_KiB() =>
        Assert.StartsWith("HTTP/1.1 431 ", await Ask("GET / HTTP/1.1\r\nX: " + new string('x', 8 * 1024)), StringComparison.Ordinal);

    [Fact]
    public async Task Clients_that_send_nothing_are_dropped_and_others_are_answered()
    {
        var silent = new List<TcpClient>();
        for (var i = 0; i < 20; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(_place, TestContext.Current.CancellationToken);
            silent.Add(client);
        }

        Assert.StartsWith("HTTP/1.1 200 OK", await Ask("GET / HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.True(SpinWait.SpinUntil(() => _responder.Failed >= silent.Count, Waiting.Limit), $"{_responder.Failed}");
        silent.ForEach(client => client.Dispose());
    }

    [Fact]
    public void A_place_that_is_taken_is_said_in_words() =>
        Assert.Equal("another program listens there", Assert.Throws<IOException>(() => new HttpResponder(_place, null, _ => HttpAnswer.Text(HttpStatusCode.OK, ""))).Message);

    public void Dispose() => _responder.Dispose();

    private async Task<string> Ask(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_place);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
