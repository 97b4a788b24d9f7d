namespace WireDns.Sigma.Rules;

/// <summary>Reads filters (specification: Sigma Filters).</summary>
internal sealed class FilterReader(YamlMap document, SigmaPlaceholders placeholders, DiagnosticBag diagnostics)
{
    /// <summary>The filter, or null if an error was reported.</summary>
    public FilterRule? Read()
    {
        var metadata = new MetadataReader(document, diagnostics);
        var title = metadata.ReadTitle();
        var logSource = metadata.ReadLogSource();
        var section = document.Find("filter");
        var appliesToAny = false;
        var references = section is YamlMap map ? ReadReferences(map, out appliesToAny) : null;
        var detection = new DetectionReader(placeholders, diagnostics).Read(section, document.Position, key => key == "rules");
        return metadata.Describe(title is null || logSource is null || references is null || detection is null ? null : new FilterRule
        {
            File = diagnostics.File,
            Position = document.Position,
            Title = title,
            LogSource = logSource,
            Rules = references,
            AppliesToAny = appliesToAny,
            Detection = detection,
        });
    }

    private List<RuleReference>? ReadReferences(YamlMap section, out bool appliesToAny)
    {
        var node = section.Find("rules");
        appliesToAny = node is YamlScalar { IsPlain: true, Text: "any" };
        return appliesToAny ? [] : new ReferenceReader(diagnostics).ReadList(node, "filter-rules", section.Position, "any, or a list of ids or names of rules");
    }
}
