namespace WireDns.Wire.Net;

/// <summary>An encapsulation around the payload's IP header, and its identifier (VNI, tunnel id, key, session) where it has one, else 0.</summary>
public readonly record struct Tunnel(TunnelKind Kind, uint Id)
{
    // RFC 7637 §3.2 keeps smaller numbers free: they are keys of plain GRE.
    private const uint LeastNvGreNetwork = 0x1000;

    /// <summary>
    /// The id where it names a tenant's network, whose addresses may be the same as another's (VXLAN, GENEVE, NVGRE); else 0. All other ids
    /// (TEIDs, sessions, calls, labels, keys) are chosen by the receiver and differ between the directions of one flow.
    /// </summary>
    public uint NetworkId => Kind switch
    {
        TunnelKind.Vxlan or TunnelKind.VxlanGpe or TunnelKind.Geneve => Id,
        TunnelKind.NvGre when Id >= LeastNvGreNetwork => Id,
        _ => 0,
    };
}
