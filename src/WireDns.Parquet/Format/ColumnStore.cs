using System.Buffers.Binary;
using Parquet.Meta;

namespace WireDns.Parquet.Format;

/// <summary>The values of a column of a group, without those that are null, until they are written. Its memory is used again.</summary>
internal abstract class ColumnStore(SchemaColumn column)
{
    /// <summary>The column.</summary>
    protected SchemaColumn Column => column;

    /// <summary>Writes the values into a file, and forgets them.</summary>
    /// <param name="levels">Which values are null, and which belong to one list.</param>
    /// <param name="writer">Writes pages.</param>
    /// <param name="file">The file, in a group.</param>
    public abstract void Save(Levels levels, GroupWriter writer, FileWriter file);
}

/// <summary>Numbers, times or switches.</summary>
internal sealed class NumberStore(SchemaColumn column) : ColumnStore(column)
{
    private readonly ValueList<long> _numbers = new();
    private long _least;
    private long _most;

    private bool IsWide => Column.Type is ColumnType.Int64 or ColumnType.Time;

    /// <summary>Adds a number, a time or a switch (0 or 1).</summary>
    public void Add(long number)
    {
        (_least, _most) = _numbers.Count == 0 ? (number, number) : (Math.Min(_least, number), Math.Max(_most, number));
        _numbers.Add(number);
    }

    public override void Save(Levels levels, GroupWriter writer, FileWriter file)
    {
        levels.Write(Column, writer.Page);
        var encoding = WriteValues(writer, out var dictionaryValues);
        Span<byte> bounds = stackalloc byte[2 * sizeof(long)];
        var length = IsWide ? sizeof(long) : sizeof(int);
        BinaryPrimitives.WriteInt64LittleEndian(bounds, _least);
        BinaryPrimitives.WriteInt64LittleEndian(bounds[sizeof(long)..], _most);
        writer.Write(
            Column, new ChunkFacts(encoding, levels.Count, levels.Nulls, dictionaryValues), bounds[..length], bounds.Slice(sizeof(long), length), file);
        _numbers.Clear();
    }

    private Encoding WriteValues(GroupWriter writer, out int dictionaryValues)
    {
        dictionaryValues = 0;
        if (_numbers.Count == 0 || Column.IsPlain)
        {
            WritePlain(writer.Page);
            return Encoding.PLAIN;
        }

        // Few numbers are told apart by fewer bits than their differences; numbers that are all the same by none.
        var start = writer.Page.Length;
        DeltaPacking.Write(_numbers, !IsWide, writer.Page);
        if (!writer.Numbers.TryTake(_numbers))
        {
            return Encoding.DELTA_BINARY_PACKED;
        }

        var numbers = writer.Numbers;
        var spare = writer.Spare;
        spare.Clear();
        GroupWriter.WriteIndexes(numbers.Indexes, numbers.Numbers.Length, isInOctets: false, spare);
        if ((numbers.Numbers.Length * (IsWide ? sizeof(long) : sizeof(int))) + spare.Length >= writer.Page.Length - start)
        {
            return Encoding.DELTA_BINARY_PACKED;
        }

        writer.Page.CutTo(start);
        writer.Page.Add(spare.Written);
        foreach (var number in numbers.Numbers)
        {
            AddPlain(number, writer.Dictionary);
        }

        dictionaryValues = numbers.Numbers.Length;
        return Encoding.RLE_DICTIONARY;
    }

    private void WritePlain(OctetBuffer output)
    {
        if (Column.Type != ColumnType.Switch)
        {
            for (var index = 0; index < _numbers.Count; index++)
            {
                AddPlain(_numbers[index], output);
            }

            return;
        }

        // Bits, the least one first.
        for (var start = 0; start < _numbers.Count; start += 8)
        {
            var octet = 0L;
            for (var index = start; index < Math.Min(start + 8, _numbers.Count); index++)
            {
                octet |= _numbers[index] << (index - start);
            }

            output.Add((byte)octet);
        }
    }

    private void AddPlain(long number, OctetBuffer output)
    {
        if (IsWide)
        {
            output.AddInt64(number);
        }
        else
        {
            output.AddInt32((int)number);
        }
    }
}

/// <summary>Texts, or octets.</summary>
internal sealed class TextStore(SchemaColumn column) : ColumnStore(column)
{
    private readonly TextDictionary _texts = new();
    private readonly ValueList<int> _numbers = new();

    /// <summary>Adds a text or octets.</summary>
    public void Add(ReadOnlySpan<byte> text) => _numbers.Add(_texts.Add(text));

    public override void Save(Levels levels, GroupWriter writer, FileWriter file)
    {
        levels.Write(Column, writer.Page);
        var encoding = WriteValues(writer);
        ReadOnlySpan<byte> least = default;
        ReadOnlySpan<byte> most = default;
        for (var number = 0; number < _texts.Count && Column.Type == ColumnType.Text; number++)
        {
            var text = _texts[number];
            least = number == 0 || text.SequenceCompareTo(least) < 0 ? text : least;
            most = number == 0 || text.SequenceCompareTo(most) > 0 ? text : most;
        }

        writer.Write(Column, new ChunkFacts(encoding, levels.Count, levels.Nulls, _texts.Count), least, most, file);
        _texts.Clear();
        _numbers.Clear();
    }

    private Encoding WriteValues(GroupWriter writer)
    {
        // With more texts that differ, their numbers take more than the texts that recur.
        if (!Column.IsPlain && _texts.Count * 2 <= _numbers.Count && _numbers.Count > 0)
        {
            writer.Dictionary.Add(_texts.Plain);
            GroupWriter.WriteIndexes(_numbers, _texts.Count, isInOctets: true, writer.Page);
            return Encoding.RLE_DICTIONARY;
        }

        for (var index = 0; index < _numbers.Count; index++)
        {
            var text = _texts[_numbers[index]];
            writer.Page.AddInt32(text.Length);
            writer.Page.Add(text);
        }

        return Encoding.PLAIN;
    }
}
