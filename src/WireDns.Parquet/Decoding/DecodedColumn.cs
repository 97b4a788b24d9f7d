namespace WireDns.Parquet.Decoding;

/// <summary>
/// The values of a column in a group of rows. Values that are null have none here: the levels tell where they are. Texts are UTF-8 octets in one array. Its memory is used
/// again for the next column.
/// </summary>
internal sealed class DecodedColumn
{
    /// <summary>How many levels there are: values with those that are null, and lists without items.</summary>
    public int LevelCount { get; private set; }

    /// <summary>How many values there are.</summary>
    public int Count { get; private set; }

    /// <summary>The level that a value has which is there.</summary>
    public int Present { get; private set; }

    /// <summary>How far each value is defined; empty where all values are there.</summary>
    public int[] Definitions { get; private set; } = [];

    /// <summary>0 where a row begins; for a column of lists.</summary>
    public int[] Repetitions { get; private set; } = [];

    /// <summary>The values of a column of numbers.</summary>
    public long[] Numbers { get; private set; } = [];

    /// <summary>The octets of texts, with others between them.</summary>
    public byte[] Octets { get; set; } = [];

    /// <summary>Where each text begins.</summary>
    public int[] Starts { get; private set; } = [];

    /// <summary>How long each text is.</summary>
    public int[] Lengths { get; private set; } = [];

    /// <summary>A text.</summary>
    public ReadOnlySpan<byte> Text(int value) => Octets.AsSpan(Starts[value], Lengths[value]);

    /// <summary>Makes room.</summary>
    /// <param name="levels">The number of levels.</param>
    /// <param name="present">The level of a value that is there.</param>
    /// <param name="isText">Whether values are texts.</param>
    public void Begin(int levels, int present, bool isText)
    {
        (LevelCount, Count, Present) = (levels, 0, present);
        if (Definitions.Length < levels)
        {
            (Definitions, Repetitions) = (new int[levels], new int[levels]);
        }

        if (isText && Starts.Length < levels)
        {
            (Starts, Lengths) = (new int[levels], new int[levels]);
        }
        else if (!isText && Numbers.Length < levels)
        {
            Numbers = new long[levels];
        }
    }

    /// <summary>Adds a text.</summary>
    public void Add(int start, int length)
    {
        (Starts[Count], Lengths[Count]) = (start, length);
        Count++;
    }

    /// <summary>Adds a number.</summary>
    public void Add(long number) => Numbers[Count++] = number;

    /// <summary>The room for some more numbers.</summary>
    public Span<long> AddNumbers(int count)
    {
        Count += count;
        return Numbers.AsSpan(Count - count, count);
    }

    /// <summary>Whether the value of a level is there.</summary>
    public bool IsPresent(int level) => Definitions[level] == Present;
}
