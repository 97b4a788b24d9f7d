using System.Runtime.CompilerServices;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>The state of a TCP connection: two streams, each on its own.</summary>
internal struct TcpConnection
{
    /// <summary>From the key's first end, and from its second.</summary>
    public Directions Streams;

    /// <summary>The tunnels around its packets; null where there are none, or more kinds than are remembered.</summary>
    public Tunnel[]? Tunnels;

    [InlineArray(2)]
    internal struct Directions
    {
        private TcpStream _first;
    }
}
