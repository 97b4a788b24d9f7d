namespace WireDns.Wire.Net;

/// <summary>Why a packet that was understood holds no part of a selected payload.</summary>
public enum NotSelectedReason
{
    /// <summary>UDP or TCP between ports that are not selected.</summary>
    OtherPort,

    /// <summary>A protocol other than UDP and TCP (ARP, ICMP, SCTP, a tunnel's control messages, 802.11 beacons…).</summary>
    OtherProtocol,

    /// <summary>TCP on a selected port without payload to read: a handshake, an acknowledgement, a reset.</summary>
    TcpControl,

    /// <summary>TCP payload on a selected port, every byte of which had arrived before.</summary>
    Retransmission,

    /// <summary>TCP payload on a selected port, far from where its stream is (a stray or forged segment).</summary>
    OutsideWindow,

    /// <summary>TCP payload on a selected port after the end (FIN) of its stream.</summary>
    BehindFin,

    /// <summary>An IP fragment, every byte of which had arrived before.</summary>
    DuplicateFragment,

    /// <summary>Encrypted DNS, by its port or its resolver: seen, counted by client, not readable.</summary>
    EncryptedDns,
}
