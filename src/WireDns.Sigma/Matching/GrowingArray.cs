namespace WireDns.Sigma.Matching;

/// <summary>A list whose items can be changed in place and read as one span.</summary>
internal sealed class GrowingArray<T>
{
    private T[] _items = new T[64];

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

    private void Grow(int count)
    {
        if (_items.Length - Count < count)
        {
            Array.Resize(ref _items, Math.Max(_items.Length * 3 / 2, Count + count));
        }
    }
}
