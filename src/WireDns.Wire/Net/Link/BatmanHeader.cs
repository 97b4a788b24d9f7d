namespace WireDns.Wire.Net.Link;

/// <summary>A header of the B.A.T.M.A.N. mesh, in the versions 14 and 15, where it carries an Ethernet frame.</summary>
internal static class BatmanHeader
{
    private const int UnicastLength = 10;
    private const int BroadcastLength = 14;
    private const int FourAddressesLength = 18;

    /// <summary>Length of the header in bytes; 0 where no frame follows it (routing, fragments, other versions).</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes) => bytes.Length < UnicastLength ? 0 : (bytes[1], bytes[0]) switch
    {
        (15, 0x40) or (14, 0x03) => UnicastLength,
        (15, 0x42) or (14, 0x09) => FourAddressesLength,
        (15, 0x01) or (14, 0x04) => BroadcastLength,
        _ => 0,
    };
}
