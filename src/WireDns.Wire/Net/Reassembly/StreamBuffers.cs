using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// Buffers for TCP streams: each a window over the sequence space of one stream, in blocks of 2 KiB that exist where bytes have arrived.
/// Every byte has a bit for "arrived" and one for "a packet's first new byte", so that the cost of a segment depends on its own length
/// alone, the octet that arrived first stays, and packets can be counted and found again by where they start. Bytes that arrive beyond a
/// gap can be stamped with their packet: a few stamps fit in the block itself, and where there are more they move to a block of their own.
/// </summary>
/// <remarks>
/// The block of a byte follows from its sequence number alone. The caller keeps a window within <see cref="MaximumSpan"/> bytes, so that no
/// two of its bytes claim one place.
/// </remarks>
internal sealed class StreamBuffers
{
    /// <summary>The longest window of a buffer, in bytes.</summary>
    public const int MaximumSpan = (BlocksPerBuffer - 1) * DataLength;

    private const int DataLength = 2048;
    private const int BlocksPerBuffer = 128;
    private const int MapLength = DataLength / 8;
    private const int StampsInBlock = 4;

    // After the bytes and their two maps: how many stamps there are, one more than the number of the block that has them (0 if this one
    // has them itself), and room for a few.
    private const int CountOffset = DataLength + (2 * MapLength);
    private const int PageOffset = CountOffset + sizeof(int);
    private const int StampsOffset = PageOffset + sizeof(int);
    private static readonly int BlockLength = StampsOffset + (StampsInBlock * StampList.StampLength);
    private const int Arrived = 0;
    private const int Starts = 1;

    private readonly BlockPool _blocks;
    private readonly UseOrder _order = new();

    // One more than each block's number, for each buffer in turn; 0 where there is none.
    private int[] _places = [];
    private Owner[] _owners = [];
    private int _used;
    private int _firstFree;

    public StreamBuffers(int maximumBytes) => _blocks = new BlockPool(BlockLength, maximumBytes);

    /// <summary>The least recently touched buffer, or -1.</summary>
    public int Oldest => _order.Oldest;

    /// <summary>Whether the bytes of one more segment are sure to fit, with their stamps.</summary>
    public bool HasRoomFor(int lengthInBytes) => _blocks.Available >= 2 * ((lengthInBytes / DataLength) + 2);

    /// <summary>Takes an empty buffer for a direction of a connection.</summary>
    public int Rent(int connection, int direction)
    {
        var buffer = _firstFree - 1;
        if (buffer >= 0)
        {
            _firstFree = _owners[buffer].NextFree;
        }
        else
        {
            buffer = _used++;
            if (buffer == _owners.Length)
            {
                var length = Math.Max(64, _owners.Length * 2);
                Array.Resize(ref _owners, length);
                Array.Resize(ref _places, length * BlocksPerBuffer);
                _order.Grow(length);
            }
        }

        _owners[buffer] = new Owner { Connection = connection, Direction = direction };
        _order.Add(buffer);
        return buffer;
    }

    /// <summary>Gives a buffer and its blocks back.</summary>
    public void Release(int buffer)
    {
        foreach (ref var place in _places.AsSpan(buffer * BlocksPerBuffer, BlocksPerBuffer))
        {
            ReturnBlock(ref place);
        }

        _order.Remove(buffer);
        _owners[buffer].NextFree = _firstFree;
        _firstFree = buffer + 1;
    }

    /// <summary>Whose buffer it is.</summary>
    public (int Connection, int Direction) OwnerOf(int buffer) => (_owners[buffer].Connection, _owners[buffer].Direction);

    public void Touch(int buffer) => _order.Touch(buffer);

    /// <summary>Stores those bytes that have not arrived yet.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="sequence">Where the first byte belongs.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="packets">How many packets they came in: as many new bytes are marked as a packet's start.</param>
    /// <param name="stamp">The packet, if <see cref="StampAt"/> is to find it.</param>
    /// <param name="conflict">The bytes, from and to, that had arrived as other bytes; from equals to where there are none.</param>
    /// <returns>How many bytes were new, and how many packets were marked: fewer than came where fewer bytes were new.</returns>
    public (int NewBytes, int MarkedPackets) Store(
        int buffer, uint sequence, ReadOnlySpan<byte> data, int packets, PacketStamp? stamp, out (uint From, uint To) conflict)
    {
        conflict = default;
        var added = 0;
        var marked = 0;
        while (!data.IsEmpty)
        {
            var start = (int)(sequence % DataLength);
            var end = Math.Min(DataLength, start + data.Length);
            var block = BlockOf(buffer, sequence);
            var arrived = MapOf(block, Arrived);
            for (var place = start; place < end;)
            {
                var missing = arrived.NextUnmarked(place, end);
                if (!data[(place - start)..(missing - start)].SequenceEqual(block[place..missing]))
                {
                    var from = sequence + (uint)(place - start);
                    conflict = (conflict.From == conflict.To ? from : conflict.From, sequence + (uint)(missing - start));
                }

                place = arrived.NextMarked(missing, end);
                data[(missing - start)..(place - start)].CopyTo(block[missing..]);
                arrived.Mark(missing, place);
                var starts = Math.Min(packets - marked, place - missing);
                MapOf(block, Starts).Mark(missing, missing + starts);
                marked += starts;
                added += place - missing;
                if (stamp is { } packet && place != missing)
                {
                    StampsToAddTo(block).Add(missing, in packet);
                }
            }

            data = data[(end - start)..];
            sequence += (uint)(end - start);
        }

        return (added, marked);
    }

    /// <summary>The first byte in the range that has arrived, or <paramref name="to"/>.</summary>
    public uint NextArrived(int buffer, uint from, uint to) => Next(buffer, from, to, Arrived, isMarked: true);

    /// <summary>The first byte in the range that is missing, or <paramref name="to"/>.</summary>
    public uint NextMissing(int buffer, uint from, uint to) => Next(buffer, from, to, Arrived, isMarked: false);

    /// <summary>The first byte in the range that a packet starts with, or <paramref name="to"/>.</summary>
    public uint NextStart(int buffer, uint from, uint to) => Next(buffer, from, to, Starts, isMarked: true);

    /// <summary>
    /// The packet that brought a byte that was stored with a stamp. Where a block has more than a hundred packets, each shorter than any
    /// message, it may be that of a byte shortly after.
    /// </summary>
    public PacketStamp StampAt(int buffer, uint sequence)
    {
        var (number, start, _) = Part(buffer, sequence, sequence + 1);
        return StampsOf(_blocks[number]).At(start);
    }

    /// <summary>How many packets start in the range.</summary>
    public int CountStarts(int buffer, uint from, uint to)
    {
        var count = 0;
        while (from != to)
        {
            var (number, start, end) = Part(buffer, from, to);
            count += number < 0 ? 0 : MapOf(_blocks[number], Starts).Count(start, end);
            from += (uint)(end - start);
        }

        return count;
    }

    /// <summary>
    /// Marks a place as a packet's start, where the packet that brought it starts before it and after <paramref name="from"/>. The mark
    /// before it stays: the caller releases what is there.
    /// </summary>
    public bool TryBeginPacketAt(int buffer, uint from, uint place)
    {
        if (NextStart(buffer, place, place + 1) == place)
        {
            return false;
        }

        var last = place;
        for (var start = NextStart(buffer, from, place); start != place; start = NextStart(buffer, start + 1, place))
        {
            last = start;
        }

        if (last == place || NextMissing(buffer, last, place) != place)
        {
            return false;
        }

        var (number, first, _) = Part(buffer, place, place + 1);
        MapOf(_blocks[number], Starts).Mark(first, first + 1);
        return true;
    }

    /// <summary>How many bytes in the range are missing.</summary>
    public int CountMissing(int buffer, uint from, uint to)
    {
        var count = (int)(to - from);
        while (from != to)
        {
            var (number, start, end) = Part(buffer, from, to);
            count -= number < 0 ? 0 : MapOf(_blocks[number], Arrived).Count(start, end);
            from += (uint)(end - start);
        }

        return count;
    }

    /// <summary>Copies bytes that have arrived.</summary>
    public void CopyTo(int buffer, uint sequence, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var (number, start, end) = Part(buffer, sequence, sequence + (uint)destination.Length);
            _blocks[number][start..end].CopyTo(destination);
            destination = destination[(end - start)..];
            sequence += (uint)(end - start);
        }
    }

    /// <summary>Two bytes that have arrived, as a number in network order.</summary>
    public ushort ReadUInt16(int buffer, uint sequence)
    {
        Span<byte> bytes = stackalloc byte[2];
        CopyTo(buffer, sequence, bytes);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    /// <summary>Gives back the blocks that are wholly in the range, which starts at the window's first byte.</summary>
    public void Free(int buffer, uint from, uint to)
    {
        for (var block = from / DataLength; block != to / DataLength; block = (block + 1) % (1u << 21))
        {
            ReturnBlock(ref _places[PlaceOf(buffer, block * DataLength)]);
        }
    }

    private uint Next(int buffer, uint from, uint to, int map, bool isMarked)
    {
        while (from != to)
        {
            var (number, start, end) = Part(buffer, from, to);
            if (number >= 0)
            {
                var view = MapOf(_blocks[number], map);
                var found = isMarked ? view.NextMarked(start, end) : view.NextUnmarked(start, end);
                if (found != end)
                {
                    return from + (uint)(found - start);
                }
            }
            else if (!isMarked)
            {
                return from;
            }

            from += (uint)(end - start);
        }

        return to;
    }

    // The block of the first byte of a range, or -1, and which of its bytes belong to the range.
    private (int Number, int Start, int End) Part(int buffer, uint from, uint to)
    {
        var start = (int)(from % DataLength);
        var end = (int)Math.Min(DataLength, start + (to - from));
        return (_places[PlaceOf(buffer, from)] - 1, start, end);
    }

    private static int PlaceOf(int buffer, uint sequence) => (buffer * BlocksPerBuffer) + (int)(sequence / DataLength % BlocksPerBuffer);

    private Span<byte> BlockOf(int buffer, uint sequence)
    {
        ref var place = ref _places[PlaceOf(buffer, sequence)];
        if (place == 0)
        {
            place = _blocks.Rent() + 1;
            _blocks[place - 1][DataLength..StampsOffset].Clear();
        }

        return _blocks[place - 1];
    }

    private void ReturnBlock(ref int place)
    {
        if (place != 0)
        {
            if (Number(_blocks[place - 1], PageOffset) is var page and not 0)
            {
                _blocks.Return(page - 1);
            }

            _blocks.Return(place - 1);
            place = 0;
        }
    }

    private StampList StampsToAddTo(Span<byte> block)
    {
        var stamps = StampsOf(block);
        ref var page = ref Number(block, PageOffset);
        if (page != 0 || !stamps.IsFull)
        {
            return stamps;
        }

        var number = _blocks.Rent();
        MemoryMarshal.AsBytes(stamps.Runs).CopyTo(_blocks[number]);
        page = number + 1;
        return StampsOf(block);
    }

    private StampList StampsOf(Span<byte> block)
    {
        var page = Number(block, PageOffset);
        var runs = page == 0 ? block[StampsOffset..] : _blocks[page - 1];
        return new StampList(MemoryMarshal.Cast<byte, StampList.Run>(runs), ref Number(block, CountOffset));
    }

    private static ref int Number(Span<byte> block, int offset) => ref MemoryMarshal.AsRef<int>(block[offset..]);

    private static ArrivalMap MapOf(Span<byte> block, int map) =>
        new(MemoryMarshal.Cast<byte, ulong>(block.Slice(DataLength + (map * MapLength), MapLength)));

    private struct Owner
    {
        public int Connection;
        public int Direction;

        /// <summary>One more than the next free buffer; 0 ends the list.</summary>
        public int NextFree;
    }
}
