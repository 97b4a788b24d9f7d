namespace WireDns.RuleTools.Conversion;

/// <summary>A domain that a rule looks for.</summary>
/// <param name="Name">Its name, in lower case and ASCII.</param>
/// <param name="IsItself">Whether the name itself is meant.</param>
/// <param name="IsBelow">Whether the names below it are meant.</param>
internal readonly record struct ListedName(string Name, bool IsItself, bool IsBelow)
{
    /// <summary>
    /// The domain names in a rule. A text that the name must end with or contain, and that is a whole domain name, is taken for that
    /// domain: less than the rule says, but what its author had in mind. The rest goes to the rule's log.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <param name="hasBelow">Whether the format can express "the names below"; if not, the log notes that they are left out.</param>
    public static IEnumerable<ListedName> Of(ConvertedRule rule, bool hasBelow)
    {
        var seen = new HashSet<ListedName>();
        foreach (var terms in rule.Alternatives)
        {
            if (TryRead(terms, rule.Log, hasBelow, out var name) && seen.Add(name))
            {
                yield return name;
            }
        }
    }

    private static bool TryRead(IReadOnlyList<NameTerm> terms, ConversionLog log, bool hasBelow, out ListedName name)
    {
        name = default;
        if (terms is not [var term])
        {
            log.Add("several conditions on one name are not carried", terms[0].Pattern.ToString());
            return false;
        }

        var isBelowAlone = term.Kind == NameTermKind.Suffix && term.Text.StartsWith('.');
        if (!DomainName.TryRead(isBelowAlone ? term.Text[1..] : term.Text, out var text))
        {
            log.Add(term.Kind is NameTermKind.Prefix or NameTermKind.Pattern
                ? "texts at the beginning of the name, and patterns, are not carried"
                : "texts that are no domain name are not carried", term.Pattern.ToString());
            return false;
        }

        switch (term.Kind)
        {
            case NameTermKind.Exact:
                name = new ListedName(text, true, false);
                return true;
            case NameTermKind.Suffix when isBelowAlone && hasBelow:
                name = new ListedName(text, false, true);
                return true;
            case NameTermKind.Suffix when isBelowAlone:
                log.Add("names below a domain are not carried: the format has whole names only", term.Pattern.ToString());
                return false;
            case NameTermKind.Suffix or NameTermKind.Substring when DomainName.IsRegistrable(text):
                log.Add(
                    (term.Kind == NameTermKind.Suffix ? "names that merely end so" : "names that contain it elsewhere")
                        + (hasBelow ? " are left out; the domain and the names below it are carried" : ", and those below it, are left out; the name itself is carried"),
                    term.Text);
                name = new ListedName(text, true, hasBelow);
                return true;
            default:
                log.Add(term.Kind is NameTermKind.Suffix or NameTermKind.Substring
                    ? "texts that are only a part of a domain name are not carried"
                    : "texts at the beginning of the name, and patterns, are not carried", term.Pattern.ToString());
                return false;
        }
    }
}
