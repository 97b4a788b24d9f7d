namespace WireDns.Parquet.Writing;

/// <summary>The rows of a group while it fills, as <see cref="LookupRowFormat"/> writes them. Its memory is used again.</summary>
internal sealed class RowGroup
{
    private const int FirstRoom = 1 << 16;
    private const int MostKept = 32 << 20;

    private byte[] _octets = new byte[FirstRoom];
    private int[] _ends = new int[1024];

    /// <summary>How many octets the rows have.</summary>
    public int Length { get; private set; }

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>A row.</summary>
    public ReadOnlySpan<byte> this[int index] => _octets.AsSpan((index == 0 ? 0 : _ends[index - 1]).._ends[index]);

    /// <summary>Takes a row.</summary>
    public void Add(ReadOnlySpan<byte> row)
    {
        if (Length + row.Length > _octets.Length)
        {
            Array.Resize(ref _octets, Math.Max(_octets.Length + (_octets.Length / 2), Length + row.Length));
        }

        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Count * 2);
        }

        row.CopyTo(_octets.AsSpan(Length));
        Length += row.Length;
        _ends[Count++] = Length;
    }

    /// <summary>Forgets the rows.</summary>
    public void Clear()
    {
        (Count, Length) = (0, 0);
        if (_octets.Length > MostKept)
        {
            _octets = new byte[FirstRoom];
        }
    }
}
