using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using WireDns.Recording;
using WireDns.Terminal;

namespace WireDns.Control;

/// <summary>
/// Answers the commands of programs on this machine, on threads of its own: never on one that packets wait for. What a client can do is bounded: so many clients at
/// once, so many octets and so much time for a request and for its answer. docs/control.md describes the protocol.
/// </summary>
internal sealed class ControlServer : IDisposable
{
    /// <summary>The most clients at once.</summary>
    public const int MaximumClients = 16;

    private const int SliceLength = 32 * 1024;

    private readonly ControlSocket _socket;
    private readonly Dictionary<string, ControlCommand> _commands;
    private readonly TailSubscriptions _tails;
    private readonly ControlCounters _counters;
    private readonly ControlPatience _patience;
    private readonly ConcurrentDictionary<Socket, bool> _clients = new();
    private readonly Thread _accepting;
    private volatile bool _isEnding;

    private ControlServer(ControlSocket socket, IEnumerable<ControlCommand> commands, TailSubscriptions tails, ControlCounters counters, ControlPatience patience)
    {
        _patience = patience;
        _socket = socket;
        _commands = commands.ToDictionary(command => command.Name, StringComparer.Ordinal);
        _tails = tails;
        _counters = counters;
        _accepting = new Thread(Accept) { IsBackground = true, Name = "control socket" };
        _accepting.Start();
    }

    /// <summary>Starts to listen; null if no socket is wanted.</summary>
    /// <param name="path">The socket; null for none.</param>
    /// <param name="commands">What can be asked for, besides <c>tail</c>.</param>
    /// <param name="tails">What <c>tail</c> shows.</param>
    /// <param name="counters">Counts the requests.</param>
    /// <param name="patience">How long it waits for clients; by default as long as <see cref="ControlPatience"/> says.</param>
    /// <exception cref="CommandFailure">It cannot listen there.</exception>
    public static ControlServer? Start(
        string? path, IEnumerable<ControlCommand> commands, TailSubscriptions tails, ControlCounters counters, ControlPatience? patience = null)
    {
        if (path is null)
        {
            return null;
        }

        var server = new ControlServer(ControlSocket.Listen(path), commands, tails, counters, patience ?? new ControlPatience());
        StandardError.Write($"wiredns: {path} takes commands (wiredns ctl)");
        return server;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isEnding = true;
        _socket.Dispose();
        _accepting.Join();
        _tails.Complete();

        // What has been asked is answered, if that does not take long.
        SpinWait.SpinUntil(() => _clients.IsEmpty, TimeSpan.FromMilliseconds(200));
        foreach (var client in _clients.Keys)
        {
            client.Dispose();
        }
    }

    private void Accept()
    {
        while (!_isEnding)
        {
            try
            {
                var client = _socket.Listener.Accept();
                if (_clients.Count >= MaximumClients)
                {
                    Refuse(client);
                    continue;
                }

                _clients.TryAdd(client, true);
                new Thread(() => Serve(client)) { IsBackground = true, Name = "control client" }.Start();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                if (!_isEnding)
                {
                    // The client has gone, or the limit of open files is reached: others may have more luck in a moment.
                    _counters.Drop(ControlDrop.Gone);
                    Thread.Sleep(TimeSpan.FromMilliseconds(100));
                }
            }
        }
    }

    // The socket's buffer takes so short an answer at once.
    private void Refuse(Socket client)
    {
        _counters.Drop(ControlDrop.Busy);
        try
        {
            client.Send(Fault("busy", string.Create(CultureInfo.InvariantCulture, $"{MaximumClients} clients are connected: try again")));
        }
        catch (SocketException)
        {
            // It has gone already.
        }

        client.Dispose();
    }

    private void Serve(Socket client)
    {
        try
        {
            var user = ControlSocket.PeerOf(client);
            var line = ReadLine(client);
            if (!ControlRequest.TryRead(line, user, out var request, out var fault))
            {
                _counters.Drop(ControlDrop.BadRequest);
                Send(client, Fault(ControlRefusal.BadRequest, fault));
            }
            else if (request.Command == "tail")
            {
                _counters.Serve();
                new ControlTail(client, _tails, _counters, _patience.Tail).Run(request, (text, reason) => Send(client, reason is null ? Result(text, _ => { }) : Fault(reason, text)));
            }
            else
            {
                _counters.Serve();
                Send(client, Answer(request));
            }
        }
        catch (ClientDropped dropped)
        {
            _counters.Drop(dropped.Reason);
            if (dropped.Message.Length > 0)
            {
                TrySend(client, Fault(ControlRefusal.BadRequest, dropped.Message));
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            _counters.Drop(ControlDrop.Unread);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            _counters.Drop(ControlDrop.Gone);
        }
        catch (Exception)
        {
            // Whatever it is, a client is no reason for the sensor to end.
            _counters.Drop(ControlDrop.InternalError);
        }
        finally
        {
            _clients.TryRemove(client, out _);
            client.Dispose();
        }
    }

    private ReadOnlyMemory<byte> Answer(ControlRequest request)
    {
        if (!_commands.TryGetValue(request.Command, out var command))
        {
            return Fault("unknown_command", $"there is no command '{request.Command}'; there are {string.Join(", ", _commands.Keys.Append("tail").Order(StringComparer.Ordinal))}");
        }

        if (request.Names.FirstOrDefault(name => !command.Arguments.Contains(name)) is { } unknown)
        {
            return Fault(ControlRefusal.BadRequest, $"{command.Name} has no argument '{unknown}'");
        }

        try
        {
            return Result(command.Name, json => command.Answer(request, json));
        }
        catch (ControlRefusal refusal)
        {
            return Fault(refusal.Reason, refusal.Message);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _counters.Drop(ControlDrop.InternalError);
            return Fault("internal_error", $"a fault of this program in {command.Name}");
        }
    }

    private byte[] ReadLine(Socket client)
    {
        var buffer = new byte[ControlRequest.LongestLine];
        var length = 0;
        for (var start = Stopwatch.GetTimestamp(); ;)
        {
            var left = _patience.Request - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || !client.Poll(left, SelectMode.SelectRead))
            {
                throw new ClientDropped(ControlDrop.Silent, string.Create(CultureInfo.InvariantCulture, $"no request came within {_patience.Request.TotalSeconds} s"));
            }

            var read = client.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
            if (read == 0)
            {
                throw new ClientDropped(ControlDrop.Gone, "");
            }

            var end = buffer.AsSpan(length, read).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return buffer[..(length + end)];
            }

            length += read;
            if (length == buffer.Length)
            {
                throw new ClientDropped(ControlDrop.TooLong, string.Create(CultureInfo.InvariantCulture, $"a request has at most {ControlRequest.LongestLine} octets"));
            }
        }
    }

    private void Send(Socket client, ReadOnlyMemory<byte> answer)
    {
        var start = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < answer.Length;)
        {
            var left = _patience.Answer - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || !client.Poll(left, SelectMode.SelectWrite))
            {
                throw new ClientDropped(ControlDrop.Unread, "");
            }

            client.SendTimeout = Math.Max(1, (int)left.TotalMilliseconds);
            sent += client.Send(answer.Span.Slice(sent, Math.Min(SliceLength, answer.Length - sent)));
        }
    }

    private static void TrySend(Socket client, ReadOnlyMemory<byte> answer)
    {
        try
        {
            client.SendTimeout = 100;
            client.Send(answer.Span);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It does not read, either; it is counted already.
        }
    }

    private static ReadOnlyMemory<byte> Result(string command, Action<Utf8JsonWriter> write) => Line(json =>
    {
        json.WriteBoolean("ok"u8, true);
        json.WriteString("command"u8, command);
        json.WriteStartObject("result"u8);
        write(json);
        json.WriteEndObject();
    });

    private static byte[] Fault(string reason, string text) => Line(json =>
    {
        json.WriteBoolean("ok"u8, false);
        json.WriteString("reason"u8, reason);
        json.WriteString("error"u8, text);
    }).ToArray();

    private static ReadOnlyMemory<byte> Line(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("version"u8, ProductVersion.Text);
            write(json);
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenMemory;
    }

    private sealed class ClientDropped(ControlDrop reason, string message) : Exception(message)
    {
        public ControlDrop Reason { get; } = reason;
    }
}

/// <summary>How long clients of the control socket are waited for.</summary>
internal sealed record ControlPatience
{
    /// <summary>For a whole request. Default: 5 s.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For a client to read a whole answer. Default: 10 s.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a client of <c>tail</c> to read anything. Default: 30 s.</summary>
    public TimeSpan Tail { get; init; } = TimeSpan.FromSeconds(30);
}
