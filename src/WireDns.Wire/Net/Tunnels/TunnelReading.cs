namespace WireDns.Wire.Net.Tunnels;

/// <summary>What became of reading a tunnel's header.</summary>
internal enum TunnelReading : byte
{
    /// <summary>There is none: other traffic on the tunnel's port.</summary>
    NotATunnel,

    /// <summary>It was read.</summary>
    Found,

    /// <summary>It is one, and runs past the packet or is wrong in itself.</summary>
    Faulty,
}
