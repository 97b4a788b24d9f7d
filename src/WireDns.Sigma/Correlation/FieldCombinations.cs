using System.Text;
using WireDns.Sigma.Matching;

namespace WireDns.Sigma.Correlation;

/// <summary>
/// The digests of the values that some fields of an event have: one, or one for each combination where fields have several values. One object
/// for many events; allocates nothing while it reads.
/// </summary>
internal sealed class FieldCombinations(ValueText text, UInt128 seed, int maximum)
{
    private UInt128[] _digests = new UInt128[maximum];
    private UInt128[] _longer = new UInt128[maximum];
    private UInt128[] _values = new UInt128[maximum];
    private int[] _indices = [];
    private int[] _counts = [];

    /// <summary>Combinations that the last event had.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there were more of them.</summary>
    public bool IsOverflown { get; private set; }

    /// <summary>The digest of a combination.</summary>
    public UInt128 this[int combination] => _digests[combination];

    /// <summary>Reads an event. False where it lacks one of the fields, so that there is no combination.</summary>
    public bool TryRead<TEvent>(ReadOnlySpan<FieldDefinition> fields, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct
    {
        if (_counts.Length < fields.Length)
        {
            _counts = new int[fields.Length];
            _indices = new int[fields.Length * maximum];
        }

        Count = 1;
        IsOverflown = false;
        _digests[0] = seed;
        for (var i = 0; i < fields.Length; i++)
        {
            var count = ReadValues(i, fields[i], @event);
            if (count == 0)
            {
                Count = 0;
                return false;
            }

            Multiply(count);
        }

        return true;
    }

    /// <summary>The text of a field's value in a combination of the event that was read last. Allocates: for hits.</summary>
    public string GetText<TEvent>(ReadOnlySpan<FieldDefinition> fields, int field, int combination, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct
    {
        // The last field's values follow one another.
        for (var i = fields.Length - 1; i > field; i--)
        {
            combination /= _counts[i];
        }

        var index = _indices[(field * maximum) + (combination % _counts[field])];
        return Encoding.UTF8.GetString(text.Of(@event.GetValue(fields[field].Id, index)));
    }

    // Values that are equal count once.
    private int ReadValues<TEvent>(int field, FieldDefinition definition, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var room = maximum / Count;
        var found = 0;
        var count = @event.CountValues(definition.Id);
        for (var i = 0; i < count; i++)
        {
            var value = @event.GetValue(definition.Id, i);
            if (value.Kind == FieldValueKind.Null)
            {
                continue;
            }

            var hash = new KeyedHash(seed);
            hash.Add(text.Fold(value, definition.Kind));
            if (_values.AsSpan(0, found).Contains(hash.Digest))
            {
                continue;
            }

            if (found == room)
            {
                IsOverflown = true;
                break;
            }

            _values[found] = hash.Digest;
            _indices[(field * maximum) + found++] = i;
        }

        _counts[field] = found;
        return found;
    }

    private void Multiply(int count)
    {
        for (var i = 0; i < Count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                var hash = new KeyedHash(_digests[i]);
                hash.Add(_values[j]);
                _longer[(i * count) + j] = hash.Digest;
            }
        }

        (_digests, _longer) = (_longer, _digests);
        Count *= count;
    }
}
