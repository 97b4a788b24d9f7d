using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace WireDns.Detection.Messages;

/// <summary>
/// The public suffix list (https://publicsuffix.org/list/): the suffixes under which people register names. Both of its sections are used, as in
/// browsers: a customer's name under a provider's domain (<c>customer.github.io</c>) is a registered domain. Immutable and thread-safe; splitting a
/// name allocates nothing.
/// </summary>
internal sealed class PublicSuffixList
{
    private const string ResourceName = "public-suffix-list.txt";

    // The prime and offset basis of 32-bit FNV-1a. The names are public and few, and a hit is compared byte by byte.
    private const uint HashPrime = 16_777_619;
    private const uint HashBasis = 2_166_136_261;

    private readonly byte[] _text;
    private readonly int[] _slots;
    private Entry[] _entries;
    private int _count;
    private string? _digest;

    /// <summary>Parses a list in its published format, with names in xn-- form: one rule per line, comments after two slashes.</summary>
    public PublicSuffixList(byte[] text)
    {
        _text = text;

        // A line is a rule, which adds an entry for itself and few others; two slots per line keep searches short.
        var lines = text.AsSpan().Count((byte)'\n');
        _slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)(2 * (lines + 64)))];
        _entries = new Entry[lines + (lines / 8) + 64];
        ReadOnlySpan<byte> previous = default;
        for (var start = 0; start < text.Length;)
        {
            var length = text.AsSpan(start).IndexOf((byte)'\n');
            var end = length < 0 ? text.Length : start + length;
            AddRule(start, end, ref previous);
            start = end + 1;
        }
    }

    /// <summary>What tells the list from others: the first 16 hexadecimal digits of its SHA-256.</summary>
    public string Digest => _digest ??= Convert.ToHexStringLower(SHA256.HashData(_text))[..16];

    /// <summary>The list shipped with the product, read on first use.</summary>
    public static Lazy<PublicSuffixList> Shipped { get; } = new(ReadShipped);

    /// <summary>Reads the list shipped with the product.</summary>
    public static PublicSuffixList ReadShipped()
    {
        using var resource = typeof(PublicSuffixList).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"the resource {ResourceName} is missing");
        var text = new byte[resource.Length];
        resource.ReadExactly(text);
        return new PublicSuffixList(text);
    }

    /// <summary>Splits a name into its parts. A top-level domain that is not listed counts as a public suffix, as in the list's algorithm.</summary>
    /// <param name="name">The name as text, in any case, with escapes (a dot after a backslash is not a separator) and without a final dot.</param>
    public DomainParts Split(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name is [(byte)'.'])
        {
            return DomainParts.None;
        }

        var hash = HashBasis;
        var isBelowWildcard = false;
        var suffix = -1;
        for (int end = name.Length, start; ; end = start - 1)
        {
            start = FindLabel(name[..end]);
            for (var i = Math.Min(end, name.Length - 1); i >= start; i--)
            {
                hash = Extend(hash, name[i]);
            }

            var flags = Find(name[start..], hash);
            if ((flags & Flags.Exception) != 0)
            {
                // The suffix is what follows the first label of the exception.
                suffix = end + 1;
                break;
            }

            if (suffix < 0 || isBelowWildcard || (flags & Flags.Rule) != 0)
            {
                suffix = start;
            }

            isBelowWildcard = (flags & Flags.Wildcard) != 0;
            if (flags == 0 || start == 0)
            {
                break;
            }
        }

        return new DomainParts(suffix < 2 ? -1 : NotEmpty(FindLabel(name[..(suffix - 1)]), suffix - 1), suffix);
    }

    /// <summary>Whether the list has a rule for a name or for a name below it. The name must be in lower case.</summary>
    public bool HasRuleBelow(ReadOnlySpan<byte> name)
    {
        var hash = HashBasis;
        for (int end = name.Length, start; ; end = start - 1)
        {
            start = FindLabel(name[..end]);
            for (var i = Math.Min(end, name.Length - 1); i >= start; i--)
            {
                hash = Extend(hash, name[i]);
            }

            var isKnown = Find(name[start..], hash) != 0;
            if (!isKnown || start == 0)
            {
                return isKnown;
            }
        }
    }

    private static int NotEmpty(int start, int end) => start < end ? start : -1;

    /// <summary>The offset of the last label.</summary>
    private static int FindLabel(ReadOnlySpan<byte> name)
    {
        for (var end = name.Length; ;)
        {
            var dot = name[..end].LastIndexOf((byte)'.');
            if (dot <= 0 || name[dot - 1] != '\\' || !IsEscaped(name[..dot]))
            {
                return dot + 1;
            }

            end = dot;
        }
    }

    // A pair of backslashes is a literal backslash, and does not escape what follows.
    private static bool IsEscaped(ReadOnlySpan<byte> before)
    {
        var kept = before.LastIndexOfAnyExcept((byte)'\\') + 1;
        return (before.Length - kept) % 2 == 1;
    }

    private void AddRule(int start, int end, ref ReadOnlySpan<byte> previous)
    {
        var line = _text.AsSpan(start..end);
        if (line.IsEmpty || line.StartsWith("//"u8))
        {
            return;
        }

        var flags = line[0] == '!' ? Flags.Exception : line.StartsWith("*."u8) ? Flags.Wildcard : Flags.Rule;
        start += flags == Flags.Exception ? 1 : flags == Flags.Wildcard ? 2 : 0;

        // The parents of a rule are entered too, so that a search can end at the first name that is missing. Those that the rule before has as well are there.
        ReadOnlySpan<byte> name = _text.AsSpan(start..end);
        var shared = LengthOfSharedEnd(name, previous);
        var known = shared == previous.Length ? shared : shared - 1;
        var hash = HashBasis;
        for (var i = name.Length - 1; i >= 0; i--)
        {
            if (name[i] == '.' && name.Length - 1 - i > known)
            {
                Enter(start + i + 1, end, hash, Flags.Above);
            }

            hash = Extend(hash, name[i]);
        }

        Enter(start, end, hash, flags);
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

    private void Enter(int start, int end, uint hash, Flags flags)
    {
        ref var slot = ref FindSlot(_text.AsSpan(start..end), hash);
        if (slot == 0)
        {
            if (_count == _entries.Length)
            {
                Array.Resize(ref _entries, 2 * _count);
            }

            _entries[_count++] = new Entry(start, end - start, hash, flags);
            slot = _count;
        }
        else
        {
            _entries[slot - 1].Flags |= flags;
        }
    }

    private Flags Find(ReadOnlySpan<byte> name, uint hash)
    {
        var slot = FindSlot(name, hash);
        return slot == 0 ? 0 : _entries[slot - 1].Flags;
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
        && Ascii.EqualsIgnoreCase(_text.AsSpan(entry.Start, entry.Length), name);

    // Hashes from the last byte to the first, so that the hash of a name extends the hash of its suffix.
    private static uint Extend(uint hash, byte value) => (hash ^ (value is >= (byte)'A' and <= (byte)'Z' ? value | 0x20u : value)) * HashPrime;

    [Flags]
    private enum Flags : byte
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

    private struct Entry(int start, int length, uint hash, Flags flags)
    {
        public readonly int Start = start;
        public readonly int Length = length;
        public readonly uint Hash = hash;
        public Flags Flags = flags;
    }
}

/// <summary>The offsets of a name's parts in its text, in bytes; −1 for a part that the name does not have.</summary>
/// <param name="Domain">The registered domain: the public suffix and the label before it. A public suffix alone has none.</param>
/// <param name="Suffix">The public suffix. The root has none.</param>
internal readonly record struct DomainParts(int Domain, int Suffix)
{
    /// <summary>The parts of a name without labels.</summary>
    public static DomainParts None => new(-1, -1);
}
