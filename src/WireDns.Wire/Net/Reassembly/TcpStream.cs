namespace WireDns.Wire.Net.Reassembly;

/// <summary>The state of one direction of a TCP connection. Places are sequence numbers, which wrap, so they are compared by distance.</summary>
internal struct TcpStream
{
    /// <summary>Whether <see cref="Next"/> means anything: a packet of this direction was seen.</summary>
    public bool IsPlaced;

    /// <summary>Whether a message starts at <see cref="Next"/>.</summary>
    public bool IsSynchronised;

    /// <summary>Whether that was judged on fewer bytes than a judgement needs.</summary>
    public bool IsTentative;

    /// <summary>Whether <see cref="Initial"/> is known: a SYN was seen.</summary>
    public bool HasInitial;

    /// <summary>Whether <see cref="End"/> is known: a FIN was seen.</summary>
    public bool HasEnd;

    /// <summary>Whether the other side acknowledged something.</summary>
    public bool HasAcknowledged;

    /// <summary>Whether a message is expected to start at <see cref="Expected"/>, while not synchronised.</summary>
    public bool HasExpected;

    /// <summary>Whether bytes between <see cref="OverlapFrom"/> and <see cref="OverlapTo"/> came in two versions.</summary>
    public bool HasOverlap;

    /// <summary>Consecutive segments that were far away and followed each other.</summary>
    public byte FarSegments;

    /// <summary>One more than the number of its buffer; 0 where nothing is held.</summary>
    public int Buffer;

    /// <summary>Number of the SYN.</summary>
    public uint Initial;

    /// <summary>The first octet that was not delivered or given up.</summary>
    public uint Next;

    /// <summary>The first octet that has not arrived.</summary>
    public uint Contiguous;

    /// <summary>The end of the furthest octet that has arrived.</summary>
    public uint Highest;

    /// <summary>Number of the FIN: the end of the data.</summary>
    public uint End;

    /// <summary>The highest acknowledgement of the other side.</summary>
    public uint Acknowledged;

    /// <summary>Where the framing before a gap says that a message starts.</summary>
    public uint Expected;

    /// <summary>End of the last segment that was far away.</summary>
    public uint FarNext;

    public uint OverlapFrom;

    public uint OverlapTo;

    /// <summary>Where the last segment that was delivered at once started.</summary>
    public uint LastSequence;

    /// <summary>The length of that segment, in bytes.</summary>
    public int LastLength;

    /// <summary>The <see cref="PayloadHash"/> of that segment.</summary>
    public ulong LastHash;

    /// <summary>Whether bytes are missing before others that have arrived.</summary>
    public readonly bool HasGap => Contiguous != Highest;

    /// <summary>Starts at a place from which nothing was received.</summary>
    public void PlaceAt(uint sequence)
    {
        IsPlaced = true;
        Next = sequence;
        Contiguous = sequence;
        Highest = sequence;
    }

    /// <summary>How far one place is after another; negative where it is before.</summary>
    public static int Distance(uint from, uint to) => (int)(to - from);
}
