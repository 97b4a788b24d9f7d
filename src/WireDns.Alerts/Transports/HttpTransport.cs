using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace WireDns.Alerts.Transports;

/// <summary>How the body of a request holds its messages.</summary>
public enum HttpBody
{
    /// <summary>One message per line (NDJSON).</summary>
    Lines,

    /// <summary>One JSON array.</summary>
    Array,

    /// <summary>A request for each message.</summary>
    Single,

    /// <summary>
    /// Elasticsearch's bulk API, which answers for each message. Before each comes a line <c>{"create":{"_id":"…"}}</c> with the alert's
    /// id, so that a repeated one is recognised.
    /// </summary>
    Bulk,
}

/// <summary>How alerts are sent by HTTP.</summary>
public sealed record HttpOptions
{
    /// <summary>How the body holds the messages; by default one per line.</summary>
    public HttpBody Body { get; init; } = HttpBody.Lines;

    /// <summary>Whether bodies are compressed by gzip; by default not.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>What each message is put into; null for nothing.</summary>
    public MessageTemplate? Template { get; init; }

    /// <summary>
    /// A file with one header per line (<c>Authorization: …</c>), which no log shows; null for none. It is read again when the receiver refuses what is in it.
    /// </summary>
    public string? HeaderFile { get; init; }

    /// <summary>
    /// A file with the path of the address, from its slash on, for receivers whose address is the secret; null if the address has it. No log shows it.
    /// </summary>
    public string? PathFile { get; init; }

    /// <summary>
    /// A file with the key that signs each request, as Standard Webhooks says: <c>whsec_</c> and base64, or else the octets of the file without the line end;
    /// null for no signature.
    /// </summary>
    public string? SigningKeyFile { get; init; }

    /// <summary>How both sides prove who they are, with https; null for the system's authorities.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>The most octets of messages in one request, which holds at least one message; by default 1 MiB.</summary>
    public int MaximumOctets { get; init; } = 1 << 20;
}

/// <summary>
/// Posts messages by HTTP or HTTPS. A message is settled by the receiver's answer, so it is delivered at least once. 408, 429 and 5xx are
/// tried again, at the time that the server asks for (Retry-After); other 4xx are final. Redirects are not followed: the headers may hold
/// secrets.
/// </summary>
public sealed class HttpTransport : IRepeatingTransport
{
    private const int LongestAnswer = 16 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    private readonly HttpClient _client;
    private readonly TlsClient? _tls;
    private readonly Uri _address;
    private readonly HttpOptions _options;
    private readonly TimeProvider _time;
    private readonly RequestSigner? _signer;
    private readonly ArrayBufferWriter<byte> _body = new(65_536);
    private List<(string Name, string Value)> _headers;
    private long _repeated; // another thread reads it

    /// <summary>Prepares the client; the first request goes out with the first message.</summary>
    /// <param name="address">Where to post: an http or https URL.</param>
    /// <param name="options">How to post; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="IOException">A file of the options cannot be read; the message names it.</exception>
    public HttpTransport(Uri address, HttpOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        _options = options ?? new HttpOptions();
        _time = time ?? TimeProvider.System;
        _address = _options.PathFile is null ? address : WithPath(address, _options.PathFile);
        _headers = _options.HeaderFile is null ? [] : HttpHeaderFile.Read(_options.HeaderFile);
        _signer = _options.SigningKeyFile is null ? null : RequestSigner.Read(_options.SigningKeyFile);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = Patience,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that a changed address of the name is found
        };
        if (address.Scheme == Uri.UriSchemeHttps)
        {
            _tls = (_options.Tls ?? new TlsOptions()).Read(address.IdnHost);
            handler.SslOptions = _tls.Options;
            if (_options.Tls?.ServerName is { } name)
            {
                // The client takes the certificate's name from the address, so the name stands there.
                handler.ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(
                    new NetworkStream(ReceiverConnection.Connect(address.IdnHost, address.Port), ownsSocket: true));
                _address = new UriBuilder(_address) { Host = name }.Uri;
            }
        }

        _client = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = LongestAnswer };
    }

    /// <inheritdoc/>
    public long Repeated => Interlocked.Read(ref _repeated);

    /// <inheritdoc/>
    public SendOutcome Send(MessageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (var first = 0; first < batch.Count;)
        {
            var next = Fill(batch, first, _options.Body == HttpBody.Single ? 1 : int.MaxValue);
            var outcome = Post(batch, first, next);
            if (outcome.Failure != SendFailure.None)
            {
                return outcome;
            }

            first = next;
        }

        return SendOutcome.Done;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Puts the next messages into the body; returns the index of the first that does not fit.</summary>
    private int Fill(MessageBatch batch, int first, int maximum)
    {
        _body.ResetWrittenCount();
        var next = first;
        for (; next < batch.Count && next - first < maximum; next++)
        {
            var message = batch[next].Span;
            if (next > first && _body.WrittenCount + message.Length > _options.MaximumOctets)
            {
                break;
            }

            if (_options.Body == HttpBody.Bulk)
            {
                _body.Write("{\"create\":{\"_id\":\""u8);
                _body.Write(JsonEncodedText.Encode(batch.Id(next)).EncodedUtf8Bytes);
                _body.Write("\"}}\n"u8);
            }

            _body.Write(_options.Body != HttpBody.Array ? default : next == first ? "["u8 : ","u8);
            if (_options.Template is { } template)
            {
                template.Write(batch[next], _body);
            }
            else
            {
                _body.Write(message);
            }

            _body.Write(_options.Body is HttpBody.Lines or HttpBody.Bulk ? "\n"u8 : default);
        }

        _body.Write(_options.Body == HttpBody.Array ? "]"u8 : default);
        return next;
    }

    private SendOutcome Post(MessageBatch batch, int first, int next)
    {
        SendOutcome outcome;
        try
        {
            using var request = Request(batch.Id(first));
            using var response = _client.Send(request, HttpCompletionOption.ResponseContentRead);
            return Judge(response, batch, first, next);
        }
        catch (HttpRequestException exception)
        {
            outcome = OutcomeOf(exception);
        }
        catch (OperationCanceledException)
        {
            outcome = new(SendFailure.ReceiverBusy, "it does not answer");
        }

        if (outcome.Failure is SendFailure.ReceiverBusy or SendFailure.ReceiverAbsent)
        {
            Interlocked.Add(ref _repeated, next - first); // the request may have arrived, and its answer was lost
        }

        return outcome;
    }

    /// <param name="id">The id of the first alert in the body: the same when the body is sent again.</param>
    private HttpRequestMessage Request(string id)
    {
        var body = _options.IsCompressed ? Compressed() : _body.WrittenSpan.ToArray();
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(_options.Body is HttpBody.Lines or HttpBody.Bulk ? "application/x-ndjson" : "application/json");
        if (_options.IsCompressed)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
        foreach (var (name, value) in _signer?.Headers(id, _time.GetUtcNow(), body).Concat(_headers) ?? _headers)
        {
            // Headers of the body are set with it: a file may set another content type.
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private byte[] Compressed()
    {
        using var output = new MemoryStream();
        using (var compressor = new GZipStream(output, CompressionLevel.Fastest))
        {
            compressor.Write(_body.WrittenSpan);
        }

        return output.ToArray();
    }

    private SendOutcome Judge(HttpResponseMessage response, MessageBatch batch, int first, int next)
    {
        var status = (int)response.StatusCode;
        switch (status)
        {
            case >= 200 and < 300:
                return _options.Body == HttpBody.Bulk ? JudgeItems(response, batch, first, next) : Settle(batch, first, next);
            case 408 or 429 or >= 500:
                return new(SendFailure.ReceiverBusy, Detail(status), RetryAfter(response));
            case 401 or 403:
                return Renew(status);
            case >= 300 and < 400:
                return new(SendFailure.ReceiverAbsent, $"{Detail(status)}: it is somewhere else, and redirects are not followed");
            default:
                return Refuse(batch, first, next, status == 413 ? SendFailure.TooLong : SendFailure.Refused);
        }
    }

    /// <summary>The file may have a new token by now.</summary>
    private SendOutcome Renew(int status)
    {
        try
        {
            _headers = _options.HeaderFile is null ? [] : HttpHeaderFile.Read(_options.HeaderFile);
            return new(SendFailure.NotTrusted, Detail(status));
        }
        catch (IOException exception)
        {
            return new(SendFailure.NotTrusted, $"{Detail(status)}; {exception.Message}");
        }
    }

    private static SendOutcome Settle(MessageBatch batch, int first, int next)
    {
        for (var index = first; index < next; index++)
        {
            batch.Settle(index);
        }

        return SendOutcome.Done;
    }

    /// <summary>One message that the receiver rejects must not cost the others: each is then sent alone.</summary>
    private SendOutcome Refuse(MessageBatch batch, int first, int next, SendFailure reason)
    {
        if (next - first == 1)
        {
            batch.Refuse(first, reason);
            return SendOutcome.Done;
        }

        for (var index = first; index < next; index++)
        {
            Fill(batch, index, maximum: 1);
            var outcome = Post(batch, index, index + 1);
            if (outcome.Failure != SendFailure.None)
            {
                return outcome;
            }
        }

        return SendOutcome.Done;
    }

    /// <summary>The bulk API answers for each message: 409 says that one with the alert's id already exists.</summary>
    private SendOutcome JudgeItems(HttpResponseMessage response, MessageBatch batch, int first, int next)
    {
        var outcome = SendOutcome.Done;
        try
        {
            using var answer = JsonDocument.Parse(response.Content.ReadAsStream());
            var index = first;
            foreach (var item in answer.RootElement.GetProperty("items").EnumerateArray())
            {
                var status = item.EnumerateObject().First().Value.GetProperty("status").GetInt32();
                if (index == next)
                {
                    break;
                }

                switch (status)
                {
                    case >= 200 and < 300 or 409:
                        batch.Settle(index);
                        break;
                    case 429 or >= 500:
                        outcome = new(SendFailure.ReceiverBusy, Detail(status), RetryAfter(response));
                        break;
                    default:
                        batch.Refuse(index, SendFailure.Refused);
                        break;
                }

                index++;
            }

            return index == next ? outcome : new(SendFailure.SystemError, "its answer is not that of a bulk API");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return new(SendFailure.SystemError, "its answer is not that of a bulk API");
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter is not { } header ? null
            : header.Delta ?? (header.Date is { } date ? date - _time.GetUtcNow() : (TimeSpan?)null);
        return asked > LongestRetryAfter ? LongestRetryAfter : asked;
    }

    private SendOutcome OutcomeOf(HttpRequestException exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
            {
                return SendFailures.Of(socket.SocketErrorCode);
            }
        }

        return _tls?.OutcomeOf(exception) ?? exception.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new(SendFailure.Unreachable, "its name is not known"),
            HttpRequestError.SecureConnectionError => new(SendFailure.NotTrusted, "it does not speak TLS"),
            HttpRequestError.ConnectionError => new(SendFailure.ReceiverBusy, "it does not answer"),
            HttpRequestError.InvalidResponse => new(SendFailure.SystemError, "it does not speak HTTP"),
            HttpRequestError.ConfigurationLimitExceeded => new(SendFailure.SystemError, "its answer is too long"),
            _ => new(SendFailure.ReceiverAbsent, "it closed the connection"),
        };
    }

    private static string Detail(int status) => string.Create(CultureInfo.InvariantCulture, $"HTTP {status}");

    private static Uri WithPath(Uri address, string file)
    {
        var path = HttpHeaderFile.ReadLine(file, "path");
        return path.StartsWith('/') && !path.Contains(' ', StringComparison.Ordinal) && Uri.TryCreate(address, path, out var whole) && whole.Authority == address.Authority
            ? whole
            : throw new IOException($"{file}: a path is expected, as /services/…");
    }
}
