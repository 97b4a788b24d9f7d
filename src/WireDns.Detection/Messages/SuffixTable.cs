using System.Numerics;
using System.Text;

namespace WireDns.Detection.Messages;

/// <summary>Names within a text, with what the public suffix list says of each; found by a hash that a longer name extends. Case does not matter.</summary>
/// <param name="text">The text.</param>
/// <param name="count">How many names at most.</param>
internal sealed class SuffixTable(byte[] text, int count)
{
    /// <summary>The hash of nothing: of 32-bit FNV-1a. The names are public and few, and what is found is compared octet by octet.</summary>
    public const uint HashBasis = 2_166_136_261;

    private const uint HashPrime = 16_777_619;

    private readonly int[] _slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)(2 * count) + 1)];
    private readonly Entry[] _entries = new Entry[count];
    private int _count;

    /// <summary>What is said of the name that ends all others, for who keeps it here.</summary>
    public SuffixFlags Top { get; set; }

    /// <summary>Reads rules, with a space between two.</summary>
    public static SuffixTable Read(byte[] text, Range rules)
    {
        // Each label of each rule, at most.
        var octets = text.AsSpan(rules);
        var table = new SuffixTable(text, octets.Count((byte)' ') + octets.Count((byte)'.') + 1);
        ReadOnlySpan<byte> previous = default;
        foreach (var rule in octets.Split((byte)' '))
        {
            var start = rules.Start.Value + rule.Start.Value;
            table.AddRule(start, start + octets[rule].Length, ref previous);
        }

        return table;
    }

    /// <summary>The hash of a name, from its last octet to its first, so that the hash of a name extends the hash of its suffix.</summary>
    public static uint Hash(ReadOnlySpan<byte> name)
    {
        var hash = HashBasis;
        for (var i = name.Length - 1; i >= 0; i--)
        {
            hash = Extend(hash, name[i]);
        }

        return hash;
    }

    /// <summary>The hash of a name that has one octet more at its start.</summary>
    public static uint Extend(uint hash, byte value) => (hash ^ (value is >= (byte)'A' and <= (byte)'Z' ? value | 0x20u : value)) * HashPrime;

    /// <summary>Enters a name, or adds to what is said of it.</summary>
    /// <returns>Its number.</returns>
    public int Enter(Range name, uint hash, SuffixFlags flags)
    {
        ref var slot = ref FindSlot(text.AsSpan(name), hash);
        if (slot == 0)
        {
            _entries[_count++] = new Entry(name.Start.Value, name.End.Value - name.Start.Value, hash);
            slot = _count;
        }

        _entries[slot - 1].Flags |= flags;
        return slot - 1;
    }

    /// <summary>The number of a name; −1 if it was not entered.</summary>
    public int Find(ReadOnlySpan<byte> name, uint hash) => FindSlot(name, hash) - 1;

    /// <summary>What is said of a name.</summary>
    public SuffixFlags FlagsOf(ReadOnlySpan<byte> name, uint hash)
    {
        var slot = FindSlot(name, hash);
        return slot == 0 ? 0 : _entries[slot - 1].Flags;
    }

    private void AddRule(int start, int end, ref ReadOnlySpan<byte> previous)
    {
        var rule = text.AsSpan(start..end);
        var flags = rule[0] == '!' ? SuffixFlags.Exception : rule.StartsWith("*."u8) ? SuffixFlags.Wildcard : SuffixFlags.Rule;
        start += flags == SuffixFlags.Exception ? 1 : flags == SuffixFlags.Wildcard ? 2 : 0;

        // The parents of a rule are entered too, so that a search can end at the first name that is missing. Those that the rule before has as well are there.
        ReadOnlySpan<byte> name = text.AsSpan(start..end);
        var shared = LengthOfSharedEnd(name, previous);
        var known = shared == previous.Length ? shared : shared - 1;
        var hash = HashBasis;
        for (var i = name.Length - 1; i >= 0; i--)
        {
            if (name[i] == '.' && name.Length - 1 - i > known)
            {
                Enter((start + i + 1)..end, hash, SuffixFlags.Above);
            }

            hash = Extend(hash, name[i]);
        }

        Enter(start..end, hash, flags);
        previous = name;
    }

    private static int LengthOfSharedEnd(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other)
    {
        var length = 0;
        for (int i = name.Length - 1, j = other.Length - 1; (uint)i < (uint)name.Length && (uint)j < (uint)other.Length && name[i] == other[j]; i--, j--)
        {
            length++;
        }

        return length;
    }

    private ref int FindSlot(ReadOnlySpan<byte> name, uint hash)
    {
        var mask = _slots.Length - 1;
        for (var i = (int)(hash ^ (hash >> 15)) & mask; ; i = (i + 1) & mask)
        {
            if (_slots[i] == 0 || IsAt(in _entries[_slots[i] - 1], name, hash))
            {
                return ref _slots[i];
            }
        }
    }

    private bool IsAt(in Entry entry, ReadOnlySpan<byte> name, uint hash) => entry.Hash == hash && entry.Length == name.Length
        && Ascii.EqualsIgnoreCase(text.AsSpan(entry.Start, entry.Length), name);

    private struct Entry(int start, int length, uint hash)
    {
        public readonly int Start = start;
        public readonly int Length = length;
        public readonly uint Hash = hash;
        public SuffixFlags Flags;
    }
}

/// <summary>What the public suffix list says of a name.</summary>
[Flags]
internal enum SuffixFlags : byte
{
    /// <summary>There is a rule for a name below this one.</summary>
    Above = 1,

    /// <summary>The name is a public suffix.</summary>
    Rule = 2,

    /// <summary>Every name directly below this one is a public suffix.</summary>
    Wildcard = 4,

    /// <summary>The name is not a public suffix, although a wildcard covers it.</summary>
    Exception = 8,
}
