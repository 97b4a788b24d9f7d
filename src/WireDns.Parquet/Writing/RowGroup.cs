using System.Buffers.Binary;
using WireDns.Parquet.Columns;

namespace WireDns.Parquet.Writing;

/// <summary>The rows of a group while it fills, as <see cref="LookupRowFormat"/> writes them. Its memory is used again.</summary>
internal sealed class RowGroup
{
    private byte[] _octets = new byte[1 << 16];
    private byte[] _sorted = [];
    private Entry[] _entries = new Entry[1024];
    private int _length;

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> row)
    {
        if (_length + row.Length > _octets.Length)
        {
            Array.Resize(ref _octets, Math.Max(_octets.Length + (_octets.Length / 2), _length + row.Length));
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        row.CopyTo(_octets.AsSpan(_length));
        _entries[Count++] = new Entry { Next = _length, End = _length + row.Length };
        _length += row.Length;
    }

    /// <summary>Puts the rows in the order of registered domain, name and time; those that are equal in all three stay as they came.</summary>
    public void Sort()
    {
        var keys = new SortKey[Count];
        for (var index = 0; index < Count; index++)
        {
            keys[index] = KeyOf(index);
        }

        Array.Sort(keys, Compare);

        // So that a column reads them one after the other, which is what memory is fast at.
        if (_sorted.Length < _length)
        {
            _sorted = new byte[_octets.Length];
        }

        var length = 0;
        for (var index = 0; index < Count; index++)
        {
            var row = _octets.AsSpan(keys[index].Start..keys[index].End);
            row.CopyTo(_sorted.AsSpan(length));
            _entries[index] = new Entry { Next = length, End = length + row.Length };
            length += row.Length;
        }

        (_octets, _sorted) = (_sorted, _octets);
    }

    /// <summary>Gives the next column's value of each row, in the order of the rows.</summary>
    public void Take(ColumnValues column)
    {
        foreach (ref var entry in _entries.AsSpan(0, Count))
        {
            var reader = new RowReader(_octets.AsSpan(entry.Next..entry.End));
            column.Take(ref reader);
            entry.Next = entry.End - reader.Remaining;
        }
    }

    public void Clear() => (Count, _length) = (0, 0);

    private SortKey KeyOf(int index)
    {
        var entry = _entries[index];
        var reader = new RowReader(_octets.AsSpan(entry.Next..entry.End));
        var time = reader.ReadNumber() ?? long.MinValue;
        reader.TryReadOctets(out var domain);
        reader.TryReadOctets(out var name);
        return new SortKey(BeginningOf(domain), BeginningOf(domain[Math.Min(domain.Length, sizeof(ulong))..]), BeginningOf(name), time, index, entry.Next, entry.End);
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

        var one = new RowReader(_octets.AsSpan(left.Start..left.End));
        var other = new RowReader(_octets.AsSpan(right.Start..right.End));
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

    private struct Entry
    {
        /// <summary>Where the value of the next column begins.</summary>
        public int Next;

        /// <summary>Where the row ends.</summary>
        public int End;
    }

    private readonly record struct SortKey(ulong Domain, ulong DomainRest, ulong Name, long Time, int Index, int Start, int End);
}
