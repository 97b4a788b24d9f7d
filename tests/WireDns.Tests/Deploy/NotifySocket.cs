using System.Net.Sockets;
using System.Text;
using WireDns.Tests.Running;

namespace WireDns.Tests.Deploy;

/// <summary>The socket of a service manager: plays systemd for a sensor that is started with its address (sd_notify(3)).</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocket()
    {
        _socket.Bind(new UnixDomainSocketEndPoint(Path));
    }

    /// <summary>Its address.</summary>
    public string Path => _folder["notify"];

    /// <summary>The environment of what it starts.</summary>
    public (string Name, string Value) Variable => ("NOTIFY_SOCKET", Path);

    /// <summary>Waits for the next message, and returns its lines; null if none came in time.</summary>
    public string[]? Next(TimeSpan patience)
    {
        var buffer = new byte[4096];
        return _socket.Poll(patience, SelectMode.SelectRead) ? Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer)).Split('\n') : null;
    }

    /// <summary>Waits for a message with a line that begins so, and returns that line.</summary>
    public string WaitFor(string start)
    {
        while (Next(RunningProgram.Patience) is { } lines)
        {
            if (Array.Find(lines, line => line.StartsWith(start, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }
        }

        Assert.Fail($"no message {start}");
        return "";
    }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }
}
