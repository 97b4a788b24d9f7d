namespace WireDns.Wire.Net;

/// <summary>Who sends to whom: addresses of the innermost IP header, and ports. Fields, not properties: it is large and read in place.</summary>
internal struct Flow
{
    public NetAddress Source;
    public NetAddress Destination;
    public ushort SourcePort;
    public ushort DestinationPort;

    /// <summary>
    /// A connection's key, the same for both directions. <paramref name="direction"/> is 0 where the source is the key's first end, else 1.
    /// </summary>
    public readonly FlowKey ToConnectionKey(ulong tunnels, out int direction)
    {
        direction = IsOrdered() ? 0 : 1;
        return direction == 0
            ? new FlowKey(Source, Destination, ((ulong)SourcePort << 16) | DestinationPort, tunnels)
            : new FlowKey(Destination, Source, ((ulong)DestinationPort << 16) | SourcePort, tunnels);
    }

    /// <summary>The flow of one direction of a connection.</summary>
    public static Flow FromConnectionKey(in FlowKey key, int direction)
    {
        var firstPort = (ushort)(key.Selector >> 16);
        var secondPort = (ushort)key.Selector;
        return direction == 0
            ? new Flow { Source = key.First, Destination = key.Second, SourcePort = firstPort, DestinationPort = secondPort }
            : new Flow { Source = key.Second, Destination = key.First, SourcePort = secondPort, DestinationPort = firstPort };
    }

    private readonly bool IsOrdered()
    {
        if (Source.High != Destination.High)
        {
            return Source.High < Destination.High;
        }

        return Source.Low != Destination.Low ? Source.Low < Destination.Low : SourcePort <= DestinationPort;
    }
}

/// <summary>What distinguishes one TCP connection, or one fragmented datagram, from every other.</summary>
/// <param name="First">One end.</param>
/// <param name="Second">The other end.</param>
/// <param name="Selector">The two ports; or the identification and protocol of a fragment.</param>
/// <param name="Tunnels">A seeded hash of the tunnels around the packet: the same addresses in two tenants' networks are two flows.</param>
internal readonly record struct FlowKey(NetAddress First, NetAddress Second, ulong Selector, ulong Tunnels);
