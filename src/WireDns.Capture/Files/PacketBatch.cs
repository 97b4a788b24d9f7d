using System.Runtime.CompilerServices;
using WireDns.Wire;

namespace WireDns.Capture.Files;

/// <summary>
/// Packets that belong together: one buffer, and where the packets are in it. Filled by
/// <see cref="CaptureFileReader.TryReadBatch(PacketBatch)"/>, then valid until it is given to a reader again; or by <see cref="TryAdd"/>, which copies
/// packets, until it is cleared. Not thread-safe while it is being filled. Once filled, any thread may read it, even while the reader fills another batch.
/// </summary>
public sealed class PacketBatch
{
    /// <summary>The buffer size that reads fastest, in bytes: small enough for the second-level cache.</summary>
    public const int DefaultBufferSize = 256 * 1024;

    // Below this a batch holds too few packets to be worth a read, and a file header might not fit.
    private const int MinimumBufferSize = 4096;

    private PacketRecord[] _records;
    private int _copied;

    /// <summary>An empty batch.</summary>
    /// <param name="bufferSize">
    /// Bytes to read at a time; raised to 4096. The buffer grows if one packet needs more.
    /// </param>
    public PacketBatch(int bufferSize = DefaultBufferSize)
    {
        Buffer = GC.AllocateUninitializedArray<byte>(Math.Max(bufferSize, MinimumBufferSize));
        _records = new PacketRecord[Buffer.Length / 512];
    }

    /// <summary>Number of packets.</summary>
    public int Count { get; private set; }

    /// <summary>The length of the buffer that the packets are views of, in bytes; larger than the packets together.</summary>
    public ReadOnlySpan<byte> Bytes => Buffer;

    /// <summary>The packet at <paramref name="index"/>, from 0: a view over this batch's buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such packet.</exception>
    public Packet this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return Get(index);
        }
    }

    /// <summary>
    /// The interfaces that the file had described at the end of this batch, in the order of <see cref="Packet.InterfaceIndex"/>. The list
    /// never changes; it is the same object until the file describes another one.
    /// </summary>
    public IReadOnlyList<CaptureInterface> Interfaces { get; internal set; } = [];

    /// <summary>The interface that a packet of this batch was captured on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has <see cref="Packet.NoInterface"/>.</exception>
    public CaptureInterface InterfaceOf(in Packet packet) => Interfaces[packet.InterfaceIndex];

    /// <summary>Adds a copy of a packet, if there is room for it. A packet always has room in an empty batch. Do not mix with a reader.</summary>
    /// <param name="packet">The packet. Its number is higher than that of the packet before it, by less than 2^31 in the whole batch.</param>
    /// <returns>False if the batch is full.</returns>
    public bool TryAdd(scoped in Packet packet)
    {
        if (packet.Data.Length > Buffer.Length - _copied)
        {
            if (Count > 0)
            {
                return false;
            }

            GrowBuffer(packet.Data.Length);
        }

        NumberBase = Count == 0 ? packet.Number : NumberBase;
        packet.Data.CopyTo(Buffer.AsSpan(_copied));
        Add() = new PacketRecord
        {
            Offset = _copied,
            CapturedLength = packet.Data.Length,
            OriginalLength = packet.OriginalLength,
            InterfaceIndex = packet.InterfaceIndex,
            Time = packet.Time,
            LinkType = packet.LinkType,
            NumberInBatch = (int)(packet.Number - NumberBase),
        };
        _copied += packet.Data.Length;
        return true;
    }

    /// <summary>Removes the packets that were added.</summary>
    public void Clear() => Clear(0);

    /// <summary>Enumerates the packets in order, without an allocation.</summary>
    public Enumerator GetEnumerator() => new(this);

    internal byte[] Buffer { get; private set; }

    /// <summary>What the records' numbers are relative to: the number of the last packet before this batch, or of the first that was added.</summary>
    internal long NumberBase { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Packet Get(int index)
    {
        ref readonly var record = ref _records[index];
        return new Packet
        {
            Data = new ReadOnlySpan<byte>(Buffer, record.Offset, record.CapturedLength),
            OriginalLength = record.OriginalLength,
            LinkType = record.LinkType,
            Time = record.Time,
            Number = NumberBase + record.NumberInBatch,
            InterfaceIndex = record.InterfaceIndex,
        };
    }

    internal void Clear(long numberBase)
    {
        Count = 0;
        _copied = 0;
        NumberBase = numberBase;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref PacketRecord Add()
    {
        if (Count == _records.Length)
        {
            // Bounded by the buffer: the shortest packet, a block that is too short, takes 12 bytes of it and 32 here.
            Array.Resize(ref _records, _records.Length * 2);
        }

        return ref _records[Count++];
    }

    /// <summary>Room for records without growth. Those that are filled, from the first on, must be added (<see cref="AddFilled"/>).</summary>
    internal Span<PacketRecord> FreeRecords => _records.AsSpan(Count);

    /// <summary>Adds the first of the <see cref="FreeRecords"/>.</summary>
    internal void AddFilled(int count) => Count += count;

    internal void GrowBuffer(int size)
    {
        var grown = GC.AllocateUninitializedArray<byte>(size);
        Buffer.CopyTo(grown, 0);
        Buffer = grown;
    }

    /// <summary>Walks a batch. Valid until the batch is filled again.</summary>
    public ref struct Enumerator
    {
        private readonly PacketBatch _batch;
        private int _index;

        internal Enumerator(PacketBatch batch)
        {
            _batch = batch;
            _index = -1;
        }

        /// <summary>The current packet.</summary>
        public readonly Packet Current => _batch.Get(_index);

        /// <summary>Moves to the next packet; false at the end.</summary>
        public bool MoveNext() => ++_index < _batch.Count;
    }
}

/// <summary>
/// Where one packet is in a batch's buffer, and what its header says. 32 bytes, two to a cache line.
/// </summary>
internal struct PacketRecord
{
    public int Offset;
    public int CapturedLength;
    public int OriginalLength;
    public int InterfaceIndex;
    public PacketTime Time;
    public LinkType LinkType;

    /// <summary>Packet number, relative to <see cref="PacketBatch.NumberBase"/>.</summary>
    public int NumberInBatch;
}
