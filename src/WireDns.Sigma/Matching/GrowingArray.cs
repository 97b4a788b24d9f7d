namespace WireDns.Sigma.Matching;

/// <summary>A list whose items can be changed in place and read as one span.</summary>
/// <param name="capacity">How many items it holds before it grows.</param>
internal sealed class GrowingArray<T>(int capacity = 64)
{
    private T[] _items = new T[capacity];

    public int Count { get; private set; }

    public Span<T> AsSpan() => _items.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Append(T item)
    {
        Grow(1);
        _items[Count++] = item;
    }

    public void Append(ReadOnlySpan<T> items)
    {
        Grow(items.Length);
        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
    }

    /// <summary>Returns the items and starts over: their own array if little of it is unused, else a copy that fits.</summary>
    public T[] Release()
    {
        var isFull = Count > _items.Length - (_items.Length / 16);
        var items = isFull ? _items : _items.AsSpan(0, Count).ToArray();
        _items = [];
        Count = 0;
        return items;
    }

    private void Grow(int count)
    {
        if (_items.Length - Count < count)
        {
            Array.Resize(ref _items, Math.Max(_items.Length * 3 / 2, Count + count));
        }
    }
}
