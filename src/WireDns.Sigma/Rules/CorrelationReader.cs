namespace WireDns.Sigma.Rules;

/// <summary>Reads correlations (specification: Sigma Correlation Rules), all that is wrong with one at once.</summary>
internal sealed class CorrelationReader(YamlMap document, DiagnosticBag diagnostics)
{
    private readonly ReferenceReader _references = new(diagnostics);

    /// <summary>What it refers to, as far as it could be read, even if there is an error elsewhere.</summary>
    public IReadOnlyList<RuleReference> References { get; private set; } = [];

    /// <summary>The correlation, or null if an error was reported.</summary>
    public CorrelationRule? Read()
    {
        var errors = diagnostics.ErrorCount;
        var metadata = new MetadataReader(document, diagnostics);
        var title = metadata.ReadTitle();
        if (document.FindKey("detection") is { } detection)
        {
            diagnostics.Error(
                "correlation-key", detection.Position, "a correlation has no detection of its own", "write the rule as a document of its own, after ---");
        }

        CorrelationRule? rule = null;
        if (document.Find("correlation") is not YamlMap section)
        {
            var found = document.Find("correlation")!;
            diagnostics.Error("correlation-type", found.Position, $"expected a map under correlation, found {found.Description}");
        }
        else
        {
            rule = ReadSection(section, title ?? string.Empty);
        }

        rule = metadata.Describe(rule);
        return diagnostics.ErrorCount == errors ? rule : null;
    }

    private CorrelationRule? ReadSection(YamlMap section, string title)
    {
        ReportUnknownKeys(section);
        var type = ReadType(section);
        var references = _references.ReadList(section.Find("rules"), "correlation-rules", section.Position, "the ids or names of the correlated rules");
        References = references ?? [];
        var groupBy = ReadNames(section.Find("group-by"), "group-by");
        var aliases = ReadAliases(section.Find("aliases"));
        var timespan = ReadTimespan(section, out var text);
        var condition = type is null ? null : new CorrelationConditionReader(section, type.Value, References.Count, diagnostics).Read();
        var generate = ReadGenerate(section);
        return type is null || references is null || groupBy is null || aliases is null || condition is null ? null : new CorrelationRule
        {
            File = diagnostics.File,
            Position = document.Position,
            Title = title,
            Type = type.Value,
            Rules = references,
            GroupBy = groupBy,
            Aliases = aliases,
            Timespan = timespan,
            TimespanText = text,
            Condition = condition,
            Generate = generate,
        };
    }

    // A misspelt group-by would silently put all events into one group.
    private void ReportUnknownKeys(YamlMap section)
    {
        foreach (var (key, _) in section.Entries)
        {
            if (!CorrelationWords.Keys.Contains(key.Text))
            {
                diagnostics.Error(
                    "correlation-key",
                    key.Position,
                    $"expected one of {string.Join(", ", CorrelationWords.Keys.Order(StringComparer.Ordinal))}, found {key.Description}",
                    Spelling.Suggest(key.Text, CorrelationWords.Keys));
            }
        }
    }

    private CorrelationType? ReadType(YamlMap section)
    {
        var node = section.Find("type");
        if (node is YamlScalar { IsNull: false } scalar && CorrelationWords.TryGet(scalar.Text, out CorrelationType type))
        {
            return type;
        }

        diagnostics.Error(
            "correlation-type",
            node?.Position ?? section.Position,
            $"expected a type out of {string.Join(", ", CorrelationWords.Types)}, found {node?.Description ?? "none"}",
            node is YamlScalar found ? Spelling.Suggest(found.Text, CorrelationWords.Types) : null);
        return null;
    }

    private List<string>? ReadNames(YamlNode? node, string key)
    {
        var names = new List<string>();
        var isSound = true;
        foreach (var item in node switch { null or YamlScalar { IsNull: true } => [], YamlList list => list.Items, _ => [node] })
        {
            if (item is YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
            {
                if (!names.Contains(scalar.Text, StringComparer.Ordinal))
                {
                    names.Add(scalar.Text);
                }
            }
            else
            {
                diagnostics.Error("correlation-group-by", item.Position, $"expected the name of a field under {key}, found {item.Description}");
                isSound = false;
            }
        }

        return isSound ? names : null;
    }

    private List<FieldAlias>? ReadAliases(YamlNode? node)
    {
        if (node is null or YamlScalar { IsNull: true })
        {
            return [];
        }

        if (node is not YamlMap map)
        {
            diagnostics.Error("correlation-alias", node.Position, $"expected a map of aliases, found {node.Description}");
            return null;
        }

        var aliases = new List<FieldAlias>();
        var isSound = true;
        foreach (var (name, value) in map.Entries)
        {
            if (value is not YamlMap targets || targets.Entries.Count == 0)
            {
                diagnostics.Error("correlation-alias", value.Position, $"expected a map of rules and fields under the alias {name.Description}, found {value.Description}");
                isSound = false;
                continue;
            }

            var fields = new List<FieldAliasTarget>();
            foreach (var (rule, field) in targets.Entries)
            {
                if (field is YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
                {
                    fields.Add(new FieldAliasTarget(_references.Read(rule), scalar.Text));
                }
                else
                {
                    diagnostics.Error("correlation-alias", field.Position, $"expected the name of a field of {rule.Description}, found {field.Description}");
                    isSound = false;
                }
            }

            aliases.Add(new FieldAlias(name.Text, fields));
        }

        return isSound ? aliases : null;
    }

    private TimeSpan ReadTimespan(YamlMap section, out string text)
    {
        var node = section.Find("timespan");
        text = node is YamlScalar { IsNull: false } scalar ? scalar.Text : string.Empty;
        if (!TimespanText.TryParse(text, out var timespan))
        {
            diagnostics.Error(
                "correlation-timespan",
                node?.Position ?? section.Position,
                $"expected a timespan such as 90s, 5m, 1h, 1d, 1w, 1M (months) or 1y, found {node?.Description ?? "none"}",
                node is null ? null : "digits and one letter, more than zero and at most a hundred years");
        }

        return timespan;
    }

    // The specification puts it beside the correlation, pySigma inside it.
    private bool ReadGenerate(YamlMap section)
    {
        var generate = false;
        foreach (var node in new[] { document.Find("generate"), section.Find("generate") })
        {
            if (node is YamlScalar scalar && YamlTyping.TryReadBoolean(scalar, out var value))
            {
                generate |= value;
            }
            else if (node is not null)
            {
                diagnostics.Error("correlation-generate", node.Position, $"expected true or false under generate, found {node.Description}");
            }
        }

        return generate;
    }
}
