using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace WireDns.Alerts.Transports;

/// <summary>
/// A TCP connection to a receiver, with or without TLS. It is opened when it is first needed, and again after it was lost; the name is
/// resolved each time. Every wait has a limit. Not thread-safe.
/// </summary>
internal sealed class ReceiverConnection : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    // Writes wait for a slow receiver; one that hangs costs this time once per attempt.
    private static readonly TimeSpan WritePatience = TimeSpan.FromSeconds(10);

    // A receiver that has read everything closes its side at once; at the end of a run, nobody waits longer for one that has not.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromMilliseconds(500);

    // How much the system may hold for us, beside what the receiver's holds for it: less than what is kept for sending again.
    private const int SendBuffer = 256 << 10;

    // A receiver sends its session tickets one round trip after the handshake. One that sends none costs this time once per connection.
    private static readonly TimeSpan VerdictPatience = TimeSpan.FromSeconds(1);

    // RFC 8446 §5.2: two octets of alert, one of type, at most 32 of the cipher's. A session ticket has at least a lifetime, an age, a nonce and itself.
    private const int LongestAlert = 35;

    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int Information = 11; // TCP_INFO
    private const int WindowOffset = 228; // of tcpi_snd_wnd, since Linux 5.4
    private const int QuickAcknowledgement = 12; // TCP_QUICKACK, which the system unsets by itself

    private readonly string _host;
    private readonly int _port;
    private readonly TlsClient? _tls;
    private Socket? _socket;
    private Task? _end; // with TLS and a receiver that never answers: reads until the receiver ends the connection

    /// <summary>Says where to connect to, and reads the files of TLS.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public ReceiverConnection(string host, int port, TlsOptions? tls)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        _host = host;
        _port = port;
        _tls = tls?.Read(host);
    }

    /// <summary>Whether the receiver never answers, so that nobody else reads from <see cref="Stream"/>.</summary>
    public bool IsOneWay { get; init; }

    /// <summary>The open connection, or null.</summary>
    public Stream? Stream { get; private set; }

    /// <summary>Whether the receiver has closed its side, or the connection broke: anything written now would be lost.</summary>
    public bool IsBroken => _end?.IsCompleted ?? (_socket is null || (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0));

    /// <summary>How many octets the receiver's system is ready to take now, though nobody reads them there; 0 if that is not known.</summary>
    public long ReceiverWindow
    {
        get
        {
            if (_socket is null || !OperatingSystem.IsLinux())
            {
                return 0;
            }

            Span<byte> information = stackalloc byte[WindowOffset + sizeof(uint)];
            try
            {
                return _socket.GetRawSocketOption(TcpLevel, Information, information) < information.Length
                    ? 0
                    : BitConverter.ToUInt32(information[WindowOffset..]);
            }
            catch (SocketException)
            {
                return 0;
            }
        }
    }

    /// <summary>Opens the connection, unless it is open.</summary>
    public SendOutcome Open()
    {
        if (Stream is not null)
        {
            return SendOutcome.Done;
        }

        try
        {
            _socket = Connect(_host, _port);
            Stream = new NetworkStream(_socket, ownsSocket: true);
            if (_tls is not null)
            {
                var secured = new SslStream(Stream);
                Stream = secured;
                secured.AuthenticateAsClient(_tls.Options);
                if (IsOneWay)
                {
                    WaitForVerdict(secured);
                }
            }

            return SendOutcome.Done;
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            var outcome = OutcomeOf(exception);
            Close();
            return outcome;
        }
    }

    /// <summary>
    /// On Linux, makes the system acknowledge at once what comes next. A receiver with many small answers holds back each until the one
    /// before is acknowledged (RFC 896), which the system would delay by 40 ms.
    /// </summary>
    public void AcknowledgeAtOnce()
    {
        if (OperatingSystem.IsLinux())
        {
            _socket?.SetRawSocketOption(TcpLevel, QuickAcknowledgement, [1, 0, 0, 0]);
        }
    }

    /// <summary>Closes the connection; the next one starts fresh.</summary>
    public void Close()
    {
        try
        {
            Stream?.Dispose();
        }
        catch (IOException)
        {
            // It was broken already.
        }

        _socket?.Dispose();
        Stream = null;
        _socket = null;
        _end = null;
    }

    /// <summary>
    /// Waits until a receiver with TLS 1.3 has looked at the sensor's certificate, which it does after the handshake: what is written before would be
    /// lost if it refuses. A receiver that takes it sends session tickets, unless it is set not to; one that does not sends an alert, which is shorter.
    /// </summary>
    /// <exception cref="IOException">It refused.</exception>
    private void WaitForVerdict(SslStream secured)
    {
        Span<byte> header = stackalloc byte[5]; // RFC 8446 §5.1: type, version, length
        var hasTicket = secured.SslProtocol != SslProtocols.Tls13
            || !_socket!.Poll(VerdictPatience, SelectMode.SelectRead)
            || (_socket.Receive(header, SocketFlags.Peek) == header.Length && BinaryPrimitives.ReadUInt16BigEndian(header[3..]) > LongestAlert);
        _end = ReadToEndAsync(secured);
        if (!hasTicket && ((IAsyncResult)_end).AsyncWaitHandle.WaitOne(WritePatience))
        {
            throw _end.Exception?.InnerException ?? new IOException("it closed the connection");
        }
    }

    /// <summary>Takes session tickets off the socket, and ends when the receiver ends the connection.</summary>
    private static async Task ReadToEndAsync(SslStream secured)
    {
        var unread = new byte[256];
        while (await secured.ReadAsync(unread).ConfigureAwait(false) > 0)
        {
        }
    }

    /// <summary>What an exception of the connection means.</summary>
    public SendOutcome OutcomeOf(Exception exception) => exception switch
    {
        _ when _tls?.OutcomeOf(exception) is { } outcome => outcome,
        OperationCanceledException => new(SendFailure.ReceiverBusy, "it does not answer"),
        SocketException socket => SendFailures.Of(socket.SocketErrorCode),
        _ when exception.InnerException is SocketException inner => SendFailures.Of(inner.SocketErrorCode),
        _ => new(SendFailure.ReceiverAbsent, "it closed the connection"),
    };

    /// <summary>
    /// Ends the connection in order, so that the receiver reads all that was sent: closing a socket with unread data (a TLS 1.3 server
    /// sends session tickets that no sender of logs reads) resets the connection, and the receiver loses what it has not read yet.
    /// </summary>
    public void Dispose()
    {
        if (_socket is { } socket && !IsBroken)
        {
            try
            {
                (Stream as SslStream)?.ShutdownAsync().GetAwaiter().GetResult();
                socket.Shutdown(SocketShutdown.Send);
                if (_end is { } end)
                {
                    ((IAsyncResult)end).AsyncWaitHandle.WaitOne(ClosePatience);
                }
                else
                {
                    ReadToEnd(socket);
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
            {
                // The receiver closed it first.
            }
        }

        Close();
    }

    private static void ReadToEnd(Socket socket)
    {
        Span<byte> unread = stackalloc byte[4096];
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) is var waited && waited < ClosePatience
            && socket.Poll(ClosePatience - waited, SelectMode.SelectRead) && socket.Receive(unread) > 0)
        {
        }
    }

    /// <summary>Connects to the first address of a host that takes it.</summary>
    public static Socket Connect(string host, int port)
    {
        using var end = new CancellationTokenSource(ConnectPatience);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : Dns.GetHostAddresses(host);
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = SendBuffer };
            try
            {
                socket.ConnectAsync(new IPEndPoint(address, port), end.Token).AsTask().GetAwaiter().GetResult();
                socket.SendTimeout = (int)WritePatience.TotalMilliseconds;
                socket.ReceiveTimeout = (int)WritePatience.TotalMilliseconds;
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                return socket;
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                last = exception;
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
