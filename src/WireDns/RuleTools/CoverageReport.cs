using System.Text.Json;
using WireDns.Alerts.Formats;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>How much of a set of rules can run on the wire. Rules that their authors retired are counted separately. Immutable.</summary>
internal sealed class CoverageReport
{
    private readonly AttackNames _names = AttackNames.Shipped;

    public CoverageReport(IReadOnlyList<CatalogEntry> entries)
    {
        Entries = entries;
        Live = [.. entries.Where(entry => !entry.IsSetAside)];
        SetAside = [.. entries.Where(entry => entry.IsSetAside)];
        Techniques =
        [
            .. entries
                .SelectMany(entry => AttackTags.FindTechniques(entry.Tags).Distinct(StringComparer.Ordinal).Select(id => (Id: id, Entry: entry)))
                .GroupBy(pair => pair.Id, pair => pair.Entry)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new TechniqueCoverage(group.Key, _names.Technique(group.Key), [.. group])),
        ];
    }

    /// <summary>All rules.</summary>
    public IReadOnlyList<CatalogEntry> Entries { get; }

    /// <summary>The rules in use.</summary>
    public IReadOnlyList<CatalogEntry> Live { get; }

    /// <summary>The retired rules: status unsupported or deprecated.</summary>
    public IReadOnlyList<CatalogEntry> SetAside { get; }

    /// <summary>The rules for each technique of ATT&amp;CK that a rule names.</summary>
    public IReadOnlyList<TechniqueCoverage> Techniques { get; }

    /// <summary>Writes the report as JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteCounts(json, "live"u8, Live);
        WriteCounts(json, "set_aside"u8, SetAside);
        json.WriteStartArray("rules"u8);
        foreach (var entry in Entries)
        {
            CatalogJson.Write(json, entry);
        }

        json.WriteEndArray();
        json.WriteStartArray("techniques"u8);
        foreach (var technique in Techniques)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, technique.Id);
            json.WriteString("name"u8, technique.Name);
            CatalogJson.WriteCounts(json, technique.Entries);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<CatalogEntry> entries)
    {
        json.WriteStartObject(name);
        CatalogJson.WriteCounts(json, entries);
        json.WriteEndObject();
    }
}

/// <summary>The rules that name a technique of ATT&amp;CK.</summary>
/// <param name="Id">The technique's id.</param>
/// <param name="Name">Its name, or null if it is not known.</param>
/// <param name="Entries">The rules.</param>
internal sealed record TechniqueCoverage(string Id, string? Name, IReadOnlyList<CatalogEntry> Entries)
{
    /// <summary>How many of its rules have this coverage.</summary>
    public int Count(CatalogCoverage coverage) => Entries.Count(entry => entry.Coverage == coverage);
}
