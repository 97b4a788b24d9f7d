namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// A hash table of bounded size that also keeps its entries in the order of their last use. Keys are hashed under a secret seed, so no
/// sender can choose keys that collide. Every operation takes constant time. Entries are addressed by index until they are removed.
/// </summary>
/// <remarks>Memory grows to the capacity by doubling and is kept. Growing moves the entries: keep no reference across an addition.</remarks>
internal sealed class FlowTable<TValue>
    where TValue : struct
{
    private const int InitialCapacity = 256;

    private readonly ulong _seed = SecretSeed.Next();
    private readonly UseOrder _order = new();
    private Slot[] _slots = [];

    // One more than an index; 0 ends a chain, so that cleared memory is an empty table.
    private int[] _buckets = new int[1];
    private int _firstFree;
    private int _used;

    public FlowTable(int capacity) => Capacity = capacity;

    /// <summary>How many entries there may be.</summary>
    public int Capacity { get; }

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    /// <summary>Index of the least recently used entry, or -1.</summary>
    public int Oldest => _order.Oldest;

    /// <summary>The value of an entry.</summary>
    public ref TValue this[int index] => ref _slots[index].Value;

    public ref readonly FlowKey KeyOf(int index) => ref _slots[index].Key;

    /// <summary>When the entry was added or last touched.</summary>
    public long TimeOf(int index) => _slots[index].Time;

    /// <summary>The entry used next after this one, or -1.</summary>
    public int NewerThan(int index) => _order.NewerThan(index);

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
        _order.Add(index);
        Count++;
        return index;
    }

    /// <summary>Makes the entry the most recently used one.</summary>
    public void Touch(int index, long time)
    {
        _slots[index].Time = time;
        _order.Touch(index);
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
        _order.Remove(index);
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

    private void Grow()
    {
        var length = _slots.Length == 0 ? Math.Min(InitialCapacity, Capacity) : Math.Min(_slots.Length * 2, Capacity);
        Array.Resize(ref _slots, length);
        _order.Grow(length);
        _buckets = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length)];
        for (var i = 0; i < _used; i++)
        {
            Enchain(i);
        }
    }

    // Each hash is the secret seed of the next.
    private uint Hash(in FlowKey key) => (uint)key.Second.Hash(key.First.Hash(SecretHash.Of(key.Selector, key.Tunnels, _seed)));

    private struct Slot
    {
        public FlowKey Key;
        public uint Hash;
        public int NextLink;
        public long Time;
        public TValue Value;

        public readonly int NextInBucket => NextLink - 1;
    }
}
