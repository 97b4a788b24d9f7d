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

/// <summary>Which stream: an entry of the connection table and one of its two directions.</summary>
/// <param name="Connection">Index in the table.</param>
/// <param name="Direction">0 from the key's first end, 1 from its second.</param>
/// <param name="IsOfCurrentPacket">Whether the packet at hand belongs to the connection.</param>
internal readonly record struct StreamPlace(int Connection, int Direction, bool IsOfCurrentPacket);
