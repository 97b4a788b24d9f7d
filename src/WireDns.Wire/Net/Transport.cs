namespace WireDns.Wire.Net;

/// <summary>The transport that carried a payload, by its IANA protocol number.</summary>
public enum Transport : byte
{
    /// <summary>Transmission Control Protocol.</summary>
    Tcp = 6,

    /// <summary>User Datagram Protocol.</summary>
    Udp = 17,
}
