namespace WireDns.Parquet.Format;

/// <summary>Values of a column, one after the other. While all are the same nothing but their count is kept. Its memory is used again.</summary>
internal sealed class ValueList<T>
    where T : struct, IEquatable<T>
{
    // Ten times what a group has; more is given back.
    private const int MostKept = 1 << 20;

    private T[] _items = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether all are the same, and so if there are none.</summary>
    public bool IsUniform { get; private set; } = true;

    /// <summary>The first one; the default if there are none.</summary>
    public T First { get; private set; }

    /// <summary>All of them; only if they are not all the same.</summary>
    public ReadOnlySpan<T> Items => IsUniform ? throw new InvalidOperationException() : _items.AsSpan(0, Count);

    /// <summary>Adds one.</summary>
    public void Add(T value)
    {
        if (IsUniform)
        {
            if (Count == 0)
            {
                First = value;
            }

            if (value.Equals(First))
            {
                Count++;
                return;
            }

            IsUniform = false;
            Grow(Count + 1);
            _items.AsSpan(0, Count).Fill(First);
        }

        Grow(Count + 1);
        _items[Count++] = value;
    }

    /// <summary>One of them.</summary>
    public T this[int index] => IsUniform ? First : _items[index];

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        (Count, IsUniform, First) = (0, true, default);
        if (_items.Length > MostKept)
        {
            _items = [];
        }
    }

    private void Grow(int count)
    {
        if (_items.Length < count)
        {
            const int Least = 1024;
            Array.Resize(ref _items, Math.Max(Least, Math.Max(count, _items.Length * 2)));
        }
    }
}
