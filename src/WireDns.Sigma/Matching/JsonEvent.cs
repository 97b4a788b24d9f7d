using System.Text.Json;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// An event read from a JSON object. A field's name is the path to its value with dots between (<c>a.b</c> is <c>{"a":{"b":…}}</c> as well
/// as <c>{"a.b":…}</c>); an array gives a field several values, an empty one none. One object for many events: each load replaces the last.
/// Not thread-safe.
/// </summary>
public sealed class JsonEvent : ISigmaEvent
{
    private const int MaximumDepth = 64;

    private readonly JsonEventSchema _schema;
    private readonly GrowingArray<byte> _text = new();
    private readonly List<Value> _values = [];
    private readonly List<char> _path = [];
    private readonly Stack<int> _pathLengths = new();
    private List<int>[] _valuesOfField = [];

    /// <summary>An event without fields.</summary>
    /// <param name="schema">The schema that rules were compiled with.</param>
    public JsonEvent(JsonEventSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        _schema = schema;
        Clear();
    }

    /// <summary>Loads an event. False if the text is not one JSON object or nests deeper than 64 levels; the event then has no fields.</summary>
    public bool TryLoad(ReadOnlySpan<byte> utf8Json)
    {
        Clear();
        try
        {
            var reader = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = MaximumDepth });
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                Read(ref reader);
                return true;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader's only way to say that the text is broken; InvalidOperationException means that a string is not valid Unicode.
            Clear();
        }

        return false;
    }

    /// <inheritdoc/>
    public int CountValues(int fieldId) => (uint)fieldId < (uint)_valuesOfField.Length ? _valuesOfField[fieldId].Count : 0;

    /// <inheritdoc/>
    public FieldValue GetValue(int fieldId, int index)
    {
        var value = _values[_valuesOfField[fieldId][index]];
        return value.Kind switch
        {
            FieldValueKind.Text => FieldValue.FromText(_text.AsSpan().Slice(value.Start, value.Length)),
            FieldValueKind.Number => FieldValue.FromNumber(value.Number),
            FieldValueKind.Boolean => FieldValue.FromBoolean(value.Start != 0),
            _ => FieldValue.Null,
        };
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> GetAddress(int fieldId, int index) => default;

    /// <inheritdoc/>
    public bool HasOnlyAddresses(int fieldId) => false;

    /// <inheritdoc/>
    public ulong GetIdentity(int fieldId) => 0;

    private void Read(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    EnterProperty(reader.GetString()!);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    _pathLengths.Push(_path.Count);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    if (_pathLengths.Count > 0)
                    {
                        SetPathLength(_pathLengths.Pop());
                    }

                    break;
                default:
                    Add(ReadValue(ref reader));
                    break;
            }
        }
    }

    private void EnterProperty(string name)
    {
        SetPathLength(_pathLengths.Count > 0 ? _pathLengths.Peek() : 0);
        if (_path.Count > 0)
        {
            _path.Add('.');
        }

        _path.AddRange(name);
    }

    private void SetPathLength(int length) => _path.RemoveRange(length, _path.Count - length);

    private Value ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                return new Value(FieldValueKind.Boolean, reader.TokenType == JsonTokenType.True ? 1 : 0, 0, default);

            case JsonTokenType.Number when SigmaNumber.TryParse(reader.ValueSpan, out var number):
                return new Value(FieldValueKind.Number, 0, 0, number);

            case JsonTokenType.Null:
                return default;

            case JsonTokenType.String:
                var start = _text.Count;
                var buffer = new byte[reader.ValueSpan.Length];
                _text.Append(buffer.AsSpan(0, reader.CopyString(buffer)));
                return new Value(FieldValueKind.Text, start, _text.Count - start, default);

            default:
                // A number too large for a double: only its digits are known.
                _text.Append(reader.ValueSpan);
                return new Value(FieldValueKind.Text, _text.Count - reader.ValueSpan.Length, reader.ValueSpan.Length, default);
        }
    }

    private void Add(Value value)
    {
        _valuesOfField[JsonEventSchema.EverythingId].Add(_values.Count);
        if (_schema.TryFind(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_path), out var id))
        {
            _valuesOfField[id].Add(_values.Count);
        }

        _values.Add(value);
    }

    private void Clear()
    {
        if (_valuesOfField.Length != _schema.FieldCount)
        {
            _valuesOfField = new List<int>[_schema.FieldCount];
            for (var i = 0; i < _valuesOfField.Length; i++)
            {
                _valuesOfField[i] = [];
            }
        }

        foreach (var list in _valuesOfField)
        {
            list.Clear();
        }

        _text.Clear();
        _values.Clear();
        _path.Clear();
        _pathLengths.Clear();
    }

    /// <summary>A value: a piece of the text buffer, a number, or a boolean as <paramref name="Start"/>.</summary>
    private readonly record struct Value(FieldValueKind Kind, int Start, int Length, SigmaNumber Number);
}
