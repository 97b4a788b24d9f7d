using System.Buffers.Binary;
using System.Text;
using WireDns.Sigma.Matching;

namespace WireDns.Sigma.Correlation;

/// <summary>
/// The digests of the values of some fields of an event: one, or one for each combination if fields have several values. One object for
/// many events; allocates nothing while it reads.
/// </summary>
/// <remarks>
/// Values that were read are kept for other rules on the same event, and for other events the digests of values that an event has a number for
/// (<see cref="ISigmaEvent.GetIdentity"/>): most names recur. The digest of an address is that of its octets, where the event has those.
/// </remarks>
internal sealed class FieldCombinations(ValueText text, UInt128 seed, int maximum)
{
    private const int IdentityBits = 15;
    private const int Ipv6Length = 16;

    // Spreads the fields of one name over the table.
    private const ulong FieldMultiplier = 0x9e37_79b9_7f4a_7c15;

    private UInt128[] _digests = new UInt128[maximum];
    private UInt128[] _longer = new UInt128[maximum];
    private UInt128[] _values = new UInt128[maximum];
    private int[] _indices = [];
    private int[] _counts = [];
    private (long Event, UInt128 Digest)[] _known = [];
    private KnownDigest[] _identified = [];
    private long _event = 1;

    // Whether each field of the last event had one value, so that there are neither indices nor counts.
    private bool _hasOne;

    /// <summary>Number of combinations in the last event.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there were more of them.</summary>
    public bool IsOverflown { get; private set; }

    /// <summary>The digest of a combination.</summary>
    public UInt128 this[int combination] => _digests[combination];

    /// <summary>A field whose values a number stands for (<see cref="ISigmaEvent.GetIdentity"/>) will be asked for soon.</summary>
    public void Expect(int fieldId, ulong identity)
    {
        if (_identified.Length > 0)
        {
            DelayedEntries.Expect(in _identified[PlaceOf(fieldId, identity)]);
        }
    }

    /// <summary>Forgets what was read: another event follows, or the same one with other values.</summary>
    public void Forget() => _event++;

    /// <summary>Reads an event. False where it lacks one of the fields, so that there is no combination.</summary>
    public bool TryRead<TEvent>(ReadOnlySpan<FieldDefinition> fields, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct
    {
        Count = 1;
        IsOverflown = false;
        _hasOne = TryReadOne(fields, @event);
        return _hasOne || TryReadMany(fields, @event);
    }

    /// <summary>Reads an event whose fields have one value each, as nearly all do, and whose digests are known. False for any other.</summary>
    private bool TryReadOne<TEvent>(ReadOnlySpan<FieldDefinition> fields, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var combination = new KeyedHash(seed);
        foreach (ref readonly var field in fields)
        {
            if (!TryRecall(field, @event, out var digest))
            {
                return false;
            }

            combination.Add(digest);
        }

        _digests[0] = combination.Digest;
        return true;
    }

    private bool TryReadMany<TEvent>(ReadOnlySpan<FieldDefinition> fields, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct
    {
        if (_counts.Length < fields.Length)
        {
            _counts = new int[fields.Length];
            _indices = new int[fields.Length * maximum];
        }

        _digests[0] = seed;
        for (var i = 0; i < fields.Length; i++)
        {
            var count = ReadIdentified(i, fields[i], @event);
            if (count == 0)
            {
                Count = 0;
                return false;
            }

            Multiply(count);
        }

        return true;
    }

    /// <summary>The text of a field's value in a combination of the last event. Allocates; only for hits.</summary>
    public string GetText<TEvent>(ReadOnlySpan<FieldDefinition> fields, int field, int combination, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct =>
        Encoding.UTF8.GetString(text.Of(@event.GetValue(fields[field].Id, IndexOf(fields, field, combination))));

    /// <summary>The same without case, as values are compared; valid until the next call.</summary>
    public ReadOnlySpan<byte> GetFolded<TEvent>(ReadOnlySpan<FieldDefinition> fields, int field, int combination, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct =>
        text.Fold(@event.GetValue(fields[field].Id, IndexOf(fields, field, combination)), fields[field].Kind);

    private int IndexOf(ReadOnlySpan<FieldDefinition> fields, int field, int combination)
    {
        if (_hasOne)
        {
            return 0;
        }

        // The last field's values follow one another.
        for (var i = fields.Length - 1; i > field; i--)
        {
            combination /= _counts[i];
        }

        return _indices[(field * maximum) + (combination % _counts[field])];
    }

    /// <summary>The digest of the only value of a field, if it is an address, or was read from this event already, or from another.</summary>
    private bool TryRecall<TEvent>(in FieldDefinition definition, TEvent @event, out UInt128 digest)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var id = definition.Id;
        if ((uint)id < (uint)_known.Length && _known[id].Event == _event)
        {
            digest = _known[id].Digest;
            return true;
        }

        digest = default;
        var identity = @event.GetIdentity(id);
        if (identity != 0 ? TryRecall(id, identity, out digest) : @event.CountValues(id) == 1 && TryReadAddress(definition, @event, 0, out digest))
        {
            Keep(id, digest);
            return true;
        }

        return false;
    }

    private bool TryRecall(int fieldId, ulong identity, out UInt128 digest)
    {
        digest = default;
        if (_identified.Length == 0)
        {
            return false;
        }

        ref readonly var known = ref _identified[PlaceOf(fieldId, identity)];
        digest = known.Digest;
        return known.Identity == identity && known.FieldId == fieldId && known.Count == 1;
    }

    private bool TryReadAddress<TEvent>(in FieldDefinition definition, TEvent @event, int index, out UInt128 digest)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var octets = definition.Kind == FieldKind.Address ? @event.GetAddress(definition.Id, index) : default;
        var hash = new KeyedHash(seed);
        if (octets.Length == Ipv6Length)
        {
            // In two blocks, so that no IPv6 address looks like one of IPv4.
            hash.Add(BinaryPrimitives.ReadUInt128LittleEndian(octets));
            hash.Add(Ipv6Length);
        }
        else if (!octets.IsEmpty)
        {
            hash.Add(BinaryPrimitives.ReadUInt32LittleEndian(octets));
        }

        digest = hash.Digest;
        return !octets.IsEmpty;
    }

    // The digest of a value that recurs is known by the number that stands for it.
    private int ReadIdentified<TEvent>(int field, in FieldDefinition definition, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var identity = @event.GetIdentity(definition.Id);
        if (identity == 0)
        {
            return ReadValues(field, definition, @event);
        }

        if (_identified.Length == 0)
        {
            _identified = new KnownDigest[1 << IdentityBits];
        }

        ref var known = ref _identified[PlaceOf(definition.Id, identity)];
        if (known.Identity == identity && known.FieldId == definition.Id)
        {
            _values[0] = known.Digest;
            _indices[field * maximum] = 0;
            _counts[field] = known.Count;
            if (known.Count == 1)
            {
                Keep(definition.Id, known.Digest);
            }

            return known.Count;
        }

        var count = ReadValues(field, definition, @event);
        if (count == 0 || (count == 1 && !IsOverflown && _indices[field * maximum] == 0))
        {
            known = new KnownDigest(identity, definition.Id, count, _values[0]);
        }

        return count;
    }

    private static int PlaceOf(int fieldId, ulong identity) => (int)((identity + ((ulong)fieldId * FieldMultiplier)) >> (64 - IdentityBits));

    private void Keep(int fieldId, UInt128 digest)
    {
        if (fieldId >= _known.Length)
        {
            Array.Resize(ref _known, fieldId + 1);
        }

        _known[fieldId] = (_event, digest);
    }

    // Values that are equal count once.
    private int ReadValues<TEvent>(int field, in FieldDefinition definition, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var room = maximum / Count;
        var found = 0;
        var count = @event.CountValues(definition.Id);
        for (var i = 0; i < count; i++)
        {
            if (!TryRead(definition, @event, i, out var digest) || _values.AsSpan(0, found).Contains(digest))
            {
                continue;
            }

            if (found == room)
            {
                IsOverflown = true;
                break;
            }

            _values[found] = digest;
            _indices[(field * maximum) + found++] = i;
        }

        _counts[field] = found;
        if (count == 1 && found == 1)
        {
            Keep(definition.Id, _values[0]);
        }

        return found;
    }

    /// <summary>The digest of a value. False if the value is null.</summary>
    private bool TryRead<TEvent>(in FieldDefinition definition, TEvent @event, int index, out UInt128 digest)
        where TEvent : ISigmaEvent, allows ref struct
    {
        if (TryReadAddress(definition, @event, index, out digest))
        {
            return true;
        }

        var value = @event.GetValue(definition.Id, index);
        if (value.Kind == FieldValueKind.Null)
        {
            digest = default;
            return false;
        }

        var hash = new KeyedHash(seed);
        hash.Add(text.Fold(value, definition.Kind));
        digest = hash.Digest;
        return true;
    }

    private void Multiply(int count)
    {
        if (Count == 1 && count == 1)
        {
            var only = new KeyedHash(seed, _digests[0]);
            only.Add(_values[0]);
            _digests[0] = only.Digest;
            return;
        }

        for (var i = 0; i < Count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                var hash = new KeyedHash(seed, _digests[i]);
                hash.Add(_values[j]);
                _longer[(i * count) + j] = hash.Digest;
            }
        }

        (_digests, _longer) = (_longer, _digests);
        Count *= count;
    }

    private readonly record struct KnownDigest(ulong Identity, int FieldId, int Count, UInt128 Digest);
}
