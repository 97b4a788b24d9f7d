using System.Text.RegularExpressions;

namespace WireDns.Alerts.Formats;

/// <summary>The rule (ECS field set <c>rule</c>) and what it says about the attacker (<c>threat</c>).</summary>
internal static partial class EcsRule
{
    public static void Write(MemberWriter json, AlertRule rule, IReadOnlyList<AlertIndicator> indicators)
    {
        json.Writer.WriteStartObject("rule"u8);
        json.Text("id"u8, rule.Id);
        json.Text("uuid"u8, Guid.TryParse(rule.Id, out var uuid) ? uuid.ToString() : null);
        json.Text("name"u8, rule.Title);
        json.Text("description"u8, rule.Description);
        json.Text("category"u8, rule.AttackTactics.Select(AttackTactic.Of).OfType<AttackTactic>().FirstOrDefault()?.Name);
        json.Texts("author"u8, rule.Author is null ? [] : [rule.Author]);
        json.Text("license"u8, rule.License);
        json.Text("reference"u8, rule.References.Count > 0 ? rule.References[0] : null);
        json.Text("ruleset"u8, "sigma");
        json.Text("version"u8, rule.Modified);
        json.Writer.WriteEndObject();
        WriteThreat(json, rule, indicators.Count > 0 ? indicators[0] : null);
    }

    /// <summary>The arrays of one object are parallel, so a tactic without an id is left out here (it is still in <c>tags</c>).</summary>
    private static void WriteThreat(MemberWriter json, AlertRule rule, AlertIndicator? indicator)
    {
        var tactics = rule.AttackTactics.Select(AttackTactic.Of).OfType<AttackTactic>().DistinctBy(tactic => tactic.Id).ToArray();
        var techniques = rule.AttackTechniques.Where(id => TechniqueId().IsMatch(id)).ToArray();
        var (groups, software) = (Tagged(rule, GroupTag()), Tagged(rule, SoftwareTag()));
        if (tactics.Length + techniques.Length + groups.Length + software.Length == 0 && indicator is null)
        {
            WriteVulnerability(json, rule);
            return;
        }

        json.Writer.WriteStartObject("threat"u8);
        WriteIndicator(json, indicator);
        json.Text("framework"u8, tactics.Length + techniques.Length + groups.Length + software.Length > 0 ? "MITRE ATT&CK" : null);
        if (tactics.Length > 0)
        {
            json.Writer.WriteStartObject("tactic"u8);
            json.Texts("id"u8, [.. tactics.Select(tactic => tactic.Id)]);
            json.Texts("name"u8, [.. tactics.Select(tactic => tactic.Name)]);
            json.Texts("reference"u8, [.. tactics.Select(tactic => $"https://attack.mitre.org/tactics/{tactic.Id}/")]);
            json.Writer.WriteEndObject();
        }

        WriteTechniques(json, techniques);
        WriteFirst(json, "group"u8, "groups", groups);
        WriteFirst(json, "software"u8, "software", software);
        json.Writer.WriteEndObject();
        WriteVulnerability(json, rule);
    }

    /// <summary>The schema has room for one; all are in <c>wiredns.indicators</c>.</summary>
    private static void WriteIndicator(MemberWriter json, AlertIndicator? indicator)
    {
        if (indicator is null)
        {
            return;
        }

        json.Writer.WriteStartObject("indicator"u8);
        json.Text("type"u8, "domain-name");
        json.Text("name"u8, indicator.Name);
        json.Text("description"u8, indicator.Title);
        json.Text("provider"u8, indicator.List);
        json.Text("confidence"u8, indicator.ConfidenceWord);
        json.Writer.WriteStartObject("url"u8);
        json.Text("domain"u8, indicator.Name);
        json.Writer.WriteEndObject();
        json.Writer.WriteEndObject();
        json.Writer.WriteStartObject("feed"u8);
        json.Text("name"u8, indicator.List);
        json.Writer.WriteEndObject();
    }

    /// <summary>The schema has room for one; all are in <c>tags</c>.</summary>
    private static void WriteFirst(MemberWriter json, ReadOnlySpan<byte> name, string page, string[] ids)
    {
        if (ids.Length > 0)
        {
            json.Writer.WriteStartObject(name);
            json.Text("id"u8, ids[0]);
            json.Text("reference"u8, $"https://attack.mitre.org/{page}/{ids[0]}/");
            json.Writer.WriteEndObject();
        }
    }

    /// <summary>Sigma has a tag for each vulnerability: <c>cve.2021-44228</c>; older rules <c>cve.2021.44228</c>.</summary>
    private static void WriteVulnerability(MemberWriter json, AlertRule rule)
    {
        var numbers = rule.Tags.Select(tag => VulnerabilityTag().Match(tag)).Where(match => match.Success)
            .Select(match => $"CVE-{match.Groups[1].Value}-{match.Groups[2].Value}").Distinct().ToArray();
        if (numbers.Length > 0)
        {
            json.Writer.WriteStartObject("vulnerability"u8);
            json.Text("id"u8, numbers[0]);
            json.Text("enumeration"u8, "CVE");
            json.Text("reference"u8, $"https://www.cve.org/CVERecord?id={numbers[0]}");
            json.Writer.WriteEndObject();
        }
    }

    private static string[] Tagged(AlertRule rule, Regex tag) =>
        [.. rule.Tags.Select(text => tag.Match(text)).Where(match => match.Success).Select(match => match.Groups[1].Value.ToUpperInvariant()).Distinct()];

    private static void WriteTechniques(MemberWriter json, string[] ids)
    {
        if (ids.Length == 0)
        {
            return;
        }

        json.Writer.WriteStartObject("technique"u8);
        WriteTechniqueIds(json, [.. ids.Select(id => id[..5]).Distinct()]); // T1071 of T1071.004
        var subtechniques = ids.Where(id => id.Length > 5).Distinct().ToArray();
        if (subtechniques.Length > 0)
        {
            json.Writer.WriteStartObject("subtechnique"u8);
            WriteTechniqueIds(json, subtechniques);
            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndObject();
    }

    private static void WriteTechniqueIds(MemberWriter json, string[] ids)
    {
        json.Texts("id"u8, ids);

        // Parallel to the ids, so all or none.
        var names = ids.Select(AttackNames.Shipped.Technique).OfType<string>().Select(name => name[(name.IndexOf(": ", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : 0)..]).ToArray();
        json.Texts("name"u8, names.Length == ids.Length ? names : []);
        json.Texts("reference"u8, [.. ids.Select(AttackNames.Page)]);
    }

    [GeneratedRegex(@"\AT[0-9]{4}(\.[0-9]{3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex TechniqueId();

    [GeneratedRegex(@"\Aattack\.(g[0-9]{4})\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex GroupTag();

    [GeneratedRegex(@"\Aattack\.(s[0-9]{4})\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SoftwareTag();

    [GeneratedRegex(@"\Acve\.([0-9]{4})[.-]([0-9]{4,7})\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex VulnerabilityTag();
}
