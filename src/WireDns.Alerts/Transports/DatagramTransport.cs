using System.Net;
using System.Net.Sockets;

namespace WireDns.Alerts.Transports;

/// <summary>
/// Sends each message as one datagram: to the local logger's socket, or over UDP (RFC 5426). After a restart the local logger is found
/// again with the next message. UDP confirms nothing: settled means handed to the network. A refusal that comes later (ICMP) counts one
/// earlier message as lost; until the receiver is back, only one message at a time is risked.
/// </summary>
public sealed class DatagramTransport : IMessageTransport
{
    /// <summary>Where the local logger listens.</summary>
    public const string LocalPath = "/dev/log";

    /// <summary>The port of syslog over UDP (RFC 5426 §3.3).</summary>
    public const int UdpPort = 514;

    /// <summary>
    /// How long one message waits for a receiver that does not keep up. A busy logger empties its queue (by default eleven messages) within
    /// milliseconds. One that hangs costs this time only once: no further message waits until one has got through.
    /// </summary>
    private const int PatienceInMilliseconds = 1000;

    /// <summary>How long to wait for a refusal before a receiver that was absent counts as present again.</summary>
    private const int RefusalInMicroseconds = 100_000;

    private readonly EndPoint _receiver;
    private Socket? _socket;
    private bool _isSuspect; // the last that is known of the receiver is a refusal

    private DatagramTransport(EndPoint receiver) => _receiver = receiver;

    private bool IsLocal => _receiver is UnixDomainSocketEndPoint;

    /// <summary>Opens the local logger's datagram socket.</summary>
    /// <param name="path">The socket's path.</param>
    /// <exception cref="IOException">Nothing listens there, or the system forbids it; the message says which, and what to do about it.</exception>
    public static DatagramTransport OpenLocal(string path = LocalPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (OperatingSystem.IsWindows())
        {
            throw new IOException("Windows has no syslog socket: give a receiver as syslog://HOST[:PORT]");
        }

        try
        {
            return Open(new UnixDomainSocketEndPoint(path));
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new IOException($"cannot open the syslog socket {path}: the path is too long for a socket", exception);
        }
        catch (SocketException exception)
        {
            throw new IOException($"cannot open the syslog socket {path}: {LocalReason(path, exception.SocketErrorCode)}", exception);
        }
    }

    /// <summary>Opens a socket to a UDP receiver. A name is resolved once, now, and its first address is used.</summary>
    /// <param name="host">IPv4 or IPv6 address, or a name.</param>
    /// <param name="port">UDP port, from 1 to 65535.</param>
    /// <exception cref="IOException">The name is not known, or there is no route to the host; the message says which.</exception>
    public static DatagramTransport OpenUdp(string host, int port = UdpPort)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        try
        {
            var address = IPAddress.TryParse(host, out var literal) ? literal : Dns.GetHostAddresses(host)[0];
            return Open(new IPEndPoint(address, port));
        }
        catch (SocketException exception)
        {
            var outcome = SendFailures.Of(exception.SocketErrorCode);
            throw new IOException($"cannot reach the syslog receiver {host} port {port}: {outcome.Words()}", exception);
        }
    }

    /// <inheritdoc/>
    public SendOutcome Send(MessageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (var index = 0; index < batch.Count; index++)
        {
            var outcome = Send(batch[index].Span);
            if (outcome.Failure == SendFailure.TooLong)
            {
                batch.Refuse(index, SendFailure.TooLong);
                continue;
            }

            if (outcome.Failure != SendFailure.None)
            {
                if (outcome.Failure == SendFailure.ReceiverAbsent && !IsLocal)
                {
                    // This message was not sent. The refusal is of an earlier one, which was settled.
                    batch.LoseEarlier();
                }

                return outcome;
            }

            batch.Settle(index);
            if (_isSuspect)
            {
                if (IsRefused())
                {
                    batch.LoseEarlier();
                    return new(SendFailure.ReceiverAbsent);
                }

                _isSuspect = false;
            }
        }

        return SendOutcome.Done;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static DatagramTransport Open(EndPoint receiver)
    {
        var transport = new DatagramTransport(receiver);
        transport.Connect();
        return transport;
    }

    private static string LocalReason(string path, SocketError error) => SendFailures.Of(error, isLocal: true).Failure switch
    {
        SendFailure.ReceiverAbsent when !File.Exists(path) => path == LocalPath
            ? "it does not exist: start a logger (systemd-journald, rsyslog or syslog-ng), or give another socket as syslog:/PATH, or a receiver "
                + "as syslog://HOST"
            : "it does not exist: start the logger that makes it",
        SendFailure.ReceiverAbsent => "nobody listens there: start the logger again",
        SendFailure.Forbidden => "this user may not write to it",
        _ when error == SocketError.ProtocolType => "it takes streams, not datagrams", // EPROTOTYPE
        _ => SendFailures.Of(error, isLocal: true).Words(),
    };

    private SendOutcome Send(ReadOnlySpan<byte> message)
    {
        var error = _socket is null ? TryConnect() : SocketError.Success;
        if (error == SocketError.Success)
        {
            error = SendOnce(message);
            if (IsLocal && error is SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.NotConnected)
            {
                // The logger was restarted: its path may now lead to another socket.
                _socket?.Dispose();
                _socket = null;
                error = TryConnect();
                error = error == SocketError.Success ? SendOnce(message) : error;
            }
        }

        var outcome = SendFailures.Of(error, IsLocal);
        _isSuspect |= !IsLocal && outcome.Failure == SendFailure.ReceiverAbsent;
        return outcome;
    }

    private SocketError SendOnce(ReadOnlySpan<byte> message)
    {
        _socket!.Send(message, SocketFlags.None, out var error);
        if (error == SocketError.Success)
        {
            SetBlocking(true);
        }
        else if (error is SocketError.WouldBlock or SocketError.TimedOut or SocketError.NoBufferSpaceAvailable)
        {
            SetBlocking(false);
        }

        return error;
    }

    /// <summary>Whether a refusal of the last message comes back within a tenth of a second.</summary>
    private bool IsRefused() => _socket!.Poll(RefusalInMicroseconds, SelectMode.SelectError)
        && (SocketError)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != SocketError.Success;

    /// <summary>Set only on a change: it is a system call.</summary>
    private void SetBlocking(bool value)
    {
        if (_socket!.Blocking != value)
        {
            _socket.Blocking = value;
        }
    }

    private SocketError TryConnect()
    {
        try
        {
            Connect();
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    private void Connect()
    {
        var opened = IsLocal
            ? new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
            : new Socket(_receiver.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            opened.SendTimeout = PatienceInMilliseconds;
            opened.Connect(_receiver);
            _socket = opened;
        }
        catch (SocketException)
        {
            opened.Dispose();
            throw;
        }
    }
}
