using System.Buffers;
using System.Text.Json;
using WireDns.Parquet.Columns;

namespace WireDns.Parquet.Records;

/// <summary>
/// Reads a JSON object into the octets of a row: its members may come in any order, and those of a row have one. Used again for each object; one thread at a time.
/// </summary>
internal sealed class RecordObject(IReadOnlyList<RecordMember> members)
{
    private readonly (int Start, int Length)[] _places = new (int, int)[members.Count];
    private readonly ArrayBufferWriter<byte> _values = new(1024);
    private int _found;

    /// <summary>Members that were not known: a newer version has written them.</summary>
    public int Unknown { get; private set; }

    /// <summary>Whether no member is missing.</summary>
    public bool IsComplete => _found == members.Count;

    /// <summary>Whether the object has a member.</summary>
    public bool Has(int member) => _places[member].Length > 0;

    /// <summary>The value of a member, as a row has it; empty if it is missing.</summary>
    public ReadOnlySpan<byte> this[int member] => _values.WrittenSpan.Slice(_places[member].Start, _places[member].Length);

    /// <summary>Reads the object at hand, to its end.</summary>
    /// <returns>The member that is wrong or comes twice, empty where there is no object; null if nothing is wrong.</returns>
    public string? TryRead(ref Utf8JsonReader json)
    {
        _values.ResetWrittenCount();
        Array.Clear(_places);
        (_found, Unknown) = (0, 0);
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return "";
        }

        var row = new RowWriter(_values);
        for (var expected = 0; json.Read() && json.TokenType == JsonTokenType.PropertyName;)
        {
            var index = Find(ref json, expected);
            json.Read();
            if (index < 0)
            {
                Unknown++;
                json.Skip();
                continue;
            }

            var start = _values.WrittenCount;
            if (Has(index) || !members[index].TryRead(ref json, ref row))
            {
                return members[index].Name;
            }

            row.Flush();

            _places[index] = (start, _values.WrittenCount - start);
            _found++;
            expected = index + 1;
        }

        return null;
    }

    /// <summary>Writes the values of some members, in their order.</summary>
    /// <param name="row">Where to.</param>
    /// <param name="first">The first member.</param>
    /// <param name="end">The member after the last one.</param>
    public void WriteTo(ref RowWriter row, int first, int end)
    {
        for (var index = first; index < end; index++)
        {
            if (Has(index))
            {
                row.WriteValues(this[index]);
            }
            else
            {
                members[index].WriteAbsent(ref row);
            }
        }
    }

    // Most objects have their members in order: it is looked for from the one after the last one on.
    private int Find(ref Utf8JsonReader json, int expected)
    {
        for (var step = 0; step < members.Count; step++)
        {
            var index = (expected + step) % members.Count;
            if (json.ValueTextEquals(members[index].Name))
            {
                return index;
            }
        }

        return -1;
    }
}
