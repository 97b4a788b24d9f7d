using System.Security.Cryptography;

namespace WireDns.Detection.Messages;

/// <summary>
/// The public suffix list (https://publicsuffix.org/list/): the suffixes under which people register names. Both of its sections are used, as in
/// browsers: a customer's name under a provider's domain (<c>customer.github.io</c>) is a registered domain. Thread-safe. The rules of a top-level
/// domain are read when a name below it comes for the first time: a run sees names of few of them. After that splitting a name allocates nothing.
/// </summary>
internal sealed class PublicSuffixList
{
    private const string ResourceName = "public-suffix-list.txt";

    private readonly byte[] _text;
    private readonly SuffixTable _topLevelDomains;

    // By the numbers of the top-level domains. Two threads may read the same rules at once: either result is right.
    private readonly Range[] _rulesAt;
    private readonly SuffixTable?[] _rules;
    private string? _digest;

    /// <summary>Finds the lines of a list: one for each top-level domain, its name and all its rules, in xn-- form. Comments begin with two slashes.</summary>
    public PublicSuffixList(byte[] text)
    {
        _text = text;
        var count = text.AsSpan().Count((byte)'\n');
        _topLevelDomains = new SuffixTable(text, count);
        _rulesAt = new Range[count];
        _rules = new SuffixTable[count];
        for (int start = 0, end; start < text.Length; start = end + 1)
        {
            end = start + LengthOf(text.AsSpan(start), (byte)'\n');
            if (end > start && text[start] != '/')
            {
                var name = start..(start + LengthOf(text.AsSpan(start, end - start), (byte)' '));
                _rulesAt[_topLevelDomains.Enter(name, SuffixTable.Hash(text.AsSpan(name)), 0)] = (name.End.Value + 1)..end;
            }
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

        var isBelowWildcard = false;
        var suffix = -1;
        var ends = new NameEnds(this, name);
        while (ends.MoveNext())
        {
            if ((ends.Flags & SuffixFlags.Exception) != 0)
            {
                // The suffix is what follows the first label of the exception.
                suffix = ends.EndOfLabel + 1;
                break;
            }

            if (suffix < 0 || isBelowWildcard || (ends.Flags & SuffixFlags.Rule) != 0)
            {
                suffix = ends.Start;
            }

            isBelowWildcard = (ends.Flags & SuffixFlags.Wildcard) != 0;
        }

        return new DomainParts(suffix < 2 ? -1 : NotEmpty(FindLabel(name[..(suffix - 1)]), suffix - 1), suffix);
    }

    /// <summary>Whether the list has a rule for a name or for a name below it.</summary>
    public bool HasRuleBelow(ReadOnlySpan<byte> name)
    {
        var ends = new NameEnds(this, name);
        while (ends.MoveNext())
        {
        }

        return ends.Flags != 0;
    }

    private static int LengthOf(ReadOnlySpan<byte> text, byte end)
    {
        var length = text.IndexOf(end);
        return length < 0 ? text.Length : length;
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

    /// <summary>The rules of a top-level domain and below it; null if it is not listed.</summary>
    private SuffixTable? RulesOf(ReadOnlySpan<byte> topLevelDomain, uint hash)
    {
        var domain = _topLevelDomains.Find(topLevelDomain, hash);
        return domain < 0 ? null : Volatile.Read(ref _rules[domain]) ?? ReadRules(domain, topLevelDomain, hash);
    }

    private SuffixTable ReadRules(int domain, ReadOnlySpan<byte> topLevelDomain, uint hash)
    {
        var rules = SuffixTable.Read(_text, _rulesAt[domain]);
        rules.Top = rules.FlagsOf(topLevelDomain, hash);
        Volatile.Write(ref _rules[domain], rules);
        return rules;
    }

    /// <summary>The ends of a name, from the last label on, as far as the list knows them: the last is the first that it has no rule for or below.</summary>
    private ref struct NameEnds(PublicSuffixList list, ReadOnlySpan<byte> name)
    {
        private readonly ReadOnlySpan<byte> _name = name;
        private SuffixTable? _rules;
        private uint _hash = SuffixTable.HashBasis;
        private bool _isLast;

        /// <summary>Where this end begins in the name.</summary>
        public int Start { get; private set; } = name.Length + 1;

        /// <summary>Where the first label of this end is over.</summary>
        public int EndOfLabel { get; private set; }

        /// <summary>What the list says of this end.</summary>
        public SuffixFlags Flags { get; private set; }

        public bool MoveNext()
        {
            if (_isLast)
            {
                return false;
            }

            EndOfLabel = Start - 1;
            Start = FindLabel(_name[..EndOfLabel]);
            for (var i = Math.Min(EndOfLabel, _name.Length - 1); i >= Start; i--)
            {
                _hash = SuffixTable.Extend(_hash, _name[i]);
            }

            if (_rules is null)
            {
                _rules = list.RulesOf(_name[Start..], _hash);
                Flags = _rules?.Top ?? 0;
            }
            else
            {
                Flags = _rules.FlagsOf(_name[Start..], _hash);
            }

            _isLast = Flags == 0 || Start == 0;
            return true;
        }
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
