using System.Buffers;
using System.Globalization;

namespace WireDns.Sigma.Rules;

/// <summary>
/// Reads what a rule says about itself. Everything is kept as written; a departure from the specification is a warning, since a rule with a
/// wrong date detects as well as one with a right one.
/// </summary>
internal sealed class MetadataReader(YamlMap document, DiagnosticBag diagnostics)
{
    private const int MaximumTitleLength = 256;
    private const int MaximumDescriptionLength = 65_535;
    private static readonly SearchValues<char> TagCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>The title, or null if it was reported as missing.</summary>
    public string? ReadTitle()
    {
        if (document.Find("title") is not YamlScalar { IsNull: false } scalar || string.IsNullOrWhiteSpace(scalar.Text))
        {
            diagnostics.Error("missing-title", document.Find("title")?.Position ?? document.Position, "expected a title, found none", document.SuggestKey("title"));
            return null;
        }

        WarnIfLonger(scalar, "title", MaximumTitleLength);
        return scalar.Text;
    }

    public LogSource? ReadLogSource()
    {
        if (document.Find("logsource") is not YamlMap map)
        {
            diagnostics.Error(
                "missing-logsource",
                document.Find("logsource")?.Position ?? document.Position,
                $"expected a map under logsource, found {document.Find("logsource")?.Description ?? "none"}",
                document.Find("logsource") is null ? document.SuggestKey("logsource") : null);
            return null;
        }

        var source = new LogSource
        {
            Category = ReadText(map, "category"),
            Product = ReadText(map, "product"),
            Service = ReadText(map, "service"),
            Definition = ReadText(map, "definition"),
            Position = map.Position,
        };
        if (source is { Category: null, Product: null, Service: null })
        {
            diagnostics.Error(
                "missing-logsource",
                map.Position,
                "expected a category, product or service under logsource, found none of them",
                map.SuggestKey("category") ?? map.SuggestKey("product") ?? map.SuggestKey("service"));
            return null;
        }

        return source;
    }

    /// <summary>
    /// Reads everything that a document says about itself besides its title, even if an error elsewhere rejects the document: everything
    /// odd is reported.
    /// </summary>
    public T? Describe<T>(T? document)
        where T : SigmaDocument
    {
        var described = new
        {
            Id = ReadId(),
            Status = ReadStatus(),
            Level = ReadLevel(),
            Date = ReadDate("date"),
            Modified = ReadDate("modified"),
            Name = ReadText("name"),
            Taxonomy = ReadText("taxonomy"),
            Description = ReadDescription(),
            License = ReadText("license"),
            Author = ReadText("author"),
            References = ReadTexts("references"),
            Tags = ReadTags(),
            FalsePositives = ReadTexts("falsepositives"),
            Fields = ReadTexts("fields"),
            Scope = ReadTexts("scope"),
            Related = ReadRelated(),
        };
        return document is null ? null : (T)((SigmaDocument)document with
        {
            Id = described.Id,
            Status = described.Status,
            Level = described.Level,
            Date = described.Date,
            Modified = described.Modified,
            Name = described.Name,
            Taxonomy = described.Taxonomy,
            Description = described.Description,
            License = described.License,
            Author = described.Author,
            References = described.References,
            Tags = described.Tags,
            FalsePositives = described.FalsePositives,
            Fields = described.Fields,
            Scope = described.Scope,
            Related = described.Related,
        });
    }

    private string? ReadId()
    {
        var id = ReadText(document, "id");
        if (id is not null && !IsUuid(id))
        {
            Warn("bad-id", "id", $"expected a UUID such as 929a690e-bef0-4204-a928-ef5e620d6fcc, found '{YamlScalar.Shorten(id)}'");
        }

        return id;
    }

    private string? ReadStatus() => ReadWord("status", "bad-status", SigmaVocabulary.Statuses);

    private string? ReadLevel() => ReadWord("level", "bad-level", SigmaVocabulary.Levels);

    private string? ReadDate(string key)
    {
        var date = ReadText(document, key);
        if (date is not null && !DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            Warn("bad-date", key, $"expected a date as YYYY-MM-DD, found '{YamlScalar.Shorten(date)}'");
        }

        return date;
    }

    private string? ReadDescription()
    {
        if (document.Find("description") is YamlScalar scalar)
        {
            WarnIfLonger(scalar, "description", MaximumDescriptionLength);
        }

        return ReadText(document, "description");
    }

    private string? ReadText(string key) => ReadText(document, key);

    private List<string> ReadTags()
    {
        var tags = ReadTexts("tags");
        if (document.Find("tags") is YamlList list)
        {
            foreach (var item in list.Items)
            {
                if (item is YamlScalar { IsNull: false } scalar && !IsTag(scalar.Text))
                {
                    diagnostics.Warning("bad-tag", scalar.Position, $"expected a tag as namespace.name in lower case, found {scalar.Description}");
                }
            }
        }

        return tags;
    }

    /// <summary>A list of texts; a single text is a list of one.</summary>
    private List<string> ReadTexts(string key)
    {
        var node = document.Find(key);
        var texts = new List<string>();
        foreach (var item in node is YamlList list ? list.Items : node is null ? [] : [node])
        {
            if (item is YamlScalar { IsNull: false } scalar)
            {
                texts.Add(scalar.Text);
            }
            else if (item is not YamlScalar)
            {
                diagnostics.Warning("bad-metadata", item.Position, $"expected a text under {key}, found {item.Description}");
            }
        }

        if (node is YamlScalar { IsNull: false })
        {
            diagnostics.Warning("bad-metadata", node.Position, $"expected a list under {key}, found {node.Description}");
        }

        return texts;
    }

    private List<RelatedRule> ReadRelated()
    {
        var related = new List<RelatedRule>();
        var node = document.Find("related");
        foreach (var item in node is YamlList list ? list.Items : node is null or YamlScalar { IsNull: true } ? [] : [node])
        {
            if (item is not YamlMap map || map.Find("id") is not YamlScalar id || map.Find("type") is not YamlScalar type)
            {
                diagnostics.Warning("bad-related", item.Position, $"expected an id and a type under related, found {item.Description}");
                continue;
            }

            related.Add(new RelatedRule(id.Text, type.Text));
            if (!IsUuid(id.Text))
            {
                diagnostics.Warning("bad-id", id.Position, $"expected a UUID, found {id.Description}");
            }

            if (!SigmaVocabulary.RelatedTypes.Contains(type.Text, StringComparer.Ordinal))
            {
                diagnostics.Warning(
                    "bad-related",
                    type.Position,
                    $"expected one of {string.Join(", ", SigmaVocabulary.RelatedTypes)}, found {type.Description}",
                    Spelling.Suggest(type.Text, SigmaVocabulary.RelatedTypes));
            }
        }

        return related;
    }

    private string? ReadWord(string key, string id, IReadOnlyList<string> words)
    {
        var word = ReadText(document, key);
        if (word is not null && !words.Contains(word, StringComparer.Ordinal))
        {
            Warn(id, key, $"expected one of {string.Join(", ", words)}, found '{YamlScalar.Shorten(word)}'", Spelling.Suggest(word, words));
        }

        return word;
    }

    private string? ReadText(YamlMap map, string key)
    {
        switch (map.Find(key))
        {
            case null or YamlScalar { IsNull: true }:
                return null;
            case YamlScalar scalar:
                return scalar.Text;
            case var other:
                diagnostics.Warning("bad-metadata", other.Position, $"expected a text under {key}, found {other.Description}");
                return null;
        }
    }

    private void WarnIfLonger(YamlScalar scalar, string key, int limit)
    {
        if (scalar.Text.Length > limit)
        {
            diagnostics.Warning($"long-{key}", scalar.Position, $"expected a {key} of at most {limit} characters, found {scalar.Text.Length}");
        }
    }

    private void Warn(string id, string key, string message, string? suggestion = null) =>
        diagnostics.Warning(id, document.Find(key)!.Position, message, suggestion);

    private static bool IsUuid(string text) => text.Length == 36 && Guid.TryParseExact(text, "D", out _);

    private static bool IsTag(string tag)
    {
        var dot = tag.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && dot < tag.Length - 1 && tag.AsSpan().IndexOfAnyExcept(TagCharacters) < 0;
    }
}
