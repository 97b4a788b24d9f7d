namespace WireDns.Wire.Net;

/// <summary>What a port number means to the decoder.</summary>
[Flags]
internal enum PortRoles : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Payloads are selected.</summary>
    Selected = 1,

    /// <summary>UDP payloads may be tunnels.</summary>
    Tunnel = 2,

    /// <summary>Encrypted DNS.</summary>
    EncryptedDns = 4,

    /// <summary>Encrypted DNS where the server is a known resolver.</summary>
    Https = 8,
}
