using System.Net.Sockets;
using System.Text;

namespace WireDns.Benchmarks.Soak;

/// <summary>A local logger: a socket of datagrams, which may stop reading or go away, and come back.</summary>
internal sealed class SoakReceiver : IDisposable
{
    private readonly string _path;
    private readonly Action<string> _take;
    private readonly ManualResetEventSlim _reads = new(true);
    private readonly Thread _reader;
    private Socket _socket;
    private volatile bool _isEnded;

    public SoakReceiver(string path, Action<string> take)
    {
        _path = path;
        _take = take;
        _socket = Open();
        _reader = new Thread(Read) { IsBackground = true };
        _reader.Start();
    }

    /// <summary>It takes no message, and its socket fills, until <see cref="Resume"/>.</summary>
    public void Halt() => _reads.Reset();

    public void Resume() => _reads.Set();

    /// <summary>It ends, losing what its socket had accepted, and is back after a time.</summary>
    public void Restart(TimeSpan pause)
    {
        _reads.Reset();
        _socket.Dispose();
        Thread.Sleep(pause); // the outage itself
        _socket = Open();
        _reads.Set();
    }

    public void Dispose()
    {
        _isEnded = true;
        _socket.Dispose();
        _reads.Set();
        _reader.Join();
    }

    private Socket Open()
    {
        File.Delete(_path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 100 };
        socket.Bind(new UnixDomainSocketEndPoint(_path));
        return socket;
    }

    private void Read()
    {
        var buffer = new byte[65_536];
        while (!_isEnded)
        {
            _reads.Wait();
            try
            {
                _take(Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer)));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Nothing came for a moment, or the socket is gone.
            }
        }
    }
}
