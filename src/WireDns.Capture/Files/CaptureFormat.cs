namespace WireDns.Capture;

/// <summary>The file formats that are read.</summary>
public enum CaptureFormat
{
    /// <summary>
    /// The classic format of libpcap (draft-ietf-opsawg-pcap) with its variants, in either byte order.
    /// </summary>
    Pcap,

    /// <summary>pcapng (draft-ietf-opsawg-pcapng): blocks, sections and several interfaces.</summary>
    Pcapng,

    /// <summary>The format of Solaris's snoop (RFC 1761).</summary>
    Snoop,
}
