namespace WireDns.Wire.Net.Reassembly;

/// <summary>What is done with further fragments of a datagram.</summary>
internal enum FragmentedDatagramState : byte
{
    /// <summary>They are collected.</summary>
    Open,

    /// <summary>They are passed over: the ports are of no interest.</summary>
    Dismissed,

    /// <summary>They are refused: IPv6 fragments overlapped.</summary>
    Refused,

    /// <summary>The datagram is complete; they belong to another one, unless they are copies.</summary>
    Completed,
}
