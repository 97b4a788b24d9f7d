using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using WireDns.Terminal;

namespace WireDns.Control;

/// <summary>The other end of a sensor's socket: sends one request and reads its answer. Not thread-safe.</summary>
internal sealed class ControlClient : IDisposable
{
    // A reload of large lists takes its time.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(10);

    private readonly string _path;
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly ArrayBufferWriter<byte> _line = new();
    private int _start;
    private int _end;

    /// <summary>Connects.</summary>
    /// <param name="path">The sensor's socket.</param>
    /// <exception cref="CommandFailure">No sensor answers there; the message says why.</exception>
    public ControlClient(string path)
    {
        _path = path;
        ControlSocket.CheckPath(path);
        if (!OperatingSystem.IsLinux())
        {
            throw new CommandFailure(ExitStatus.Usage, "a sensor has a control socket on Linux alone");
        }

        _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            _socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception)
        {
            _socket.Dispose();
            throw new CommandFailure(ExitStatus.Failed, exception.SocketErrorCode switch
            {
                SocketError.AccessDenied => $"{path}: permission denied: only the sensor's user and root may give it commands",
                SocketError.ConnectionRefused => $"{path}: the sensor that made this socket does not run any more",
                _ when !File.Exists(path) => $"{path}: no sensor listens here: start one with 'wiredns live --control-socket PATH', or name its socket with --socket PATH",
                _ => $"{path}: it cannot be connected to",
            });
        }

        _stream = new NetworkStream(_socket, ownsSocket: true);
    }

    /// <summary>Sends a request, and reads the first line of the answer.</summary>
    /// <param name="request">The command and its arguments; those that are null are left out.</param>
    /// <returns>The answer's member <c>result</c>. Dispose the document.</returns>
    /// <exception cref="CommandFailure">The sensor refused it, or there is no answer.</exception>
    public JsonDocument Ask(params IEnumerable<(string Name, string? Value)> request)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (name, value) in request.Where(argument => argument.Value is not null))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        _socket.ReceiveTimeout = (int)LongestAnswer.TotalMilliseconds;
        try
        {
            _stream.Write(bytes.WrittenSpan);
        }
        catch (IOException)
        {
            // What the sensor has said before it closed the connection is more to the point.
        }

        if (ReadLine() is not { } line)
        {
            throw new CommandFailure(ExitStatus.Failed, $"{_path}: the sensor closed the connection without an answer");
        }

        var answer = Parse(line);
        if (answer.RootElement.GetProperty("ok"u8).GetBoolean())
        {
            return answer;
        }

        using (answer)
        {
            var (reason, error) = (Text(answer.RootElement, "reason"), Text(answer.RootElement, "error"));
            var version = Text(answer.RootElement, "version");
            throw new CommandFailure(
                reason is ControlRefusal.BadRequest ? ExitStatus.Usage : ExitStatus.Failed,
                $"the sensor says: {error}{(version == ProductVersion.Text ? "" : $" (it has version {version}, and this is {ProductVersion.Text})")}");
        }
    }

    /// <summary>Reads a further line of the answer; null at its end.</summary>
    /// <exception cref="CommandFailure">The connection broke.</exception>
    public ReadOnlyMemory<byte>? ReadLine()
    {
        _line.ResetWrittenCount();
        while (true)
        {
            var feed = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                _line.Write(_buffer.AsSpan(_start, feed));
                _start += feed + 1;
                return _line.WrittenMemory;
            }

            _line.Write(_buffer.AsSpan(_start, _end - _start));
            _start = 0;
            try
            {
                _end = _stream.Read(_buffer);
            }
            catch (IOException)
            {
                throw new CommandFailure(ExitStatus.Failed, $"{_path}: the sensor does not answer");
            }

            if (_end == 0)
            {
                return _line.WrittenCount > 0 ? throw new CommandFailure(ExitStatus.Failed, $"{_path}: the answer broke off") : null;
            }
        }
    }

    /// <summary>Further lines may be as long in coming as they like.</summary>
    public void WaitForEver() => _socket.ReceiveTimeout = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private JsonDocument Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            var answer = JsonDocument.Parse(line.ToArray());
            if (answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty("ok"u8, out var ok)
                && ok.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                return answer;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new CommandFailure(ExitStatus.Failed, $"{_path}: what answers there is no sensor of this program");
    }

    private static string Text(JsonElement answer, string name) => answer.TryGetProperty(name, out var text) ? text.ToString() : "";
}
