using System.Text;

namespace WireDns.Parquet.Format;

/// <summary>
/// Writes structures by Thrift's compact protocol (thrift-compact-protocol.md of Apache Thrift), which the Parquet format has its page headers and its footer in. Fields are written in the order of
/// their numbers.
/// </summary>
internal sealed class ThriftWriter(OctetBuffer output)
{
    private const int MostDifference = 15;

    private readonly Stack<int> _outer = new();
    private int _last;

    /// <summary>Writes a switch.</summary>
    public void Bool(int field, bool value) => Begin(field, value ? ThriftType.True : ThriftType.False);

    /// <summary>Writes a number of 8 bits.</summary>
    public void Int8(int field, byte value)
    {
        Begin(field, ThriftType.Byte);
        output.Add(value);
    }

    /// <summary>Writes a number of 16 bits.</summary>
    public void Int16(int field, int value)
    {
        Begin(field, ThriftType.Int16);
        output.AddSigned(value);
    }

    /// <summary>Writes a number of 32 bits.</summary>
    public void Int32(int field, int value)
    {
        Begin(field, ThriftType.Int32);
        output.AddSigned(value);
    }

    /// <summary>Writes a number of 64 bits.</summary>
    public void Int64(int field, long value)
    {
        Begin(field, ThriftType.Int64);
        output.AddSigned(value);
    }

    /// <summary>Writes octets.</summary>
    public void Octets(int field, ReadOnlySpan<byte> value)
    {
        Begin(field, ThriftType.Binary);
        Item(value);
    }

    /// <summary>Writes a text.</summary>
    public void Text(int field, string value) => Octets(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Begins a structure, which <see cref="EndStructure"/> ends.</summary>
    public void BeginStructure(int field)
    {
        Begin(field, ThriftType.Structure);
        BeginItem();
    }

    /// <summary>Begins a structure that is an item of a list, or the whole.</summary>
    public void BeginItem()
    {
        _outer.Push(_last);
        _last = 0;
    }

    /// <summary>Ends a structure.</summary>
    public void EndStructure()
    {
        output.Add(0);
        _last = _outer.Pop();
    }

    /// <summary>Begins a list of structures; that many follow.</summary>
    public void BeginStructures(int field, int count) => BeginList(field, count, ThriftType.Structure);

    /// <summary>Writes a list of texts.</summary>
    public void Texts(int field, IReadOnlyCollection<string> values)
    {
        BeginList(field, values.Count, ThriftType.Binary);
        foreach (var value in values)
        {
            Item(Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>Writes a list of numbers of 32 bits.</summary>
    public void Int32s(int field, ReadOnlySpan<int> values)
    {
        BeginList(field, values.Length, ThriftType.Int32);
        foreach (var value in values)
        {
            output.AddSigned(value);
        }
    }

    private void Begin(int field, ThriftType type)
    {
        var difference = field - _last;
        if (difference is > 0 and <= MostDifference)
        {
            output.Add((byte)((difference << 4) | (int)type));
        }
        else
        {
            output.Add((byte)type);
            output.AddSigned(field);
        }

        _last = field;
    }

    private void BeginList(int field, int count, ThriftType type)
    {
        Begin(field, ThriftType.List);
        output.Add((byte)((Math.Min(count, MostDifference) << 4) | (int)type));
        if (count >= MostDifference)
        {
            output.AddVariable((ulong)count);
        }
    }

    private void Item(ReadOnlySpan<byte> value)
    {
        output.AddVariable((ulong)value.Length);
        output.Add(value);
    }
}
