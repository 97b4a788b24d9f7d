using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace WireDns.Metrics;

/// <summary>
/// Answers GET and HEAD over HTTP/1.1, one request a connection: as much of HTTP as Prometheus and a health check need. (Kestrel would add 5 MB to the native binary and a
/// quarter to the instructions of each start; HttpListener has no TLS here, and refuses requests that name the host otherwise.) What a client can do is
/// bounded: 16 connections at once, 5 seconds and 8 KiB for each request.
/// </summary>
internal sealed class HttpResponder : IDisposable
{
    private const int MaximumConnections = 16;
    private const int LongestHead = 8 * 1024;

    // Of what nobody wants, so that its sender reads the answer and not a reset.
    private const int LongestBody = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _listener;
    private readonly X509Certificate2? _certificate;
    private readonly Func<HttpRequest, HttpAnswer> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _room = new(MaximumConnections);
    private readonly Task _accepting;
    private long _failed;

    /// <summary>Starts to listen.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="certificate">With its private key, for HTTPS; null for plain HTTP.</param>
    /// <param name="answer">Answers a request; called from several threads.</param>
    /// <exception cref="IOException">It cannot listen there; the message says why.</exception>
    public HttpResponder(IPEndPoint endPoint, X509Certificate2? certificate, Func<HttpRequest, HttpAnswer> answer)
    {
        _certificate = certificate;
        _answer = answer;
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(endPoint);
            _listener.Listen(MaximumConnections);
        }
        catch (SocketException exception)
        {
            _listener.Dispose();
            throw new IOException(exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program listens there",
                SocketError.AccessDenied => "permission denied",
                SocketError.AddressNotAvailable => "this machine has no such address",
                _ => "it cannot be listened to",
            });
        }

        _accepting = Task.Run(Accept);
    }

    /// <summary>Requests that broke off before their answer.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _accepting.Wait();
    }

    private async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _room.WaitAsync(_stop.Token).ConfigureAwait(false);
                var client = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _ = Serve(client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client has gone, or the limit of open files is reached: others may have more luck in a moment.
                Interlocked.Increment(ref _failed);
                _room.Release();
                await Task.Delay(TimeSpan.FromMilliseconds(100)).ConfigureAwait(false);
            }
        }
    }

    private async Task Serve(Socket client)
    {
        try
        {
            using var time = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            time.CancelAfter(Patience);
            await using var plain = new NetworkStream(client, ownsSocket: true);
            if (_certificate is null)
            {
                await Serve(plain, time.Token).ConfigureAwait(false);
            }
            else
            {
                await using var secret = new SslStream(plain);
                await secret.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificate = _certificate, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 }, time.Token).ConfigureAwait(false);
                await Serve(secret, time.Token).ConfigureAwait(false);
                await secret.ShutdownAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            Interlocked.Increment(ref _failed);
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task Serve(Stream stream, CancellationToken stop)
    {
        var buffer = new byte[LongestHead];
        var length = 0;
        int end;
        while ((end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (length == buffer.Length)
            {
                await Write(stream, isHead: false, HttpAnswer.Text(HttpStatusCode.RequestHeaderFieldsTooLarge, "the request is too long\n"), stop).ConfigureAwait(false);
                await ReadRest(stream, buffer, stop).ConfigureAwait(false);
                return;
            }

            var read = await stream.ReadAsync(buffer.AsMemory(length), stop).ConfigureAwait(false);
            if (read == 0)
            {
                throw new IOException("the request is not complete");
            }

            length += read;
        }

        var request = HttpRequest.Parse(Encoding.Latin1.GetString(buffer, 0, end));
        var answer = request switch
        {
            null => HttpAnswer.Text(HttpStatusCode.BadRequest, "this is no request of HTTP/1\n"),
            { Method: "GET" or "HEAD" } => _answer(request),
            _ => HttpAnswer.Text(HttpStatusCode.MethodNotAllowed, "GET alone is answered here\n"),
        };
        await Write(stream, request?.Method == "HEAD", answer, stop).ConfigureAwait(false);
        if (request?.HasBody == true)
        {
            await ReadRest(stream, buffer, stop).ConfigureAwait(false);
        }
    }

    private static async Task ReadRest(Stream stream, byte[] buffer, CancellationToken stop)
    {
        for (var rest = LongestBody; rest > 0;)
        {
            var read = await stream.ReadAsync(buffer, stop).ConfigureAwait(false);
            rest = read == 0 ? 0 : rest - read;
        }
    }

    private static async Task Write(Stream stream, bool isHead, HttpAnswer answer, CancellationToken stop)
    {
        var head = string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {(int)answer.Status} {answer.Status}\r\nContent-Type: {answer.Type}\r\nContent-Length: {answer.Body.Length}\r\n"
                + $"Cache-Control: no-store\r\n{(answer.Status == HttpStatusCode.Unauthorized ? "WWW-Authenticate: Bearer\r\n" : "")}Connection: close\r\n\r\n");
        await stream.WriteAsync((byte[])[.. Encoding.Latin1.GetBytes(head), .. isHead ? [] : answer.Body], stop).ConfigureAwait(false);
        await stream.FlushAsync(stop).ConfigureAwait(false);
    }
}

/// <summary>A request.</summary>
/// <param name="Method">GET, for instance.</param>
/// <param name="Path">What is asked for, without the query.</param>
/// <param name="Authorization">The header of that name; empty if there is none.</param>
/// <param name="HasBody">Whether a body follows.</param>
internal sealed record HttpRequest(string Method, string Path, string Authorization, bool HasBody)
{
    /// <summary>Reads the head of a request, RFC 9112; null if it is none.</summary>
    public static HttpRequest? Parse(string head)
    {
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [var method, var target, "HTTP/1.1" or "HTTP/1.0"] || method.Length == 0 || !target.StartsWith('/'))
        {
            return null;
        }

        return new HttpRequest(
            method, target.Split('?')[0], Header(lines, "authorization") ?? "", (Header(lines, "content-length") ?? "0") != "0" || Header(lines, "transfer-encoding") is not null);
    }

    private static string? Header(string[] lines, string name) => lines.Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}

/// <summary>An answer.</summary>
/// <param name="Status">The status.</param>
/// <param name="Type">The type of the body.</param>
/// <param name="Body">The body.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, string Type, byte[] Body)
{
    /// <summary>A text for a person.</summary>
    public static HttpAnswer Text(HttpStatusCode status, string text) => new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));
}
