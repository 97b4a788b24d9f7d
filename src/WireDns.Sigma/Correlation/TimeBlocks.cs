namespace WireDns.Sigma.Correlation;

/// <summary>
/// Room for the times of events, shared by the windows of a correlation. A window's times stand in a chain of blocks of 64 octets, so that it grows
/// and shrinks without a copy, and what it gives back another takes. Blocks are allocated 2,048 at a time, and are never moved.
/// </summary>
/// <remarks>A place is a block and a slot in it. Slot 0 of a block has the blocks beside it in the chain.</remarks>
internal sealed class TimeBlocks
{
    /// <summary>No place.</summary>
    public const int None = -1;

    private const int SlotBits = 3;
    private const int FirstSlot = 1;
    private const int LastSlot = (1 << SlotBits) - 1;
    private const int ChunkBits = 11 + SlotBits;
    private const int ChunkLength = 1 << ChunkBits;

    private long[][] _chunks = [];
    private int _used;
    private int _free = None;

    /// <summary>The time at a place.</summary>
    public ref long this[int place] => ref _chunks[place >> ChunkBits][place & (ChunkLength - 1)];

    /// <summary>The place of the first time of a new chain.</summary>
    public int Begin() => Take(None) + FirstSlot;

    /// <summary>The place after the last of a chain.</summary>
    public int Append(int last)
    {
        if (SlotOf(last) < LastSlot)
        {
            return last + 1;
        }

        var added = Take(BlockOf(last));
        SetAfter(BlockOf(last), added);
        return added + FirstSlot;
    }

    /// <summary>Gives back the first place of a chain that has others.</summary>
    /// <returns>The one that is first now.</returns>
    public int RemoveFirst(int first)
    {
        if (SlotOf(first) < LastSlot)
        {
            return first + 1;
        }

        var next = After(first);
        Return(first, first);
        return next;
    }

    /// <summary>Gives back a chain.</summary>
    public void Return(int first, int last)
    {
        SetAfter(BlockOf(last), _free);
        _free = BlockOf(first);
    }

    /// <summary>The place after one that is not the last of its chain.</summary>
    public int After(int place) => SlotOf(place) < LastSlot ? place + 1 : AfterOf(BlockOf(place)) + FirstSlot;

    /// <summary>The place before one that is not the first of its chain.</summary>
    public int Before(int place) => SlotOf(place) > FirstSlot ? place - 1 : BeforeOf(BlockOf(place)) + LastSlot;

    private static int SlotOf(int place) => place & LastSlot;

    private static int BlockOf(int place) => place & ~LastSlot;

    // The neighbours of a block: the one before it in the lower half of its first slot, the one after it in the upper half.
    private int BeforeOf(int block) => (int)this[block];

    private int AfterOf(int block) => (int)(this[block] >> 32);

    private void SetAfter(int block, int after) => this[block] = ((long)after << 32) | (uint)BeforeOf(block);

    private int Take(int before)
    {
        var block = _free;
        if (block != None)
        {
            _free = AfterOf(block);
        }
        else
        {
            if (_used == _chunks.Length * ChunkLength)
            {
                Array.Resize(ref _chunks, _chunks.Length + 1);
                _chunks[^1] = GC.AllocateUninitializedArray<long>(ChunkLength);
            }

            block = _used;
            _used += 1 << SlotBits;
        }

        this[block] = (uint)before;
        return block;
    }
}
