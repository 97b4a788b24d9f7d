using System.Net;
using System.Net.Sockets;

namespace WireDns.Tests.Conformance;

/// <summary>Answers each query on a loopback port with <see cref="Response"/>, under the query's id.</summary>
internal sealed class ReplayServer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public ReplayServer()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _loop = Serve();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>The answer; set before a query is sent.</summary>
    public byte[] Response { get; set; } = [];

    public void Dispose()
    {
        _stop.Cancel();
        _loop.GetAwaiter().GetResult();
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task Serve()
    {
        var query = new byte[4096];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(query, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                var answer = Response.ToArray();
                query.AsSpan(0, 2).CopyTo(answer);
                await _socket.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has ended.
        }
    }
}
