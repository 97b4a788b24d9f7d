namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// Blocks of memory of one size, up to a bound. Memory is taken as it is needed, and kept; a rented block still has its old content.
/// </summary>
internal sealed class BlockPool
{
    private const int BlocksPerChunk = 128;

    private readonly int _blockLength;
    private readonly int _maximumBlocks;
    private readonly List<byte[]> _chunks = [];
    private int[] _free = new int[BlocksPerChunk];
    private int _freeCount;

    public BlockPool(int blockLengthInBytes, int maximumBytes)
    {
        _blockLength = blockLengthInBytes;
        _maximumBlocks = maximumBytes / blockLengthInBytes;
    }

    /// <summary>How many blocks can be rented before others are returned.</summary>
    public int Available => _maximumBlocks - (_chunks.Count * BlocksPerChunk) + _freeCount;

    /// <summary>The block's bytes.</summary>
    public Span<byte> this[int block] =>
        _chunks[block / BlocksPerChunk].AsSpan(block % BlocksPerChunk * _blockLength, _blockLength);

    /// <summary>Takes a block. <see cref="Available"/> must not be 0.</summary>
    public int Rent()
    {
        if (_freeCount == 0)
        {
            Grow();
        }

        return _free[--_freeCount];
    }

    public void Return(int block) => _free[_freeCount++] = block;

    private void Grow()
    {
        var first = _chunks.Count * BlocksPerChunk;
        _chunks.Add(GC.AllocateUninitializedArray<byte>(BlocksPerChunk * _blockLength));
        if (_free.Length < first + BlocksPerChunk)
        {
            Array.Resize(ref _free, Math.Max(_free.Length * 2, first + BlocksPerChunk));
        }

        for (var i = BlocksPerChunk - 1; i >= 0; i--)
        {
            _free[_freeCount++] = first + i;
        }
    }
}
