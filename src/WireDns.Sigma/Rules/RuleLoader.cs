
namespace WireDns.Sigma.Rules;

/// <summary>
/// Loads rules from files and folders. What cannot be read or is no rule becomes a diagnostic, never an exception and never silence.
/// </summary>
public sealed class RuleLoader(SigmaParserOptions? options = null)
{
    // Deeper than any rule repository; stops a folder that links to itself.
    private const int MaximumFolderDepth = 32;

    private readonly SigmaParserOptions _options = options ?? new SigmaParserOptions();
    private readonly SigmaRuleParser _parser = new(options);

    /// <summary>
    /// Loads each file, and the *.yml and *.yaml files in and below each folder, in ordinal order of their paths. Folders whose name begins
    /// with a dot are left out (.git, and what Kubernetes keeps behind a mounted ConfigMap), and so are files that end in .test.yml: they
    /// test the rules beside them. A file that is named twice is loaded once.
    /// </summary>
    public RuleLoadResult Load(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var diagnostics = new List<SigmaDiagnostic>();
        var files = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            foreach (var file in FindFiles(path, diagnostics))
            {
                if (seen.Add(Path.GetFullPath(file)))
                {
                    files.Add(file);
                }
            }
        }

        var results = new List<SigmaParseResult>();
        foreach (var file in files)
        {
            var result = Parse(file);
            diagnostics.AddRange(result.Diagnostics);
            results.Add(result);
        }

        var resolved = RuleResolver.Resolve(RejectRepeatedIds(results, diagnostics));
        diagnostics.AddRange(resolved.Diagnostics);
        return new RuleLoadResult(resolved.Rules, diagnostics, files.Count) { Correlations = resolved.Correlations, Filters = resolved.Filters };
    }

    private SigmaParseResult Parse(string file)
    {
        try
        {
            var length = new FileInfo(file).Length;
            if (length > _options.MaximumFileBytes)
            {
                var message = $"expected a rule file of at most {_options.MaximumFileBytes:N0} bytes, found {length:N0}";
                return new SigmaParseResult([], [Error(file, "file-too-large", message)]);
            }

            return _parser.Parse(file, File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SigmaParseResult([], [Error(file, "file-unreadable", $"the file cannot be read: {e.Message}")]);
        }
    }

    private static List<string> FindFiles(string path, List<SigmaDiagnostic> diagnostics)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            diagnostics.Add(Error(path, "file-not-found", "expected a file or folder, found none of that name"));
            return [];
        }

        var files = new List<string>();
        Collect(path, 0, files, diagnostics);
        files.Sort(StringComparer.Ordinal);
        if (files.Count == 0)
        {
            var message = "expected *.yml or *.yaml files in the folder, found none";
            diagnostics.Add(Error(path, "no-rule", message) with { Severity = DiagnosticSeverity.Warning });
        }

        return files;
    }

    private static void Collect(string folder, int depth, List<string> files, List<SigmaDiagnostic> diagnostics)
    {
        if (depth > MaximumFolderDepth)
        {
            diagnostics.Add(Error(folder, "folder-too-deep", $"expected at most {MaximumFolderDepth} folders inside one another, found more"));
            return;
        }

        try
        {
            files.AddRange(Directory.GetFiles(folder).Where(IsRuleFile));
            foreach (var child in Directory.GetDirectories(folder))
            {
                if (!Path.GetFileName(child).StartsWith('.'))
                {
                    Collect(child, depth + 1, files, diagnostics);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(Error(folder, "file-unreadable", $"the folder cannot be read: {e.Message}"));
        }
    }

    private static bool IsRuleFile(string file) =>
        (Path.GetExtension(file).Equals(".yml", StringComparison.OrdinalIgnoreCase) ||
        Path.GetExtension(file).Equals(".yaml", StringComparison.OrdinalIgnoreCase)) &&
        !Path.GetFileNameWithoutExtension(file).EndsWith(".test", StringComparison.OrdinalIgnoreCase);

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
                diagnostics.Add(Error(document.File, "duplicate-id", $"the id {document.Id} is already that of '{first.Title}' in {first.File}:{first.Position.Line}") with
                {
                    Line = document.Position.Line,
                    Column = document.Position.Column,
                    Suggestion = "give the rule an id of its own",
                });
            }

            return accepted;
        }
    }

    private static SigmaDiagnostic Error(string file, string id, string message) => new()
    {
        Severity = DiagnosticSeverity.Error,
        Id = id,
        File = file,
        Line = 1,
        Column = 1,
        Message = message,
    };
}

/// <summary>What a <see cref="RuleLoader"/> found.</summary>
/// <param name="Rules">The sound rules with their filters applied, by file in ordinal order and then in the order of the file.</param>
/// <param name="Diagnostics">Everything that is wrong or odd, in the same order.</param>
/// <param name="FileCount">The files that were read.</param>
public sealed record RuleLoadResult(IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaDiagnostic> Diagnostics, int FileCount)
{
    /// <summary>The sound correlations, each behind those that it refers to.</summary>
    public IReadOnlyList<ResolvedCorrelation> Correlations { get; init; } = [];

    /// <summary>The filters that were applied to any rule.</summary>
    public IReadOnlyList<FilterRule> Filters { get; init; } = [];

    /// <summary>Whether a file or a rule was rejected.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
}
