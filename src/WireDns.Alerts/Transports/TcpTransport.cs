using System.Buffers;
using System.Globalization;
using System.Net.Sockets;

namespace WireDns.Alerts.Transports;

/// <summary>How messages are delimited in a stream.</summary>
public enum SyslogFraming
{
    /// <summary>Each message has its length before it (RFC 6587 §3.4.1; the only way in TLS, RFC 5425 §4.3).</summary>
    OctetCounting,

    /// <summary>Each message ends with a line feed (RFC 6587 §3.4.2).</summary>
    Newline,
}

/// <summary>
/// Sends messages over TCP or TLS, which acknowledge nothing: settled means handed to the system. So the last messages are kept, and sent
/// again after a lost connection: a message may arrive twice, with the same id. Messages are lost only if a receiver ends with more unread
/// data than that: more than twice the largest window that it has offered, or than <see cref="MostTailOctets"/>.
/// </summary>
public sealed class TcpTransport : IRepeatingTransport
{
    /// <summary>The port of syslog over TLS (RFC 5425 §4.1).</summary>
    public const int TlsPort = 6514;

    /// <summary>The port that is usual for syslog over TCP (RFC 6587 §3.2 has none of its own; 601 is that of RFC 3195).</summary>
    public const int TcpPort = 601;

    /// <summary>
    /// Octets of the messages that are kept to be sent again: 4 MiB, and on Linux twice the largest window that the receiver has offered. A Linux host with
    /// default settings holds 3 MiB unread, and since Linux 6.17 up to 16 MiB, if it was fast until then.
    /// </summary>
    public const int TailOctets = 4 << 20;

    /// <summary>The most octets of messages that are kept, whatever window is offered: 64 MiB.</summary>
    public const int MostTailOctets = 64 << 20;

    private const int PieceOctets = 65_536;

    private readonly ReceiverConnection _connection;
    private readonly SyslogFraming _framing;
    private readonly Queue<byte[]> _tail = new();
    private readonly ArrayBufferWriter<byte> _piece = new(PieceOctets);
    private long _repeated; // another thread reads it
    private int _tailOctets;
    private int _kept = TailOctets;
    private bool _wasConnected;
    private bool _isTailDue;

    /// <summary>Prepares the connection, which is opened with the first message.</summary>
    /// <param name="host">IPv4 or IPv6 address, or a name.</param>
    /// <param name="port">TCP port, from 1 to 65535.</param>
    /// <param name="framing">How the receiver delimits messages.</param>
    /// <param name="tls">How both sides prove who they are; null for plain TCP.</param>
    /// <exception cref="IOException">A file of the TLS options cannot be read.</exception>
    public TcpTransport(string host, int port, SyslogFraming framing = SyslogFraming.OctetCounting, TlsOptions? tls = null)
    {
        _connection = new ReceiverConnection(host, port, tls) { IsOneWay = true };
        _framing = framing;
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

        var opened = _connection.Open();
        if (opened.Failure != SendFailure.None)
        {
            return opened;
        }

        _wasConnected = true;
        try
        {
            if (_isTailDue)
            {
                SendTail();
            }

            for (var first = 0; first < batch.Count;)
            {
                first = SendPiece(batch, first);
            }

            return SendOutcome.Done;
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            var outcome = _connection.OutcomeOf(exception);
            Lose();
            return outcome;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private int SendPiece(MessageBatch batch, int first)
    {
        _piece.ResetWrittenCount();
        var next = first;
        for (; next < batch.Count && (next == first || _piece.WrittenCount < PieceOctets); next++)
        {
            Frame(batch[next].Span);
        }

        // Nobody knows whether a piece that failed has arrived: it stays in the batch, and is sent again.
        _connection.Stream!.Write(_piece.WrittenSpan);
        _kept = (int)Math.Max(_kept, Math.Min(TailOctets + (2 * _connection.ReceiverWindow), MostTailOctets));
        for (var index = first; index < next; index++)
        {
            Remember(batch[index]);
            batch.Settle(index);
        }

        return next;
    }

    private void SendTail()
    {
        foreach (var message in _tail)
        {
            _piece.ResetWrittenCount();
            Frame(message);
            _connection.Stream!.Write(_piece.WrittenSpan);
            Interlocked.Increment(ref _repeated);
        }

        _isTailDue = false;
    }

    private void Remember(ReadOnlyMemory<byte> message)
    {
        _tail.Enqueue(message.ToArray());
        _tailOctets += message.Length;
        while (_tailOctets > _kept)
        {
            _tailOctets -= _tail.Dequeue().Length;
        }
    }

    private void Lose()
    {
        _connection.Close();
        _isTailDue |= _wasConnected;
    }

    private void Frame(ReadOnlySpan<byte> message)
    {
        if (_framing == SyslogFraming.Newline)
        {
            _piece.Write(message); // a syslog message has no line feed in it: its format makes them spaces
            _piece.Write("\n"u8);
            return;
        }

        message.Length.TryFormat(_piece.GetSpan(10), out var digits, default, CultureInfo.InvariantCulture);
        _piece.Advance(digits);
        _piece.Write(" "u8);
        _piece.Write(message);
    }
}
