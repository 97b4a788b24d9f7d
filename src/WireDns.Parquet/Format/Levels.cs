namespace WireDns.Parquet.Format;

/// <summary>
/// The levels of a column: which values are null, and which belong to one list (README.md of the Parquet format, nested encoding). The parts of a list have the same ones. Its memory is used again.
/// </summary>
internal sealed class Levels
{
    private readonly ValueList<int> _definitions = new();
    private readonly ValueList<int> _repetitions = new();

    /// <summary>How many values there are, with those that are null.</summary>
    public int Count => _definitions.Count;

    /// <summary>How many are null, or are no item of a list.</summary>
    public int Nulls { get; private set; }

    /// <summary>Adds the level of a value that is no part of a list.</summary>
    public void Add(bool isNull)
    {
        _definitions.Add(isNull ? 0 : 1);
        Nulls += isNull ? 1 : 0;
    }

    /// <summary>Adds the levels of a list.</summary>
    /// <param name="items">How many items it has.</param>
    /// <param name="definition">The definition level of an item's part.</param>
    public void AddList(int items, int definition)
    {
        if (items == 0)
        {
            // Level 0 would be a list that is null.
            _definitions.Add(1);
            _repetitions.Add(0);
            Nulls++;
        }

        for (var item = 0; item < items; item++)
        {
            _definitions.Add(definition);
            _repetitions.Add(item == 0 ? 0 : 1);
        }
    }

    /// <summary>Writes them as a page begins: each kind with its length before it (Encodings.md, RLE).</summary>
    public void Write(SchemaColumn column, OctetBuffer page)
    {
        if (column.MostRepetition > 0)
        {
            Write(_repetitions, column.MostRepetition, page);
        }

        Write(_definitions, column.MostDefinition, page);
    }

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        _definitions.Clear();
        _repetitions.Clear();
        Nulls = 0;
    }

    private static void Write(ValueList<int> levels, int most, OctetBuffer page)
    {
        var start = page.Length;
        page.AddInt32(0);
        BitPacking.PackRuns(levels, BitPacking.WidthOf((ulong)most), page);
        page.SetInt32(start, page.Length - start - sizeof(int));
    }
}
