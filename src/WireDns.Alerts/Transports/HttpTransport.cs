using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
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

    /// <summary>A file with one header per line (<c>Authorization: …</c>), which no log shows; null for none.</summary>
    public string? HeaderFile { get; init; }

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
public sealed class HttpTransport : IMessageTransport
{
    private const int LongestAnswer = 16 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    private readonly HttpClient _client;
    private readonly Uri _address;
    private readonly HttpOptions _options;
    private readonly List<(string Name, string Value)> _headers;
    private readonly ArrayBufferWriter<byte> _body = new(65_536);

    /// <summary>Prepares the client; the first request goes out with the first message.</summary>
    /// <param name="address">Where to post: an http or https URL.</param>
    /// <param name="options">How to post; null for the defaults.</param>
    /// <exception cref="IOException">A file of the options cannot be read; the message names it.</exception>
    public HttpTransport(Uri address, HttpOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        _address = address;
        _options = options ?? new HttpOptions();
        _headers = _options.HeaderFile is null ? [] : ReadHeaders(_options.HeaderFile);
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
            handler.SslOptions = (_options.Tls ?? new TlsOptions()).Read(address.IdnHost);
        }

        _client = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = LongestAnswer };
    }

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
            _body.Write(message);
            _body.Write(_options.Body is HttpBody.Lines or HttpBody.Bulk ? "\n"u8 : default);
        }

        _body.Write(_options.Body == HttpBody.Array ? "]"u8 : default);
        return next;
    }

    private SendOutcome Post(MessageBatch batch, int first, int next)
    {
        try
        {
            using var request = Request();
            using var response = _client.Send(request, HttpCompletionOption.ResponseContentRead);
            return Judge(response, batch, first, next);
        }
        catch (HttpRequestException exception)
        {
            return OutcomeOf(exception);
        }
        catch (TaskCanceledException)
        {
            return new(SendFailure.ReceiverBusy, "it does not answer");
        }
    }

    private HttpRequestMessage Request()
    {
        var content = new ByteArrayContent(_options.IsCompressed ? Compressed() : _body.WrittenSpan.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue(_options.Body is HttpBody.Lines or HttpBody.Bulk ? "application/x-ndjson" : "application/json");
        if (_options.IsCompressed)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
        foreach (var (name, value) in _headers)
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
                return new(SendFailure.NotTrusted, Detail(status));
            case >= 300 and < 400:
                return new(SendFailure.ReceiverAbsent, $"{Detail(status)}: it is somewhere else, and redirects are not followed");
            default:
                return Refuse(batch, first, next, status == 413 ? SendFailure.TooLong : SendFailure.Refused);
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
    private static SendOutcome JudgeItems(HttpResponseMessage response, MessageBatch batch, int first, int next)
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

    private static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter is not { } header ? null
            : header.Delta ?? (header.Date is { } date ? date - DateTimeOffset.UtcNow : (TimeSpan?)null);
        return asked > LongestRetryAfter ? LongestRetryAfter : asked;
    }

    private static SendOutcome OutcomeOf(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new(SendFailure.Unreachable, "its name is not known"),
        HttpRequestError.SecureConnectionError => new(SendFailure.NotTrusted, "the receiver's certificate is not one for its name from a trusted authority"),
        HttpRequestError.ConnectionError when exception.InnerException is SocketException socket => SendFailures.Of(socket.SocketErrorCode),
        HttpRequestError.ConnectionError => new(SendFailure.ReceiverBusy, "it does not answer"),
        _ => new(SendFailure.ReceiverAbsent, "it closed the connection"),
    };

    private static string Detail(int status) => string.Create(CultureInfo.InvariantCulture, $"HTTP {status}");

    private static List<(string, string)> ReadHeaders(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file, Encoding.UTF8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot read the headers in {file}", exception);
        }

        var headers = new List<(string, string)>();
        for (var index = 0; index < lines.Length; index++)
        {
            var colon = lines[index].IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers.Add((lines[index][..colon].Trim(), lines[index][(colon + 1)..].Trim()));
            }
            else if (lines[index].Trim().Length > 0)
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{file}:{index + 1}: a header is expected, as Name: value"));
            }
        }

        return headers;
    }
}
