using System.Buffers.Binary;

namespace WireDns.Parquet.Format;

/// <summary>
/// The different texts of a column, or octets, each with a number from 0. They are kept as a dictionary page has them: PLAIN, with their lengths before them (Encodings.md). Its memory is used
/// again.
/// </summary>
internal sealed class TextDictionary
{
    private const int LengthSize = sizeof(int);
    private const int FewestSlots = 1024;
    private const int MostSlotsKept = 1 << 18;

    private readonly OctetBuffer _plain = new();
    private int[] _slots = new int[FewestSlots]; // the number of a text and 1; 0 for none
    private Entry[] _entries = new Entry[FewestSlots / 2];
    private int _last = -1;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them in the order of their numbers, as a dictionary page has them.</summary>
    public ReadOnlySpan<byte> Plain => _plain.Written;

    /// <summary>The octets of one.</summary>
    public ReadOnlySpan<byte> this[int number] => _plain.Written.Slice(_entries[number].Start, _entries[number].Length);

    /// <summary>The number of a text, which is added if it is new.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        // Rows are sorted, so that most texts are that of the row before.
        if (_last >= 0 && this[_last].SequenceEqual(text))
        {
            return _last;
        }

        // With a secret of the process: nobody can look up names that all fall into one slot.
        var code = default(HashCode);
        code.AddBytes(text);
        var hash = code.ToHashCode();
        var slot = hash & (_slots.Length - 1);
        for (; _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            var number = _slots[slot] - 1;
            if (_entries[number].Hash == hash && this[number].SequenceEqual(text))
            {
                return _last = number;
            }
        }

        _slots[slot] = Count + 1;
        Append(text, hash);
        return _last = Count - 1;
    }

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        _plain.Clear();
        (Count, _last) = (0, -1);
        if (_slots.Length > MostSlotsKept)
        {
            (_slots, _entries) = (new int[FewestSlots], new Entry[FewestSlots / 2]);
        }

        _slots.AsSpan().Clear();
    }

    private void Append(ReadOnlySpan<byte> text, int hash)
    {
        var room = _plain.Room(LengthSize + text.Length);
        BinaryPrimitives.WriteInt32LittleEndian(room, text.Length);
        text.CopyTo(room[LengthSize..]);
        _entries[Count++] = new Entry(_plain.Length + LengthSize, text.Length, hash);
        _plain.Advance(LengthSize + text.Length);
        if (Count < _entries.Length)
        {
            return;
        }

        Array.Resize(ref _entries, Count * 2);
        _slots = new int[_slots.Length * 2];
        for (var number = 0; number < Count; number++)
        {
            var slot = _entries[number].Hash & (_slots.Length - 1);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = number + 1;
        }
    }

    private readonly record struct Entry(int Start, int Length, int Hash);
}
