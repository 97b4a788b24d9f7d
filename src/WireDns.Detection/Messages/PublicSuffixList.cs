using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace WireDns.Detection.Messages;

/// <summary>
/// The public suffix list (https://publicsuffix.org/list/): below which names people register their own. Both its sections count, as in
/// browsers: a customer's name below a provider's domain (<c>customer.github.io</c>) is a domain of its own. Immutable and thread-safe;
/// splitting a name allocates nothing.
/// </summary>
internal sealed class PublicSuffixList
{
    private const string ResourceName = "public-suffix-list.txt";

    // FNV-1a's prime and offset basis for 32 bits; the names are public and few, and a hit is compared byte by byte.
    private const uint HashPrime = 16_777_619;
    private const uint HashBasis = 2_166_136_261;

    private readonly byte[] _text;
    private readonly List<Entry> _entries = [];
    private readonly int[] _slots;

    /// <summary>Reads a list in the form of its maintainers, names in their xn-- form: a rule a line, comments after two slashes.</summary>
    public PublicSuffixList(byte[] text)
    {
        _text = text;

        // A line is a rule, which makes an entry for itself and few others; two slots for each keep the search short.
        _slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)(2 * (text.AsSpan().Count((byte)'\n') + 64)))];
        for (var start = 0; start < text.Length;)
        {
            var length = text.AsSpan(start).IndexOf((byte)'\n');
            var end = length < 0 ? text.Length : start + length;
            AddRule(start, end);
            start = end + 1;
        }
    }

    /// <summary>The list that the product ships, read when something first needs it.</summary>
    public static Lazy<PublicSuffixList> Shipped { get; } = new(ReadShipped);

    /// <summary>Reads the list that the product ships.</summary>
    public static PublicSuffixList ReadShipped()
    {
        using var resource = typeof(PublicSuffixList).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"the resource {ResourceName} is missing");
        var text = new byte[resource.Length];
        resource.ReadExactly(text);
        return new PublicSuffixList(text);
    }

    /// <summary>Splits a name. A top level that is not listed is a public suffix itself, as the list's algorithm says.</summary>
    /// <param name="name">A name as text without a dot at its end, in any case, with escapes (a dot after a backslash is no separator).</param>
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
                // The suffix is what stands after the exception's first label.
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

    /// <summary>Whether the list has a rule for a name, or for one below it; the name in small letters.</summary>
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

    /// <summary>Where the last label begins.</summary>
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

    // Two backslashes are one that is meant, and escape nothing after them.
    private static bool IsEscaped(ReadOnlySpan<byte> before)
    {
        var kept = before.LastIndexOfAnyExcept((byte)'\\') + 1;
        return (before.Length - kept) % 2 == 1;
    }

    private void AddRule(int start, int end)
    {
        var line = _text.AsSpan(start..end);
        if (line.IsEmpty || line.StartsWith("//"u8))
        {
            return;
        }

        var flags = line[0] == '!' ? Flags.Exception : line.StartsWith("*."u8) ? Flags.Wildcard : Flags.Rule;
        start += flags == Flags.Exception ? 1 : flags == Flags.Wildcard ? 2 : 0;

        // The names above a rule are entered too, so that a search can end at the first one that is not there.
        var hash = HashBasis;
        for (var i = end - 1; i >= start; i--)
        {
            if (_text[i] == '.')
            {
                Enter(i + 1, end, hash, Flags.Above);
            }

            hash = Extend(hash, _text[i]);
        }

        Enter(start, end, hash, flags);
    }

    private void Enter(int start, int end, uint hash, Flags flags)
    {
        ref var slot = ref FindSlot(_text.AsSpan(start..end), hash);
        if (slot == 0)
        {
            _entries.Add(new Entry(start, end - start, hash, flags));
            slot = _entries.Count;
        }
        else
        {
            ref var entry = ref CollectionsMarshal.AsSpan(_entries)[slot - 1];
            entry = entry with { Flags = entry.Flags | flags };
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
            if (_slots[i] == 0 || IsAt(_entries[_slots[i] - 1], name, hash))
            {
                return ref _slots[i];
            }
        }
    }

    private bool IsAt(Entry entry, ReadOnlySpan<byte> name, uint hash) => entry.Hash == hash
        && Ascii.EqualsIgnoreCase(_text.AsSpan(entry.Start, entry.Length), name);

    // From the last byte to the first, so that the hash of a name is that of what follows it, extended.
    private static uint Extend(uint hash, byte value) => (hash ^ (value is >= (byte)'A' and <= (byte)'Z' ? value | 0x20u : value)) * HashPrime;

    [Flags]
    private enum Flags : byte
    {
        /// <summary>A rule stands below it.</summary>
        Above = 1,

        /// <summary>It is a public suffix.</summary>
        Rule = 2,

        /// <summary>Every name directly below it is one.</summary>
        Wildcard = 4,

        /// <summary>It is none, although a wildcard says so.</summary>
        Exception = 8,
    }

    private readonly record struct Entry(int Start, int Length, uint Hash, Flags Flags);
}

/// <summary>Where the parts of a name begin, as offsets into its text; −1 for a part that it does not have.</summary>
/// <param name="Domain">The registered domain: the public suffix and the label before it. A public suffix by itself has none.</param>
/// <param name="Suffix">The public suffix. The root has none.</param>
internal readonly record struct DomainParts(int Domain, int Suffix)
{
    /// <summary>Of a name without labels.</summary>
    public static DomainParts None => new(-1, -1);
}
