namespace WireDns.TestTraffic;

/// <summary>Whole Ethernet frames between two addresses.</summary>
internal static class Frames
{
    /// <summary>UDP over IPv4.</summary>
    public static byte[] Udp(string source, ushort sourcePort, string destination, ushort destinationPort, ReadOnlySpan<byte> payload) =>
        Ipv4(source, destination, 17, 0, Layers.Udp(payload.ToArray(), sourcePort, destinationPort));

    /// <summary>TCP over IPv4.</summary>
    public static byte[] Tcp(
        string source, ushort sourcePort, string destination, ushort destinationPort, uint sequence, byte flags, ReadOnlySpan<byte> payload)
    {
        var segment = Layers.Tcp(sequence, payload.ToArray(), source: sourcePort, destination: destinationPort);
        segment[13] = flags;
        return Ipv4(source, destination, 6, 0, segment);
    }

    /// <summary>IPv4. <paramref name="fragment"/> is the fragment's offset in units of 8 bytes, with the flags above it (RFC 791 §3.1).</summary>
    public static byte[] Ipv4(string source, string destination, byte protocol, ushort fragment, ReadOnlySpan<byte> payload) => Layers.Ethernet(
        Layers.Ipv4(payload.ToArray(), protocol, source, destination, offset: (fragment & 0x1fff) * 8, more: (fragment & 0x2000) != 0));
}
