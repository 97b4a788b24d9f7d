using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// A hash table of bounded size whose entries are also in the order of their last use. Keys are hashed with a random seed, so that no
/// sender can choose keys that collide; every operation takes constant time. Entries are addressed by index until they are removed.
/// </summary>
/// <remarks>Memory grows to the capacity by doubling and is kept. Growing moves the entries: take no reference across an addition.</remarks>
internal sealed class FlowTable<TValue>
    where TValue : struct
{
    private const int InitialCapacity = 256;

    private readonly ulong _seed0;
    private readonly ulong _seed1;
    private readonly ulong _seed2;
    private Slot[] _slots = [];

    // One more than an index; 0 ends a chain, so that cleared memory is an empty table.
    private int[] _buckets = new int[1];
    private int _firstFree;
    private int _used;

    public FlowTable(int capacity)
    {
        Capacity = capacity;
        (_seed0, _seed1, _seed2) = (SecretSeed.Next() | 1, SecretSeed.Next() | 1, SecretSeed.Next() | 1);
        Oldest = -1;
        Newest = -1;
    }

    /// <summary>How many entries there may be.</summary>
    public int Capacity { get; }

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    /// <summary>Index of the least recently used entry, or -1.</summary>
    public int Oldest { get; private set; }

    /// <summary>Index of the most recently used entry, or -1.</summary>
    public int Newest { get; private set; }

    /// <summary>The value of an entry.</summary>
    public ref TValue this[int index] => ref _slots[index].Value;

    public ref readonly FlowKey KeyOf(int index) => ref _slots[index].Key;

    /// <summary>When the entry was added or last touched.</summary>
    public long TimeOf(int index) => _slots[index].Time;

    /// <summary>The entry used next after this one, or -1.</summary>
    public int NewerThan(int index) => _slots[index].Newer;

    /// <summary>The index of the key's entry, or -1.</summary>
    public int Find(in FlowKey key)
    {
        var hash = Hash(in key);
        for (var i = _buckets[hash & (uint)(_buckets.Length - 1)] - 1; i >= 0; i = _slots[i].NextInBucket)
        {
            if (_slots[i].Hash == hash && _slots[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Adds an entry with a default value as the newest. The key must not be there, and the table must not be full.</summary>
    public int Add(in FlowKey key, long time)
    {
        var index = _firstFree - 1;
        if (index >= 0)
        {
            _firstFree = _slots[index].NextInBucket + 1;
        }
        else
        {
            if (_used == _slots.Length)
            {
                Grow();
            }

            index = _used++;
        }

        ref var slot = ref _slots[index];
        slot.Key = key;
        slot.Hash = Hash(in key);
        slot.Value = default;
        slot.Time = time;
        Enchain(index);
        LinkAsNewest(index);
        Count++;
        return index;
    }

    /// <summary>Makes the entry the most recently used one.</summary>
    public void Touch(int index, long time)
    {
        _slots[index].Time = time;
        if (index != Newest)
        {
            Unlink(index);
            LinkAsNewest(index);
        }
    }

    public void Remove(int index)
    {
        ref var slot = ref _slots[index];
        ref var link = ref _buckets[slot.Hash & (uint)(_buckets.Length - 1)];
        while (link - 1 != index)
        {
            link = ref _slots[link - 1].NextLink;
        }

        link = slot.NextLink;
        Unlink(index);
        slot.NextLink = _firstFree;
        _firstFree = index + 1;
        Count--;
    }

    private void Enchain(int index)
    {
        ref var slot = ref _slots[index];
        ref var bucket = ref _buckets[slot.Hash & (uint)(_buckets.Length - 1)];
        slot.NextLink = bucket;
        bucket = index + 1;
    }

    private void LinkAsNewest(int index)
    {
        ref var slot = ref _slots[index];
        slot.Newer = -1;
        slot.Older = Newest;
        if (Newest >= 0)
        {
            _slots[Newest].Newer = index;
        }
        else
        {
            Oldest = index;
        }

        Newest = index;
    }

    private void Unlink(int index)
    {
        ref var slot = ref _slots[index];
        if (slot.Newer >= 0)
        {
            _slots[slot.Newer].Older = slot.Older;
        }
        else
        {
            Newest = slot.Older;
        }

        if (slot.Older >= 0)
        {
            _slots[slot.Older].Newer = slot.Newer;
        }
        else
        {
            Oldest = slot.Newer;
        }
    }

    private void Grow()
    {
        var length = _slots.Length == 0 ? Math.Min(InitialCapacity, Capacity) : Math.Min(_slots.Length * 2, Capacity);
        Array.Resize(ref _slots, length);
        _buckets = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length)];
        for (var i = 0; i < _used; i++)
        {
            Enchain(i);
        }
    }

    // Multiply and fold: with secret odd factors, equal hashes for chosen keys cannot be found from outside.
    private uint Hash(in FlowKey key)
    {
        var first = Fold(key.First.Low ^ _seed0, (key.First.High ^ _seed1) | 1);
        var second = Fold(key.Second.Low ^ _seed1, (key.Second.High ^ _seed2) | 1);
        var rest = Fold(key.Selector ^ _seed2, key.Tunnels ^ _seed0 | 1);
        return (uint)Fold(first ^ _seed2, second + rest + _seed1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }

    private struct Slot
    {
        public FlowKey Key;
        public uint Hash;
        public int NextLink;
        public int Newer;
        public int Older;
        public long Time;
        public TValue Value;

        public readonly int NextInBucket => NextLink - 1;
    }
}
