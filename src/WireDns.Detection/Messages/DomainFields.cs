namespace WireDns.Detection.Messages;

/// <summary>The parts of the questions' names by the public suffix list; found when a rule first asks for one of them.</summary>
internal sealed class DomainFields(Lazy<PublicSuffixList> suffixes, TextBuffer text)
{
    private readonly List<TextRange> _subdomains = [];
    private readonly List<TextRange> _domains = [];
    private readonly List<TextRange> _suffixes = [];
    private bool _isRead;

    /// <summary>How many of the questions' names have the part.</summary>
    public int Count(DnsField field) => Of(field).Count;

    /// <summary>The part of one of the names that have it.</summary>
    public TextRange Get(DnsField field, int index) => Of(field)[index];

    /// <summary>Forgets the parts: another message is loaded.</summary>
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

    /// <summary>Splits the names, once.</summary>
    public void Ensure(ReadOnlySpan<QuestionText> questions)
    {
        if (_isRead)
        {
            return;
        }

        _isRead = true;
        foreach (var question in questions)
        {
            var name = question.Name;
            var (domain, suffix) = suffixes.Value.Split(text[name]);
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
                // Without the dot between them.
                _subdomains.Add(name with { Length = domain - 1 });
            }
        }
    }

    private List<TextRange> Of(DnsField field) => field switch
    {
        DnsField.Subdomain => _subdomains,
        DnsField.RegisteredDomain => _domains,
        _ => _suffixes,
    };

    private static TextRange From(TextRange name, int offset) => new(name.Start + offset, name.Length - offset);
}
