using System.Security.Cryptography;
using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Intel;

/// <summary>
/// The lists of indicators of a run. Each has a placeholder, <c>%intel_NAME%</c>, and a rule of its own, unless a rule of the user's has the placeholder;
/// <c>%intel%</c> stands for all lists. Immutable.
/// </summary>
public sealed class IntelLists
{
    /// <summary>The placeholder of all lists; those of one list begin with it.</summary>
    public const string Placeholder = "intel";

    private static readonly byte[] Namespace = Convert.FromHexString("9d6ad0a3c5f84b5e8b1f6f0d7c1e2a90");

    /// <param name="lists">The lists; no two of one name.</param>
    public IntelLists(IReadOnlyList<IntelList> lists)
    {
        All = lists;
        Usable = [.. lists.Where(list => list.Count > 0)];
    }

    /// <summary>No lists.</summary>
    public static IntelLists None { get; } = new([]);

    /// <summary>The lists, also those of which nothing can be used.</summary>
    public IReadOnlyList<IntelList> All { get; }

    private IReadOnlyList<IntelList> Usable { get; }

    /// <summary>The id of the rule of a list: a UUID that depends on the list's name alone (RFC 9562, version 8).</summary>
    public static string RuleId(string list)
    {
        var hash = SHA256.HashData([.. Namespace, .. Encoding.UTF8.GetBytes(list)]).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash, bigEndian: true).ToString();
    }

    /// <summary>A placeholder of the lists that others have already; null if there is none.</summary>
    public string? FindTaken(SigmaPlaceholders placeholders) =>
        Usable.Count == 0 ? null : Usable.Select(PlaceholderOf).Append(Placeholder).FirstOrDefault(placeholders.Names.Contains);

    /// <summary>Adds the placeholders of the lists to others.</summary>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public void AddTo(SigmaPlaceholders placeholders)
    {
        ArgumentNullException.ThrowIfNull(placeholders);
        foreach (var list in Usable)
        {
            placeholders.AddNames(PlaceholderOf(list), list.Names, list.Count, list.NameLength);
        }

        if (Usable.Count > 0)
        {
            placeholders.AddNames(Placeholder, Usable.SelectMany(list => list.Names), Usable.Sum(list => (long)list.Count), Usable.Sum(list => (long)list.NameLength));
        }
    }

    /// <summary>The lists that a rule takes values from.</summary>
    public IReadOnlyList<IntelList> UsedBy(SigmaRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return Usable.Count == 0 ? [] : [.. MatchesOf(rule.Detection.Root).SelectMany(UsedBy).Distinct()];
    }

    /// <summary>The lists that a field is matched with.</summary>
    internal IEnumerable<IntelList> UsedBy(FieldMatch match) =>
        Usable.Where(list => match.Placeholders.Any(placeholder => placeholder == Placeholder || placeholder == PlaceholderOf(list)));

    /// <summary>The texts of the rules of the lists that none of the user's rules uses.</summary>
    internal IEnumerable<RuleText> RulesBeside(IReadOnlyList<SigmaRule> rules)
    {
        var used = rules.SelectMany(UsedBy).ToHashSet();
        return Usable.Where(list => !used.Contains(list)).Select(RuleOf);
    }

    private static string PlaceholderOf(IntelList list) => $"{Placeholder}_{list.Name}";

    private static IEnumerable<FieldMatch> MatchesOf(RuleNode node) => node switch
    {
        AllOf all => all.Nodes.SelectMany(MatchesOf),
        AnyOf any => any.Nodes.SelectMany(MatchesOf),
        Not not => MatchesOf(not.Node),
        SelectionUse use => MatchesOf(use.Selection.Node),
        FieldMatch match => [match],
        _ => [],
    };

    private static RuleText RuleOf(IntelList list) => new($"built-in:{PlaceholderOf(list)}", $"""
        title: Lookup of a domain of the list {list.Name}
        id: {RuleId(list.Name)}
        status: stable
        description: >-
          A client looked up a domain of a list of threat intelligence, or a name below one. Replaced by any rule that has the placeholder of this list.
        author: WireDns
        logsource:
          category: dns
        detection:
          listed:
            QueryName|expand: '%{PlaceholderOf(list)}%'
          condition: listed
        falsepositives:
          - A domain that was cleaned up or changed hands since it was listed
          - Security staff and products that look up the domain themselves
        level: high
        tags:
          - attack.command-and-control
          - attack.t1071.004
        """);
}
