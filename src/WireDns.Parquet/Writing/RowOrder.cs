using System.Buffers.Binary;
using WireDns.Parquet.Columns;

namespace WireDns.Parquet.Writing;

/// <summary>
/// Puts the rows of a group in the order of registered domain, name and time; those that are equal in all three stay as they came. Its memory is used again.
/// </summary>
internal sealed class RowOrder
{
    private SortKey[] _keys = [];

    /// <summary>Finds the order.</summary>
    /// <returns>The indexes of the rows, until the next call.</returns>
    public ReadOnlySpan<SortKey> Of(RowGroup rows)
    {
        if (_keys.Length < rows.Count)
        {
            _keys = new SortKey[rows.Count];
        }

        for (var index = 0; index < rows.Count; index++)
        {
            _keys[index] = KeyOf(rows, index);
        }

        var keys = _keys.AsSpan(0, rows.Count);
        keys.Sort(new Comparer(rows));
        return keys;
    }

    private static SortKey KeyOf(RowGroup rows, int index)
    {
        var reader = new RowReader(rows[index]);
        var time = reader.ReadNumber() ?? long.MinValue;
        reader.TryReadOctets(out var domain);
        reader.TryReadOctets(out var name);
        return new SortKey(BeginningOf(domain), BeginningOf(domain[Math.Min(domain.Length, sizeof(ulong))..]), BeginningOf(name), time, index);
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

    /// <summary>A row, and what tells it from nearly all rows of other names.</summary>
    internal readonly record struct SortKey(ulong Domain, ulong DomainRest, ulong Name, long Time, int Index);

    private readonly struct Comparer(RowGroup rows) : IComparer<SortKey>
    {
        public int Compare(SortKey left, SortKey right)
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

            var one = new RowReader(rows[left.Index]);
            var other = new RowReader(rows[right.Index]);
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
    }
}
