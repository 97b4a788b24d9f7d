using Parquet.Meta;
using StoredType = Parquet.Meta.Type;

namespace WireDns.Parquet.Format;

/// <summary>The type of a column's values.</summary>
internal enum ColumnType
{
    /// <summary>True or false.</summary>
    Switch,

    /// <summary>A number of 32 bits, with a sign.</summary>
    Int32,

    /// <summary>A number of 64 bits, with a sign.</summary>
    Int64,

    /// <summary>A time in UTC, in microseconds since the Unix epoch.</summary>
    Time,

    /// <summary>A text in UTF-8.</summary>
    Text,

    /// <summary>Octets.</summary>
    Octets,
}

/// <summary>A field of a schema. Immutable.</summary>
internal abstract record SchemaField(string Name);

/// <summary>A value, which may be null unless it is a part of an item of a list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsPlain">Whether values are written as they are. That is shorter where what recurs is near, so that zstd finds it; switches and times are never written in another way, as not
/// every engine reads them.</param>
internal sealed record ValueField(string Name, ColumnType Type, bool IsPlain = false) : SchemaField(Name);

/// <summary>A list of structures.</summary>
internal sealed record ListField(string Name, IReadOnlyList<ValueField> Parts) : SchemaField(Name);

/// <summary>A column of a file: a value, or a part of the items of a list.</summary>
/// <param name="Type">The type of its values.</param>
/// <param name="IsPlain">Whether they are written as they are.</param>
/// <param name="Path">The names of the fields that it is in, and its own.</param>
/// <param name="MostDefinition">The definition level of a value that is there: how many of those fields may be missing (README.md of the Parquet format, nested encoding).</param>
/// <param name="MostRepetition">1 in a list, else 0.</param>
internal sealed record SchemaColumn(ColumnType Type, bool IsPlain, IReadOnlyList<string> Path, int MostDefinition, int MostRepetition)
{
    // A list may be null and may be empty, and its items may be null (LogicalTypes.md, lists). None of this log is null, and none of its items.
    private const int ListDefinition = 3;

    /// <summary>The column of a value.</summary>
    public static SchemaColumn Of(ValueField field) => new(field.Type, IsAlwaysPlain(field), [field.Name], 1, 0);

    /// <summary>The column of a part of a list.</summary>
    public static SchemaColumn Of(ListField list, ValueField part) => new(part.Type, IsAlwaysPlain(part), [list.Name, "list", "element", part.Name], ListDefinition, 1);

    private static bool IsAlwaysPlain(ValueField field) => field.IsPlain || field.Type is ColumnType.Switch or ColumnType.Time;

    /// <summary>The type that values are stored by.</summary>
    public static StoredType StoredAs(ColumnType type) => type switch
    {
        ColumnType.Switch => StoredType.BOOLEAN,
        ColumnType.Int32 => StoredType.INT32,
        ColumnType.Int64 or ColumnType.Time => StoredType.INT64,
        _ => StoredType.BYTE_ARRAY,
    };
}

/// <summary>Writes a schema as the footer has it: a list of SchemaElement, each with its children after it (parquet.thrift).</summary>
internal static class FileSchema
{
    /// <summary>The columns of fields, in the order in which a group has them.</summary>
    public static IEnumerable<SchemaColumn> ColumnsOf(IEnumerable<SchemaField> fields) => fields.SelectMany(field => field switch
    {
        ListField list => list.Parts.Select(part => SchemaColumn.Of(list, part)),
        _ => [SchemaColumn.Of((ValueField)field)],
    });

    /// <summary>Writes the schema as a field of a structure.</summary>
    public static void Write(ThriftWriter thrift, int field, IReadOnlyList<SchemaField> fields)
    {
        const int Wrappers = 3; // the list, what repeats, the structure
        thrift.BeginStructures(field, 1 + fields.Sum(one => one is ListField list ? Wrappers + list.Parts.Count : 1));
        WriteParent(thrift, "root", null, fields.Count, isList: false);
        foreach (var one in fields)
        {
            if (one is ListField list)
            {
                WriteParent(thrift, list.Name, FieldRepetitionType.OPTIONAL, 1, isList: true);
                WriteParent(thrift, "list", FieldRepetitionType.REPEATED, 1, isList: false);
                WriteParent(thrift, "element", FieldRepetitionType.OPTIONAL, list.Parts.Count, isList: false);
                foreach (var part in list.Parts)
                {
                    WriteValue(thrift, part, FieldRepetitionType.REQUIRED);
                }
            }
            else
            {
                WriteValue(thrift, (ValueField)one, FieldRepetitionType.OPTIONAL);
            }
        }
    }

    private static void WriteParent(ThriftWriter thrift, string name, FieldRepetitionType? repetition, int children, bool isList)
    {
        const int LogicalList = 3;
        thrift.BeginItem();
        if (repetition is { } given)
        {
            thrift.Int32(3, (int)given);
        }

        thrift.Text(4, name);
        thrift.Int32(5, children);
        if (isList)
        {
            thrift.Int32(6, (int)ConvertedType.LIST);
            WriteLogical(thrift, LogicalList, () => { });
        }

        thrift.EndStructure();
    }

    private static void WriteValue(ThriftWriter thrift, ValueField field, FieldRepetitionType repetition)
    {
        thrift.BeginItem();
        thrift.Int32(1, (int)SchemaColumn.StoredAs(field.Type));
        thrift.Int32(3, (int)repetition);
        thrift.Text(4, field.Name);
        switch (field.Type)
        {
            case ColumnType.Text:
                thrift.Int32(6, (int)ConvertedType.UTF8);
                WriteLogical(thrift, 1, () => { });
                break;
            case ColumnType.Int32 or ColumnType.Int64:
                thrift.Int32(6, (int)(field.Type == ColumnType.Int32 ? ConvertedType.INT_32 : ConvertedType.INT_64));
                WriteLogical(thrift, 10, () =>
                {
                    thrift.Int8(1, (byte)(field.Type == ColumnType.Int32 ? 32 : 64));
                    thrift.Bool(2, true);
                });
                break;
            case ColumnType.Time:
                thrift.Int32(6, (int)ConvertedType.TIMESTAMP_MICROS);
                WriteLogical(thrift, 8, () =>
                {
                    thrift.Bool(1, true); // in UTC
                    thrift.BeginStructure(2); // the unit
                    thrift.BeginStructure(2); // microseconds
                    thrift.EndStructure();
                    thrift.EndStructure();
                });
                break;
        }

        thrift.EndStructure();
    }

    // LogicalType is a union: the number of a type has a structure with what is to say of it.
    private static void WriteLogical(ThriftWriter thrift, int type, Action writeParts)
    {
        thrift.BeginStructure(10);
        thrift.BeginStructure(type);
        writeParts();
        thrift.EndStructure();
        thrift.EndStructure();
    }
}
