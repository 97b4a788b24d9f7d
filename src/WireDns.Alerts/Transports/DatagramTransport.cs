using System.Net;
using System.Net.Sockets;

namespace WireDns.Alerts.Transports;

/// <summary>
/// Sends each message as one datagram to a syslog receiver: the local logger's socket, or UDP (RFC 5426). A local logger that was
/// restarted is found again with the next message. Over UDP nobody confirms: delivered means handed to the network, and a refusal
/// that the system learns of afterwards (ICMP) is counted when it becomes known.
/// </summary>
public sealed class DatagramTransport : IMessageTransport
{
    /// <summary>Where the local logger listens.</summary>
    public const string LocalPath = "/dev/log";

    /// <summary>The port of syslog over UDP (RFC 5426 §3.3).</summary>
    public const int UdpPort = 514;

    /// <summary>
    /// How long one message waits for a receiver that does not keep up. A busy logger empties its queue (ten messages, by
    /// default) within milliseconds; one that hangs costs this once, since no further message waits until one has gone through.
    /// </summary>
    private const int PatienceInMilliseconds = 1000;

    private readonly EndPoint _receiver;
    private Socket? _socket;

    private DatagramTransport(EndPoint receiver) => _receiver = receiver;

    private bool IsLocal => _receiver is UnixDomainSocketEndPoint;

    /// <summary>Opens the local logger's datagram socket.</summary>
    /// <param name="path">The socket's path.</param>
    /// <exception cref="IOException">Nothing listens there, or the system forbids it; the message says which.</exception>
    public static DatagramTransport OpenLocal(string path = LocalPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Open(new UnixDomainSocketEndPoint(path));
        }
        catch (Exception exception) when (exception is SocketException or ArgumentOutOfRangeException)
        {
            throw new IOException($"cannot open the syslog socket {path}: {exception.Message}", exception);
        }
    }

    /// <summary>Opens a way to a UDP receiver. A name is resolved once, now, and its first address used.</summary>
    /// <param name="host">IPv4 or IPv6 address, or a name.</param>
    /// <param name="port">UDP port.</param>
    /// <exception cref="IOException">The name is not known, or there is no way to the host; the message says which.</exception>
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
            throw new IOException($"cannot reach the syslog receiver {host} port {port}: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public SendFailure Write(ReadOnlySpan<byte> message)
    {
        var error = _socket is null ? TryConnect() : SocketError.Success;
        if (error == SocketError.Success)
        {
            error = Send(message);
            if (error is SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.NotConnected or SocketError.Shutdown)
            {
                return IsLocal ? SendAgainToLocal(message) : SendAgainToUdp(message);
            }
        }

        return FailureOf(error);
    }

    /// <inheritdoc/>
    public SendFailure Flush() => SendFailure.None;

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static DatagramTransport Open(EndPoint receiver)
    {
        var sink = new DatagramTransport(receiver);
        sink.Connect();
        return sink;
    }

    /// <summary>The logger was restarted: its path may have a new socket behind it.</summary>
    private SendFailure SendAgainToLocal(ReadOnlySpan<byte> message)
    {
        _socket?.Dispose();
        _socket = null;
        var error = TryConnect();
        return FailureOf(error == SocketError.Success ? Send(message) : error);
    }

    /// <summary>
    /// The refusal was of an earlier datagram, which was counted as delivered, and this one was not sent. It is sent now, and the
    /// one failure that this call reports is the earlier one's: so the sums are right.
    /// </summary>
    private SendFailure SendAgainToUdp(ReadOnlySpan<byte> message)
    {
        var error = Send(message);
        return error == SocketError.Success ? SendFailure.ReceiverAbsent : FailureOf(error);
    }

    private SocketError Send(ReadOnlySpan<byte> message)
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

    private SendFailure FailureOf(SocketError error) => error switch
    {
        SocketError.Success => SendFailure.None,
        SocketError.WouldBlock or SocketError.TimedOut or SocketError.NoBufferSpaceAvailable => SendFailure.ReceiverBusy,
        SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.NotConnected => SendFailure.ReceiverAbsent,
        SocketError.AddressNotAvailable when IsLocal => SendFailure.ReceiverAbsent, // ENOENT: the path does not exist
        SocketError.HostUnreachable or SocketError.HostDown => SendFailure.Unreachable,
        SocketError.NetworkUnreachable or SocketError.NetworkDown => SendFailure.Unreachable,
        SocketError.AccessDenied => SendFailure.Forbidden,
        SocketError.MessageSize => SendFailure.TooLong,
        _ => SendFailure.SystemError,
    };
}
