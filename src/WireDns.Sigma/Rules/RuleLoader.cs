
namespace WireDns.Sigma.Rules;

/// <summary>
/// Loads rules from files and folders. Anything that cannot be read or is not a rule becomes a diagnostic, never an exception and never silence.
/// </summary>
public sealed class RuleLoader(SigmaParserOptions? options = null)
{
    private readonly SigmaParserOptions _options = options ?? new SigmaParserOptions();
    private readonly SigmaRuleParser _parser = new(options);

    /// <summary>
    /// Loads each file, and the *.yml and *.yaml files in and below each folder, in ordinal order of their paths. Folders whose name begins
    /// with a dot are left out (.git, and the folders of a mounted ConfigMap of Kubernetes), and so are files that end in .test.yml: they
    /// test the rules beside them. A real file is loaded once, however many names and links lead to it. A pipe in a folder is left out,
    /// with a warning; a pipe that is itself a path is read, for at most <see cref="SigmaParserOptions.PipeTimeout"/>.
    /// </summary>
    /// <param name="paths">The files and folders.</param>
    /// <param name="complete">
    /// Gets the sound rules of all files, before filters are applied, and gives the texts of further rules to load with them. Default: none.
    /// </param>
    public RuleLoadResult Load(IEnumerable<string> paths, Func<IReadOnlyList<SigmaRule>, IEnumerable<RuleText>>? complete = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var diagnostics = new List<SigmaDiagnostic>();
        var found = new RuleFiles(diagnostics);
        List<string> files = [.. paths.SelectMany(found.Find)];
        var results = new List<SigmaParseResult>();
        foreach (var file in files)
        {
            var result = Parse(file);
            diagnostics.AddRange(result.Diagnostics);
            results.Add(result);
        }

        foreach (var (file, text) in complete?.Invoke([.. results.SelectMany(result => result.Rules)]) ?? [])
        {
            var result = _parser.Parse(file, text);
            diagnostics.AddRange(result.Diagnostics);
            results.Add(result);
        }

        var resolved = RuleResolver.Resolve(Map(RejectRepeatedIds(results, diagnostics)));
        diagnostics.AddRange(resolved.Diagnostics);
        return new RuleLoadResult(resolved.Rules, diagnostics, files.Count)
        {
            Correlations = resolved.Correlations,
            Filters = resolved.Filters,
            Documents = [.. results.SelectMany(result => result.Documents)],
        };
    }

    private List<SigmaParseResult> Map(List<SigmaParseResult> results)
    {
        if (_options.Mapping.IsEmpty)
        {
            return results;
        }

        var index = new DocumentIndex([.. results.SelectMany(result => result.Rules.Concat<SigmaDocument>(result.Correlations))]);
        return results.ConvertAll(result => result with
        {
            Rules = [.. result.Rules.Select(_options.Mapping.Apply)],
            Correlations = [.. result.Correlations.Select(correlation => _options.Mapping.Apply(correlation, reference => SourcesOf(reference, index, new(ReferenceEqualityComparer.Instance))))],
            Filters = [.. result.Filters.Select(_options.Mapping.Apply)],
        });
    }

    // Correlations may refer to each other in a circle, which is found and said later.
    private static LogSource[] SourcesOf(RuleReference reference, DocumentIndex index, HashSet<SigmaDocument> seen) =>
    [
        .. index.Find(reference).Where(seen.Add).SelectMany(document => document switch
        {
            SigmaRule rule => [rule.LogSource],
            CorrelationRule correlation => correlation.Rules.SelectMany(inner => SourcesOf(inner, index, seen)),
            _ => [],
        }),
    ];

    private SigmaParseResult Parse(string file)
    {
        try
        {
            if (FileIdentity.Of(file).Type == FileType.Other)
            {
                return ParsePipe(file);
            }

            var length = new FileInfo(file).Length;
            if (length > _options.MaximumFileBytes)
            {
                var message = $"expected a rule file of at most {_options.MaximumFileBytes:N0} bytes, found {length:N0}";
                return Rejected(RuleFiles.Diagnose(file, "file-too-large", message));
            }

            return _parser.Parse(file, File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Rejected(RuleFiles.Diagnose(file, "file-unreadable", $"the file cannot be read: {RuleFiles.Describe(e)}"));
        }
    }

    /// <summary>
    /// Reads a file that may never end, or never begin: opening a pipe waits for its writer. After the time, the waiting thread is abandoned.
    /// </summary>
    private SigmaParseResult ParsePipe(string file)
    {
        var content = new MemoryStream();
        Exception? failure = null;
        var thread = new Thread(Read) { IsBackground = true, Name = "rule pipe" };
        thread.Start();
        if (!thread.Join(_options.PipeTimeout))
        {
            return Rejected(RuleFiles.Diagnose(
                file, "file-unreadable", $"the pipe did not end within {_options.PipeTimeout.TotalSeconds:0.#} s", "write the rules into a file"));
        }

        return failure is null
            ? _parser.Parse(file, content.ToArray())
            : Rejected(RuleFiles.Diagnose(file, "file-unreadable", $"the file cannot be read: {RuleFiles.Describe(failure)}"));

        void Read()
        {
            try
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
                var buffer = new byte[64 * 1024];
                // One byte more than allowed tells the parser that it is too large.
                while (content.Length <= _options.MaximumFileBytes && stream.Read(buffer) is > 0 and var count)
                {
                    content.Write(buffer, 0, count);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                failure = e;
            }
        }
    }

    private static SigmaParseResult Rejected(SigmaDiagnostic diagnostic) => new([], [diagnostic]);

    private static List<SigmaParseResult> RejectRepeatedIds(List<SigmaParseResult> results, List<SigmaDiagnostic> diagnostics)
    {
        var byId = new Dictionary<string, SigmaDocument>(StringComparer.OrdinalIgnoreCase);
        return results.ConvertAll(result => result with
        {
            Rules = Reject(result.Rules),
            Correlations = Reject(result.Correlations),
            Filters = Reject(result.Filters),
        });

        List<T> Reject<T>(IReadOnlyList<T> documents)
            where T : SigmaDocument
        {
            var accepted = new List<T>(documents.Count);
            foreach (var document in documents)
            {
                if (document.Id is null || byId.TryAdd(document.Id, document))
                {
                    accepted.Add(document);
                    continue;
                }

                var first = byId[document.Id];
                diagnostics.Add(RuleFiles.Diagnose(document.File, "duplicate-id", $"the id {document.Id} is already that of '{first.Title}' in {first.File}:{first.Position.Line}") with
                {
                    Line = document.Position.Line,
                    Column = document.Position.Column,
                    Suggestion = "give the rule an id of its own",
                });
            }

            return accepted;
        }
    }
}

/// <summary>The text of a rule that is not in a file.</summary>
/// <param name="File">What stands in place of the file's name.</param>
/// <param name="Text">The rule, in YAML.</param>
public sealed record RuleText(string File, string Text);

/// <summary>What a <see cref="RuleLoader"/> found.</summary>
/// <param name="Rules">The sound rules with their filters applied, by file in ordinal order and then in the order of the file.</param>
/// <param name="Diagnostics">All errors and warnings, in the same order.</param>
/// <param name="FileCount">The files that were read.</param>
public sealed record RuleLoadResult(IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaDiagnostic> Diagnostics, int FileCount)
{
    /// <summary>The sound correlations, each after those that it refers to.</summary>
    public IReadOnlyList<ResolvedCorrelation> Correlations { get; init; } = [];

    /// <summary>The filters that were applied to any rule.</summary>
    public IReadOnlyList<FilterRule> Filters { get; init; } = [];

    /// <summary>All documents, sound or not, by file and then in the order of the file.</summary>
    public IReadOnlyList<RuleDocument> Documents { get; init; } = [];

    /// <summary>Whether a file or a rule was rejected.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
}
