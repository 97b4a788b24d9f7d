namespace WireDns.Wire.Net.Tunnels;

/// <summary>A tunnel's header: which tunnel it is, and what it carries.</summary>
internal readonly ref struct TunnelHeader
{
    public TunnelHeader(Tunnel tunnel, Carried carried)
    {
        Tunnel = tunnel;
        Carried = carried;
    }

    public TunnelHeader(TunnelKind kind, uint id, Layer next, ReadOnlySpan<byte> payload, int type = 0)
        : this(new Tunnel(kind, id), new Carried(next, payload, type))
    {
    }

    public Tunnel Tunnel { get; }

    public Carried Carried { get; }
}

/// <summary>The result of reading a tunnel's header.</summary>
internal enum TunnelReading : byte
{
    /// <summary>There is none: other traffic on the tunnel's port.</summary>
    NotATunnel,

    /// <summary>It was read.</summary>
    Found,

    /// <summary>It is one, and runs past the packet or contradicts itself.</summary>
    Faulty,
}
