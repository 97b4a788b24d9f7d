using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace WireDns.Alerts.Transports;

/// <summary>
/// Sends messages by RELP, the reliable event logging protocol of rsyslog, over TCP or TLS. The receiver acknowledges each message, and
/// only then is it settled: it arrives at least once, and with the same id if it arrives twice.
/// </summary>
public sealed class RelpTransport : IRepeatingTransport
{
    /// <summary>The port that rsyslog's documentation uses; RELP has none of its own.</summary>
    public const int DefaultPort = 2514;

    /// <summary>How many messages may be on their way without an acknowledgement, unless something else is said.</summary>
    public const int DefaultWindow = 128;

    private const int LastTransaction = 999_999_999; // the protocol's largest number
    private const int LongestResponse = 65_536;

    private readonly ReceiverConnection _connection;
    private readonly int _window;
    private readonly ArrayBufferWriter<byte> _frames = new(65_536);
    private readonly Queue<(int Transaction, int Index)> _pending = new();
    private readonly byte[] _input = new byte[4096];
    private int _inputStart;
    private int _inputEnd;
    private int _transaction;
    private long _repeated; // another thread reads it

    /// <summary>Prepares the connection, which is opened with the first message.</summary>
    /// <param name="host">IPv4 or IPv6 address, or a name.</param>
    /// <param name="port">TCP port, from 1 to 65535.</param>
    /// <param name="window">The most messages without an acknowledgement, at least 1.</param>
    /// <param name="tls">How both sides prove who they are; null for plain TCP.</param>
    /// <exception cref="IOException">A file of the TLS options cannot be read.</exception>
    public RelpTransport(string host, int port = DefaultPort, int window = DefaultWindow, TlsOptions? tls = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        _connection = new ReceiverConnection(host, port, tls);
        _window = window;
    }

    /// <inheritdoc/>
    public long Repeated => Interlocked.Read(ref _repeated);

    /// <inheritdoc/>
    public SendOutcome Send(MessageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (_connection.Stream is not null && _connection.IsBroken)
        {
            Lose();
        }

        try
        {
            var opened = Open();
            if (opened.Failure != SendFailure.None)
            {
                return opened;
            }

            for (var next = 0; next < batch.Count || _pending.Count > 0;)
            {
                next = SendWindow(batch, next);
                ReadResponse(batch);
            }

            return SendOutcome.Done;
        }
        catch (RelpException exception)
        {
            Lose();
            return new(SendFailure.ReceiverAbsent, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            var outcome = _connection.OutcomeOf(exception);
            Lose();
            return outcome;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_connection.Stream is not null && !_connection.IsBroken)
        {
            try
            {
                // Everything is acknowledged: the receiver is told that no more will come, and its answer changes nothing.
                _frames.ResetWrittenCount();
                Frame("close"u8, default);
                _connection.Stream.Write(_frames.WrittenSpan);
            }
            catch (IOException)
            {
                // It was already gone.
            }
        }

        _connection.Dispose();
    }

    private SendOutcome Open()
    {
        if (_connection.Stream is not null)
        {
            return SendOutcome.Done;
        }

        var opened = _connection.Open();
        if (opened.Failure != SendFailure.None)
        {
            return opened;
        }

        _transaction = 0;
        _inputStart = _inputEnd = 0;
        _pending.Clear();
        _frames.ResetWrittenCount();
        var transaction = Frame("open"u8, "relp_version=0\nrelp_software=wiredns\ncommands=syslog"u8);
        _connection.Stream!.Write(_frames.WrittenSpan);
        var (answered, status) = ReadFrame();
        return answered == transaction && status == 200
            ? SendOutcome.Done
            : throw new RelpException("it does not take messages by RELP");
    }

    private int SendWindow(MessageBatch batch, int next)
    {
        _frames.ResetWrittenCount();
        for (; next < batch.Count && _pending.Count < _window; next++)
        {
            _pending.Enqueue((Frame("syslog"u8, batch[next].Span), next));
        }

        if (_frames.WrittenCount > 0)
        {
            _connection.Stream!.Write(_frames.WrittenSpan);
        }

        return next;
    }

    /// <summary>Reads one acknowledgement, and those that came with it. They are in the order of the messages.</summary>
    private void ReadResponse(MessageBatch batch)
    {
        do
        {
            var (answered, status) = ReadFrame();
            if (!_pending.TryDequeue(out var oldest) || oldest.Transaction != answered)
            {
                throw new RelpException("it acknowledged what was not sent");
            }

            if (status == 200)
            {
                batch.Settle(oldest.Index);
            }
            else
            {
                batch.Refuse(oldest.Index, SendFailure.Refused);
            }
        }
        while (_pending.Count > 0 && _inputStart < _inputEnd);
    }

    /// <summary>TXNR SP "rsp" SP DATALEN [SP DATA] LF, where the data starts with a status of three digits.</summary>
    private (int Transaction, int Status) ReadFrame()
    {
        var transaction = ReadNumber(LastTransaction);
        var command = ReadWord();
        var length = ReadNumber(LongestResponse, out var end);
        var data = new byte[length];
        if (end == ' ' && length > 0)
        {
            for (var index = 0; index < length; index++)
            {
                data[index] = ReadOctet();
            }

            end = ReadOctet();
        }

        if (end != '\n' || command is not "rsp")
        {
            throw new RelpException(command == "serverclose" ? "it closed the connection" : "it does not speak RELP");
        }

        return (transaction, length >= 3 && int.TryParse(data.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : 0);
    }

    private string ReadWord()
    {
        var word = new StringBuilder();
        for (byte octet; (octet = ReadOctet()) != ' ';)
        {
            if (word.Length == 32 || octet is < (byte)'a' or > (byte)'z')
            {
                throw new RelpException("it does not speak RELP");
            }

            word.Append((char)octet);
        }

        return word.ToString();
    }

    private int ReadNumber(int maximum)
    {
        var number = ReadNumber(maximum, out var end);
        return end == ' ' ? number : throw new RelpException("it does not speak RELP");
    }

    private int ReadNumber(int maximum, out byte end)
    {
        long number = 0;
        for (var digits = 0; ; digits++)
        {
            end = ReadOctet();
            if (end is < (byte)'0' or > (byte)'9')
            {
                return digits > 0 ? (int)number : throw new RelpException("it does not speak RELP");
            }

            number = (number * 10) + end - '0';
            if (number > maximum)
            {
                throw new RelpException("it does not speak RELP");
            }
        }
    }

    private byte ReadOctet()
    {
        if (_inputStart == _inputEnd)
        {
            _connection.AcknowledgeAtOnce();
            _inputStart = 0;
            _inputEnd = _connection.Stream!.Read(_input);
            if (_inputEnd == 0)
            {
                throw new RelpException("it closed the connection");
            }
        }

        return _input[_inputStart++];
    }

    private int Frame(ReadOnlySpan<byte> command, ReadOnlySpan<byte> data)
    {
        _transaction = _transaction == LastTransaction ? 1 : _transaction + 1;
        Number(_transaction);
        _frames.Write(" "u8);
        _frames.Write(command);
        _frames.Write(" "u8);
        Number(data.Length);
        if (!data.IsEmpty)
        {
            _frames.Write(" "u8);
            _frames.Write(data);
        }

        _frames.Write("\n"u8);
        return _transaction;
    }

    private void Number(int value)
    {
        value.TryFormat(_frames.GetSpan(10), out var digits, default, CultureInfo.InvariantCulture);
        _frames.Advance(digits);
    }

    private void Lose()
    {
        _connection.Close();
        Interlocked.Add(ref _repeated, _pending.Count);
        _pending.Clear();
    }

    /// <summary>The other side violates the protocol.</summary>
    private sealed class RelpException(string message) : Exception(message);
}
