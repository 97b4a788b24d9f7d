namespace WireDns.Detection.Lists;

/// <summary>Takes what the reader of a list finds: values for a placeholder, or indicators.</summary>
internal interface IListValues
{
    /// <summary>Whether there are so many faults that more would be useless.</summary>
    public bool IsHopeless { get; }

    /// <summary>Adds a value.</summary>
    /// <param name="line">Its line, from 1.</param>
    /// <param name="column">Its first octet in the line, from 1.</param>
    /// <param name="value">The value, as it stands in the file.</param>
    public void Add(int line, int column, ReadOnlySpan<byte> value);

    /// <summary>Says what is wrong with a line.</summary>
    public void Fault(int line, string message);

    /// <summary>Notes what was done with some of the lines; nothing if there are none.</summary>
    /// <param name="count">How many.</param>
    /// <param name="what">The rest of the sentence.</param>
    public void Note(long count, string what);
}
