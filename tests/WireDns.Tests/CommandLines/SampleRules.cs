namespace WireDns.Tests.CommandLines;

/// <summary>Rules as text, whole and with one fault each.</summary>
internal static class SampleRules
{
    public const string OtherId = "11111111-2222-4333-8444-555555555555";

    /// <summary>Finds by one name what the shipped rule finds: four lookups of 3cx-beacon.pcapng.</summary>
    public static string Sound(string title = "A sound rule", string id = OtherId) => $"""
        title: {title}
        id: {id}
        status: test
        author: A. Defender
        logsource:
            category: dns
        detection:
            selection:
                query|endswith: '.msstorageazure.com'
            exact:
                query: msstorageazure.com
            condition: selection or exact
        level: medium
        """;

    /// <summary>A list that does not end: not YAML.</summary>
    public static string YamlError => Sound().Replace("query: msstorageazure.com", "query: [a, b", StringComparison.Ordinal);

    public static string UnknownModifier => Sound().Replace("endswith", "endswiht", StringComparison.Ordinal);

    public static string UndefinedSelection => Sound().Replace("or exact", "or exatc", StringComparison.Ordinal);
}
