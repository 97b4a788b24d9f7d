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
            keys[index] = KeyOf(index);
            places[index] = index;
        }

        Array.Sort(keys, places, Comparer<SortKey>.Create(Compare));
        return places;
    }

    public void Clear() => (Count, _length) = (0, 0);

    private SortKey KeyOf(int index)
    {
        var reader = new RowReader(this[index]);
        var time = reader.ReadNumber() ?? long.MinValue;
        reader.TryReadOctets(out var domain);
        reader.TryReadOctets(out var name);
        return new SortKey(BeginningOf(domain), BeginningOf(domain[Math.Min(domain.Length, sizeof(ulong))..]), BeginningOf(name), time, index);
    }

    // The beginnings tell nearly all rows of different names apart.
    private int Compare(SortKey left, SortKey right)
    {
        if (left.Domain != right.Domain)
        {
            return left.Domain.CompareTo(right.Domain);
        }

        if (left.DomainRest != right.DomainRest)
        {
            return left.DomainRest.CompareTo(right.DomainRest);
        }

        // Sixteen octets of which the last is none are the whole domain.
        if ((byte)left.DomainRest == 0 && left.Name != right.Name)
        {
            return left.Name.CompareTo(right.Name);
        }

        var one = new RowReader(this[left.Index]);
        var other = new RowReader(this[right.Index]);
        one.ReadNumber();
        other.ReadNumber();
        one.TryReadOctets(out var domain);
        other.TryReadOctets(out var otherDomain);
        var order = domain.SequenceCompareTo(otherDomain);
        if (order == 0)
        {
            one.TryReadOctets(out var name);
            other.TryReadOctets(out var otherName);
            order = name.SequenceCompareTo(otherName);
        }

        order = order != 0 ? order : left.Time.CompareTo(right.Time);
        return order != 0 ? order : left.Index.CompareTo(right.Index);
    }

    // The first eight octets, in the order of the texts: one that is shorter comes first, as none has an octet of 0.
    private static ulong BeginningOf(ReadOnlySpan<byte> text)
    {
        if (text.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(text);
        }

        ulong beginning = 0;
        foreach (var octet in text)
        {
            beginning = (beginning << 8) | octet;
        }

        return text.IsEmpty ? 0 : beginning << (8 * (sizeof(ulong) - text.Length));
    }

    private readonly record struct Entry(int Start, int End);

    private readonly record struct SortKey(ulong Domain, ulong DomainRest, ulong Name, long Time, int Index);
}
