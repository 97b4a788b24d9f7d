using System.Buffers;
using System.Globalization;
using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Conversion;

/// <summary>
/// Suricata's rule language (5 and later): a signature for each alternative, on the keyword <c>dns.query</c>. A name and the names below it
/// are one signature, with <c>dotprefix</c>.
/// </summary>
/// <param name="firstSid">The first signature's id.</param>
internal sealed class SuricataFormat(int firstSid) : IRuleFormat
{
    // A content has at most 255 bytes, and so has a name.
    private const int MaximumContent = 255;

    private static readonly SearchValues<char> Special = SearchValues.Create(";\"\\ ,|");

    private long _sid = firstSid;

    public IEnumerable<string> Begin(IReadOnlyList<ConvertedRule> rules) => [];

    public IReadOnlyList<string> Convert(ConvertedRule rule)
    {
        var below = Whole(rule, NameTermKind.Suffix).Where(text => text.StartsWith('.')).Select(text => text[1..]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var both = Whole(rule, NameTermKind.Exact).Where(below.Contains).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var terms in rule.Alternatives)
        {
            if (!TryMatch(terms, both, out var match))
            {
                rule.Log.Add("texts that are no part of a name as Suricata sees it are not carried", terms[0].Pattern.ToString());
                continue;
            }

            seen.Add(match);
        }

        var end = End(rule.Rule);
        return seen.Count == 0 ? [] : [.. RuleHeader.Lines(rule.Rule, "#"), .. seen.Select(match => Signature(rule.Rule, match, end))];
    }

    private string Signature(SigmaRule rule, string match, string end) => string.Create(
        CultureInfo.InvariantCulture, $"alert dns any any -> any any (msg:\"SIGMA {Quoted(rule.Title)}\"; dns.query; {match}{end} sid:{_sid++}; rev:1;)");

    private static IEnumerable<string> Whole(ConvertedRule rule, NameTermKind kind) => rule.Alternatives
        .Where(terms => terms is [{ IsCased: false } only] && only.Kind == kind)
        .Select(terms => terms[0].Text);

    private static bool TryMatch(IReadOnlyList<NameTerm> terms, HashSet<string> both, out string match)
    {
        if (terms is [{ IsCased: false, Kind: NameTermKind.Exact or NameTermKind.Suffix } only] && both.Contains(only.Text.TrimStart('.'))
            && TryContent("." + only.Text.TrimStart('.'), isCased: false, out var dotted))
        {
            match = $"dotprefix; {dotted} endswith;";
            return true;
        }

        var text = new StringBuilder();
        foreach (var term in terms)
        {
            if (!TryAppend(text, term))
            {
                match = "";
                return false;
            }
        }

        match = text.ToString().TrimEnd();
        return true;
    }

    private static bool TryAppend(StringBuilder text, NameTerm term)
    {
        var tokens = term.Pattern.Tokens;
        var isFirst = true;
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind == PatternTokenKind.AnyText)
            {
                continue;
            }

            // At the end of a whole name or of its last part, a dot could only be the root's.
            var isEnd = i == tokens.Count - 1;
            if ((isEnd && tokens[i].Text.EndsWith('.') && tokens[i].Text.Length > 1) || !TryContent(tokens[i].Text, term.IsCased, out var content))
            {
                return false;
            }

            text.Append(content).Append(' ');
            text.Append(i == 0 ? "startswith; " : "").Append(isFirst ? "" : "distance:0; ");
            // endswith cannot be combined with distance.
            text.Append(!isEnd ? "" : isFirst ? "endswith; " : "isdataat:!1,relative; ");
            isFirst = false;
        }

        return true;
    }

    // Suricata sees a name's bytes with dots between the labels and none at the end; escapes in a rule's text do not exist there.
    private static bool TryContent(string literal, bool isCased, out string content)
    {
        content = "";
        var text = literal;
        if (!Ascii.IsValid(text))
        {
            if (!DomainName.TryRead(text.TrimStart('.'), out var name))
            {
                return false;
            }

            text = (text.StartsWith('.') ? "." : "") + name;
        }

        if (text.Length > MaximumContent || text.Contains('\\') || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }

        var bytes = new StringBuilder();
        foreach (var character in text)
        {
            bytes.Append(char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_'
                ? character
                : string.Create(CultureInfo.InvariantCulture, $"|{(int)character:X2}|"));
        }

        content = $"content:\"{bytes.Replace("||", " ")}\";{(isCased ? "" : " nocase;")}";
        return true;
    }

    private static string End(SigmaRule rule)
    {
        var text = new StringBuilder();
        foreach (var reference in rule.References)
        {
            // The scheme is in Suricata's reference.config. Suricata rejects a signature whose reference does not begin like a host name.
            var page = reference.Replace("https://", "", StringComparison.Ordinal).Replace("http://", "", StringComparison.Ordinal);
            if (page != reference && page.Length > 0 && char.IsAsciiLetterOrDigit(page[0]) && !page.AsSpan().ContainsAny(Special) && !page.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                text.Append(CultureInfo.InvariantCulture, $" reference:url,{page};");
            }
        }

        var priority = rule.Level?.ToLowerInvariant() switch
        {
            "critical" or "high" => 1,
            "low" => 3,
            "informational" => 4,
            _ => 2,
        };
        text.Append(CultureInfo.InvariantCulture, $" priority:{priority}; metadata:");
        var metadata = new List<string>();
        Add("sigma_id", rule.Id);
        Add("sigma_level", rule.Level);
        Add("sigma_status", rule.Status);
        Add("created_at", rule.Date?.Replace('-', '_'));
        Add("updated_at", rule.Modified?.Replace('-', '_'));
        foreach (var technique in rule.AttackTechniques.Distinct(StringComparer.Ordinal))
        {
            Add("mitre_technique_id", technique.Replace('.', '_'));
        }

        return metadata.Count == 0 ? text.Replace(" metadata:", "").ToString() : text.AppendJoin(", ", metadata).Append(';').ToString();

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value) && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
            {
                metadata.Add($"{key} {value}");
            }
        }
    }

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder();
        foreach (var character in RuleHeader.Text(text))
        {
            quoted.Append(character is '"' or ';' or '\\' ? $"\\{character}" : character.ToString());
        }

        return quoted.ToString();
    }
}
