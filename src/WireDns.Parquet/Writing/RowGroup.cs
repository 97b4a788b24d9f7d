using System.Buffers.Binary;
using WireDns.Parquet.Columns;

namespace WireDns.Parquet.Writing;

/// <summary>The rows of a group while it fills, as <see cref="LookupRowFormat"/> writes them. Its memory is used again.</summary>
internal sealed class RowGroup
{
    private byte[] _octets = new byte[1 << 16];
    private Entry[] _entries = new Entry[1024];
    private int _length;

    public int Count { get; private set; }

    /// <summary>A row without what a file says once.</summary>
    public ReadOnlySpan<byte> this[int index] => _octets.AsSpan(_entries[index].Start.._entries[index].End);

    public void Add(ReadOnlySpan<byte> row)
    {
        if (_length + row.Length > _octets.Length)
        {
            Array.Resize(ref _octets, Math.Max(_octets.Length * 2, _length + row.Length));
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        row.CopyTo(_octets.AsSpan(_length));
        _entries[Count++] = new Entry(_length, _length + row.Length);
        _length += row.Length;
    }

    /// <summary>The places of the rows by registered domain, name and time; those that are equal in all three stay as they came.</summary>
    public int[] Sorted()
    {
        var keys = new SortKey[Count];
        var places = new int[Count];
        for (var index = 0; index < Count; index++)
        {
            var reader = new RowReader(this[index]);
            var time = reader.ReadNumber() ?? long.MinValue;
            reader.TryReadOctets(out var domain);
            var domainEnd = _entries[index].End - reader.Remaining;
            reader.TryReadOctets(out var name);
            var nameEnd = _entries[index].End - reader.Remaining;
            keys[index] = new SortKey(BeginningOf(domain), domainEnd - domain.Length, domain.Length, nameEnd - name.Length, name.Length, time, index);
            places[index] = index;
        }

        Array.Sort(keys, places, Comparer<SortKey>.Create(Compare));
        return places;
    }

    public void Clear() => (Count, _length) = (0, 0);

    private int Compare(SortKey left, SortKey right)
    {
        if (left.Beginning != right.Beginning)
        {
            return left.Beginning.CompareTo(right.Beginning);
        }

        var order = _octets.AsSpan(left.Domain, left.DomainLength).SequenceCompareTo(_octets.AsSpan(right.Domain, right.DomainLength));
        order = order != 0 ? order : _octets.AsSpan(left.Name, left.NameLength).SequenceCompareTo(_octets.AsSpan(right.Name, right.NameLength));
        order = order != 0 ? order : left.Time.CompareTo(right.Time);
        return order != 0 ? order : left.Index.CompareTo(right.Index);
    }

    // In the order of the octets: most domains differ in the first eight. One that is shorter comes first, as none has an octet of 0.
    private static ulong BeginningOf(ReadOnlySpan<byte> domain)
    {
        Span<byte> beginning = stackalloc byte[sizeof(ulong)];
        beginning.Clear();
        domain[..Math.Min(domain.Length, sizeof(ulong))].CopyTo(beginning);
        return BinaryPrimitives.ReadUInt64BigEndian(beginning);
    }

    private readonly record struct Entry(int Start, int End);

    private readonly record struct SortKey(ulong Beginning, int Domain, int DomainLength, int Name, int NameLength, long Time, int Index);
}
