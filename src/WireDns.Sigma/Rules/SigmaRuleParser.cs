namespace WireDns.Sigma.Rules;

/// <summary>
/// Reads rule files: text to rules and diagnostics. A file may hold several documents; a broken rule does not stop the ones beside it,
/// and each error is reported, not only the first. Takes time and memory in proportion to the file. Immutable and thread-safe.
/// </summary>
public sealed class SigmaRuleParser(SigmaParserOptions? options = null)
{
    private readonly SigmaParserOptions _options = options ?? new SigmaParserOptions();

    /// <summary>Parses a file's bytes: UTF-8 with or without a byte order mark, or UTF-16 as written by Windows editors.</summary>
    /// <param name="file">The file's name, for diagnostics.</param>
    /// <param name="content">Its content.</param>
    public SigmaParseResult Parse(string file, ReadOnlySpan<byte> content)
    {
        var diagnostics = new DiagnosticBag(file, string.Empty);
        if (content.Length > _options.MaximumFileBytes)
        {
            diagnostics.Error(
                "file-too-large",
                new SourcePosition(1, 1),
                $"expected a rule file of at most {_options.MaximumFileBytes:N0} bytes, found {content.Length:N0}",
                "put long lists into a placeholder file and use the modifier expand");
            return new SigmaParseResult([], diagnostics.Diagnostics);
        }

        if (FileContent.Describe(content) is { } other)
        {
            diagnostics.Error("not-a-rule", new SourcePosition(1, 1), $"expected a rule, found {other.Kind}", other.Suggestion);
            return new SigmaParseResult([], diagnostics.Diagnostics);
        }

        if (!FileContent.TryDecode(content, out var text, out var bad))
        {
            diagnostics.Error("not-utf8", bad, "expected UTF-8 or UTF-16, found bytes that are neither");
            return new SigmaParseResult([], diagnostics.Diagnostics);
        }

        return Parse(file, text);
    }

    /// <summary>Parses a file's text.</summary>
    /// <param name="file">The file's name, for diagnostics.</param>
    /// <param name="text">Its content.</param>
    public SigmaParseResult Parse(string file, string text)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(text);
        var diagnostics = new DiagnosticBag(file, text);
        if (text.Length > _options.MaximumFileBytes)
        {
            diagnostics.Error(
                "file-too-large", new SourcePosition(1, 1), $"expected a rule file of at most {_options.MaximumFileBytes:N0} bytes, found more");
            return new SigmaParseResult([], diagnostics.Diagnostics);
        }

        var yaml = new YamlReader(diagnostics);
        var documents = yaml.Read(text);
        var sound = new List<SigmaDocument>();
        var rejected = new List<RuleReference>();
        foreach (var document in documents)
        {
            if (ReadDocument(document.Root, diagnostics, rejected) is { } read && document.IsSound)
            {
                sound.Add(read);
            }
        }

        if (documents.Count == 0 && diagnostics.ErrorCount == 0)
        {
            diagnostics.Error("no-rule", new SourcePosition(1, 1), "expected a Sigma rule, found an empty file");
        }

        return new SigmaParseResult([.. sound.OfType<SigmaRule>()], diagnostics.Diagnostics)
        {
            Correlations = [.. sound.OfType<CorrelationRule>()],
            Filters = [.. sound.OfType<FilterRule>()],
            RejectedReferences = rejected,
            Documents = RuleDocument.Describe(file, [.. documents.Select(document => document.Root), .. yaml.BrokenOff]),
        };
    }

    private SigmaDocument? ReadDocument(YamlNode document, DiagnosticBag diagnostics, List<RuleReference> rejected)
    {
        if (document is YamlScalar { IsNull: true })
        {
            // A separator at the beginning or end of a file makes an empty document.
            return null;
        }

        if (document is not YamlMap map)
        {
            diagnostics.Error("not-a-rule", document.Position, $"expected a Sigma rule (a map with title, logsource and detection), found {document.Description}");
            return null;
        }

        if (map.FindKey("correlation") is not null)
        {
            var reader = new CorrelationReader(map, diagnostics);
            var correlation = reader.Read();
            rejected.AddRange(correlation is null ? reader.References : []);
            return correlation;
        }

        if (map.FindKey("filter") is not null)
        {
            return new FilterReader(map, _options.Placeholders, diagnostics).Read();
        }

        if (map.FindKey("action") is { } action && map.Find("action") is YamlScalar { Text: "global" or "reset" or "repeat" })
        {
            diagnostics.Error(
                "collection-action", action.Position, "rule collections with action: global are the syntax before Sigma 2", "write each rule out");
            return null;
        }

        if (map.Find("detection") is null && map.Find("logsource") is null)
        {
            diagnostics.Error(
                "not-a-rule",
                map.Position,
                "expected a Sigma rule (a map with title, logsource and detection), found neither logsource nor detection",
                map.SuggestKey("logsource") ?? map.SuggestKey("detection"));
            return null;
        }

        return ReadRule(map, diagnostics);
    }

    private SigmaRule? ReadRule(YamlMap map, DiagnosticBag diagnostics)
    {
        var metadata = new MetadataReader(map, diagnostics);
        var title = metadata.ReadTitle();
        var logSource = metadata.ReadLogSource();
        var detection = new DetectionReader(_options.Placeholders, diagnostics).Read(
            map.Find("detection"), map.Position, missing: map.SuggestKey("detection"));
        return metadata.Describe(title is null || logSource is null || detection is null ? null : new SigmaRule
        {
            File = diagnostics.File,
            Position = map.Position,
            Title = title,
            LogSource = logSource,
            Detection = detection,
            FieldUses = FieldUseFinder.Find(detection),
        });
    }
}

/// <summary>The options of a <see cref="SigmaRuleParser"/>.</summary>
public sealed record SigmaParserOptions
{
    /// <summary>The largest file that is parsed, in bytes; 16 MiB by default. Larger lists belong in a placeholder's file.</summary>
    public int MaximumFileBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long a pipe that is named as a rule file may take from opening to end; 10 s by default.</summary>
    public TimeSpan PipeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The values of placeholders; none by default.</summary>
    public SigmaPlaceholders Placeholders { get; init; } = new();

    /// <summary>What log sources and fields of a house are called here; nothing is mapped unless set. The loader alone maps.</summary>
    public RuleMapping Mapping { get; init; } = RuleMapping.None;
}

/// <summary>What a rule file held.</summary>
/// <param name="Rules">The sound rules, in the order of the file.</param>
/// <param name="Diagnostics">All errors and warnings, in the order of discovery.</param>
public sealed record SigmaParseResult(IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaDiagnostic> Diagnostics)
{
    /// <summary>The correlations that are sound as far as one file can tell, in the order of the file.</summary>
    public IReadOnlyList<CorrelationRule> Correlations { get; init; } = [];

    /// <summary>The filters that are sound as far as one file can tell, in the order of the file.</summary>
    public IReadOnlyList<FilterRule> Filters { get; init; } = [];

    /// <summary>All documents, sound or not, in the order of the file.</summary>
    public IReadOnlyList<RuleDocument> Documents { get; init; } = [];

    /// <summary>
    /// What rejected correlations refer to. Such rules are meant to be counted: on their own they would raise an alert for each event.
    /// </summary>
    internal IReadOnlyList<RuleReference> RejectedReferences { get; init; } = [];

    /// <summary>Whether something was rejected.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
}
