namespace WireDns.Wire.Net.Reassembly;

/// <summary>The entries of a table in the order of their last use, by their index. Every operation takes constant time.</summary>
internal sealed class UseOrder
{
    private (int Newer, int Older)[] _links = [];
    private int _newest = -1;

    /// <summary>The least recently used entry, or -1.</summary>
    public int Oldest { get; private set; } = -1;

    /// <summary>The entry used next after this one, or -1.</summary>
    public int NewerThan(int index) => _links[index].Newer;

    /// <summary>Makes room for that many entries.</summary>
    public void Grow(int capacity) => Array.Resize(ref _links, capacity);

    /// <summary>Adds an entry as the most recently used one.</summary>
    public void Add(int index)
    {
        _links[index] = (-1, _newest);
        if (_newest >= 0)
        {
            _links[_newest].Newer = index;
        }
        else
        {
            Oldest = index;
        }

        _newest = index;
    }

    public void Remove(int index)
    {
        var (newer, older) = _links[index];
        if (newer >= 0)
        {
            _links[newer].Older = older;
        }
        else
        {
            _newest = older;
        }

        if (older >= 0)
        {
            _links[older].Newer = newer;
        }
        else
        {
            Oldest = newer;
        }
    }

    /// <summary>Makes an entry the most recently used one.</summary>
    public void Touch(int index)
    {
        if (index != _newest)
        {
            Remove(index);
            Add(index);
        }
    }
}
