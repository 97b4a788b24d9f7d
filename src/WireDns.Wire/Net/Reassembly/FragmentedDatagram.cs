using System.Runtime.CompilerServices;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>The state of one datagram in fragments.</summary>
internal struct FragmentedDatagram
{
    /// <summary>Blocks for 65,535 bytes.</summary>
    public const int MaximumBlocks = 32;

    public FragmentedDatagramState State;

    /// <summary>Whether the last fragment came, so that <see cref="Length"/> is known.</summary>
    public bool HasLast;

    /// <summary>Whether fragments overlapped with different bytes.</summary>
    public bool HasOverlap;

    /// <summary>The protocol that the first fragment names.</summary>
    public byte Protocol;

    /// <summary>Whether the first fragment came.</summary>
    public bool HasFirst;

    /// <summary>Length of the whole datagram's payload, in bytes.</summary>
    public int Length;

    /// <summary>The furthest end of any fragment so far, in bytes.</summary>
    public int End;

    /// <summary>How many units of 8 bytes have arrived.</summary>
    public int Units;

    /// <summary>How many packets are held for it.</summary>
    public int Packets;

    /// <summary>The place of the fragment that completed it, of which a copy may follow.</summary>
    public int CompletingOffset;

    /// <summary>The <see cref="PayloadHash"/> of the fragment that completed it.</summary>
    public ulong CompletingHash;

    /// <summary>One more than each block's number; 0 where no byte of the block has arrived.</summary>
    public BlockList Blocks;

    [InlineArray(MaximumBlocks)]
    internal struct BlockList
    {
        private int _first;
    }
}

/// <summary>What happens to further fragments of a datagram.</summary>
internal enum FragmentedDatagramState : byte
{
    /// <summary>They are collected.</summary>
    Open,

    /// <summary>They are skipped: the ports are of no interest.</summary>
    Dismissed,

    /// <summary>They are refused: IPv6 fragments overlapped.</summary>
    Refused,

    /// <summary>They are given up: the first one was cut, and has been read as far as it goes.</summary>
    Cut,

    /// <summary>The datagram is complete; they belong to another one, unless they are copies.</summary>
    Completed,
}
