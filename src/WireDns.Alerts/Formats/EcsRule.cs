using System.Text.RegularExpressions;

namespace WireDns.Alerts.Formats;

/// <summary>The rule (ECS field set <c>rule</c>) and what it says about the attacker (<c>threat</c>).</summary>
internal static partial class EcsRule
{
    public static void Write(EcsWriter json, AlertRule rule)
    {
        json.Writer.WriteStartObject("rule"u8);
        json.Text("id"u8, rule.Id);
        json.Text("uuid"u8, Guid.TryParse(rule.Id, out var uuid) ? uuid.ToString() : null);
        json.Text("name"u8, rule.Title);
        json.Text("description"u8, rule.Description);
        json.Texts("author"u8, rule.Author is null ? [] : [rule.Author]);
        json.Text("license"u8, rule.License);
        json.Text("reference"u8, rule.References.Count > 0 ? rule.References[0] : null);
        json.Text("ruleset"u8, "sigma");
        json.Text("version"u8, rule.Modified);
        json.Writer.WriteEndObject();
        WriteThreat(json, rule);
    }

    /// <summary>The arrays of one object are parallel, so a tactic without an id is left out here (it is still in <c>tags</c>).</summary>
    private static void WriteThreat(EcsWriter json, AlertRule rule)
    {
        var tactics = rule.AttackTactics.Select(AttackTactic.Of).OfType<AttackTactic>().DistinctBy(tactic => tactic.Id).ToArray();
        var techniques = rule.AttackTechniques.Where(id => TechniqueId().IsMatch(id)).ToArray();
        if (tactics.Length == 0 && techniques.Length == 0)
        {
            return;
        }

        json.Writer.WriteStartObject("threat"u8);
        json.Text("framework"u8, "MITRE ATT&CK");
        if (tactics.Length > 0)
        {
            json.Writer.WriteStartObject("tactic"u8);
            json.Texts("id"u8, [.. tactics.Select(tactic => tactic.Id)]);
            json.Texts("name"u8, [.. tactics.Select(tactic => tactic.Name)]);
            json.Texts("reference"u8, [.. tactics.Select(tactic => $"https://attack.mitre.org/tactics/{tactic.Id}/")]);
            json.Writer.WriteEndObject();
        }

        WriteTechniques(json, techniques);
        json.Writer.WriteEndObject();
    }

    private static void WriteTechniques(EcsWriter json, string[] ids)
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

    private static void WriteTechniqueIds(EcsWriter json, string[] ids)
    {
        json.Texts("id"u8, ids);
        json.Texts("reference"u8, [.. ids.Select(id => $"https://attack.mitre.org/techniques/{id.Replace('.', '/')}/")]);
    }

    [GeneratedRegex(@"\AT[0-9]{4}(\.[0-9]{3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex TechniqueId();
}
