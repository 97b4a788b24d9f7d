using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using WireDns.TestTraffic.Receivers;

namespace WireDns.Alerts.Tests.Receivers;

/// <summary>A request as an <see cref="HttpReceiver"/> read it.</summary>
/// <param name="Line">The request line.</param>
/// <param name="Headers">The headers, by name in lower case.</param>
/// <param name="Raw">The body as it came.</param>
internal sealed record HttpRequest(string Line, IReadOnlyDictionary<string, string> Headers, byte[] Raw)
{
    /// <summary>The body, unpacked if its header says that it is compressed.</summary>
    public string Body
    {
        get
        {
            if (!Headers.TryGetValue("content-encoding", out var encoding))
            {
                return Encoding.UTF8.GetString(Raw);
            }

            Assert.Equal("gzip", encoding);
            using var unpacked = new MemoryStream();
            using var gzip = new GZipStream(new MemoryStream(Raw), CompressionMode.Decompress);
            gzip.CopyTo(unpacked);
            return Encoding.UTF8.GetString(unpacked.ToArray());
        }
    }
}

/// <summary>What an <see cref="HttpReceiver"/> answers.</summary>
internal sealed record HttpAnswer(int Status, string Body = "", string Headers = "");

/// <summary>A server of HTTP or HTTPS that keeps every request and answers as it is told: one request for each connection.</summary>
internal sealed class HttpReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<HttpRequest, HttpAnswer> _answer;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly List<HttpRequest> _requests = [];

    /// <summary>Starts one.</summary>
    /// <param name="answer">Called for each request, on a thread of its own.</param>
    /// <param name="tls">Its certificate; null for HTTP.</param>
    public HttpReceiver(Func<HttpRequest, HttpAnswer> answer, SslServerAuthenticationOptions? tls = null)
    {
        _answer = answer;
        _tls = tls;
        _listener.Start();
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Its address, with a path.</summary>
    public Uri Address(string path = "/alerts") => new($"{(_tls is null ? "http" : "https")}://localhost:{Port}{path}");

    public IReadOnlyList<HttpRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The server's side of TLS.</summary>
    /// <param name="authority">Issues its certificate.</param>
    /// <param name="name">The name that it is for.</param>
    /// <param name="isExpired">Whether it has expired.</param>
    /// <param name="wantsCertificate">Whether clients must have one of the same authority.</param>
    /// <param name="protocol">The version of TLS.</param>
    public static SslServerAuthenticationOptions Tls(
        TestAuthority authority, string name = "localhost", bool isExpired = false, bool wantsCertificate = false, SslProtocols protocol = SslProtocols.None)
    {
        var (certificate, key) = authority.Issue(name, isExpired);
        using var ephemeral = X509Certificate2.CreateFromPemFile(certificate, key);
        return new SslServerAuthenticationOptions
        {
            ServerCertificate = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null),
            ClientCertificateRequired = wantsCertificate,
            EnabledSslProtocols = protocol,
            RemoteCertificateValidationCallback = (_, client, _, _) => !wantsCertificate || (client is not null && client.Issuer == authority.Subject),
        };
    }

    public void Dispose() => _listener.Dispose();

    private void Serve()
    {
        try
        {
            for (; ; )
            {
                using var client = _listener.AcceptTcpClient();
                try
                {
                    ServeOne(client.GetStream());
                }
                catch (Exception exception) when (exception is IOException or AuthenticationException)
                {
                    // The client went away, or refused the certificate.
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // The test is over: its listener was stopped, while it waited or between two waits.
        }
    }

    private void ServeOne(Stream stream)
    {
        if (_tls is not null)
        {
            var secured = new SslStream(stream);
            secured.AuthenticateAsServer(_tls);
            stream = secured;
        }

        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var octet = stream.ReadByte();
            head.Append(octet >= 0 ? (char)octet : throw new IOException());
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1]);
        var body = new byte[int.Parse(headers["content-length"], null)];
        stream.ReadExactly(body);
        var request = new HttpRequest(lines[0], headers, body);
        var answer = _answer(request);
        lock (_requests)
        {
            _requests.Add(request);
        }

        stream.Write(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {answer.Status} x\r\n{answer.Headers}Content-Length: {Encoding.UTF8.GetByteCount(answer.Body)}\r\nConnection: close\r\n\r\n{answer.Body}"));
        (stream as SslStream)?.ShutdownAsync().GetAwaiter().GetResult();
    }
}
