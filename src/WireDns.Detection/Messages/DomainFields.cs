namespace WireDns.Detection.Messages;

/// <summary>The parts of the questions' names according to the public suffix list, computed when a rule first asks for one.</summary>
internal sealed class DomainFields(Lazy<PublicSuffixList> suffixes, TextBuffer text)
{
    // Most names recur, so their split positions are kept under a secret hash of the name, 16 bytes each.
    private const int KnownNames = 16_384;

    private readonly List<TextRange> _subdomains = [];
    private readonly List<TextRange> _domains = [];
    private readonly List<TextRange> _suffixes = [];
    private readonly Split[] _splits = new Split[KnownNames];
    private bool _isRead;

    /// <summary>How many of the questions' names have this part.</summary>
    public int Count(DnsField field) => Of(field).Count;

    /// <summary>This part of one of the names that have it, by index from 0.</summary>
    public TextRange Get(DnsField field, int index) => Of(field)[index];

    /// <summary>Forgets the parts, because another message is loaded.</summary>
    public void Clear()
    {
        if (_isRead)
        {
            _isRead = false;
            _subdomains.Clear();
            _domains.Clear();
            _suffixes.Clear();
        }
    }

    /// <summary>Splits the names, unless that has been done.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="nameHash">The hash of the name if there is exactly one question; otherwise 0.</param>
    public void Ensure(ReadOnlySpan<QuestionText> questions, ulong nameHash)
    {
        if (_isRead)
        {
            return;
        }

        _isRead = true;
        foreach (var question in questions)
        {
            var name = question.Name;
            var (domain, suffix) = Find(name, nameHash);
            if (suffix >= 0)
            {
                _suffixes.Add(From(name, suffix));
            }

            if (domain >= 0)
            {
                _domains.Add(From(name, domain));
            }

            if (domain > 1)
            {
                // Without the dot that separates them.
                _subdomains.Add(name with { Length = domain - 1 });
            }
        }
    }

    private DomainParts Find(TextRange name, ulong nameHash)
    {
        if (nameHash == 0)
        {
            return suffixes.Value.Split(text[name]);
        }

        ref var split = ref _splits[nameHash & (KnownNames - 1)];
        if (split.NameHash != nameHash)
        {
            split = new Split(nameHash, suffixes.Value.Split(text[name]));
        }

        return split.Parts;
    }

    private List<TextRange> Of(DnsField field) => field switch
    {
        DnsField.Subdomain => _subdomains,
        DnsField.RegisteredDomain => _domains,
        _ => _suffixes,
    };

    private static TextRange From(TextRange name, int offset) => new(name.Start + offset, name.Length - offset);

    private readonly record struct Split(ulong NameHash, DomainParts Parts);
}
