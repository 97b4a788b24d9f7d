using WireDns.Detection.Intel;
using WireDns.Detection.Messages;
using WireDns.Sigma.Correlation;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>
/// The rules of a run: loaded, classified and compiled. Rules that need only what a query carries come first, followed by those that need the
/// response. Immutable; workers can share it.
/// </summary>
public sealed class LoadedRules
{
    private static readonly DnsFields Schema = new();

    // By the rules' indices, with the digests of their content.
    private readonly List<(SigmaDocument Document, Func<UInt128> Digest)> _documents;

    private LoadedRules(
        IReadOnlyList<RuleVerdict> verdicts, RuleLoadResult result, IReadOnlyDictionary<(string File, SourcePosition Position), string> rejected,
        IntelLists intel, LoadedRules? predecessor)
    {
        Intel = intel;
        Verdicts = verdicts;
        Diagnostics = result.Diagnostics;
        Filters = result.Filters;
        CorrelationVerdicts = new CorrelationJudge(verdicts, rejected).Judge(result.Correlations);
        var judged = CorrelationVerdicts.Where(verdict => verdict.Runs).ToList();
        RunningCorrelations = [.. judged.Select(verdict => verdict.Correlation)];
        var running = verdicts.Where(verdict => verdict.Runs).ToLookup(verdict => NeedsResponse(verdict.Rule));
        OnQuery = RuleSet.Compile([.. running[false].Select(verdict => verdict.Rule)], Schema, DnsFields.OfTheQuestion);
        OnResponse = RuleSet.Compile([.. running[true].Select(verdict => verdict.Rule)], Schema, DnsFields.OfTheQuestion);
        CanFireWithoutResponse = OnResponse.Rules.Any(
            rule => RuleFeasibility.Classify(rule, DnsFields.IsKnownWithoutResponse).Verdict != Feasibility.Inert);
        List<RuleVerdict> ordered = [.. running[false], .. running[true]];
        List<(SigmaDocument, Func<UInt128>)> documents =
        [
            .. ordered.Select(verdict => ((SigmaDocument)verdict.Rule, (Func<UInt128>)(() => verdict.Rule.Digest))),
            .. judged.Select(verdict => ((SigmaDocument)verdict.Correlation.Rule, (Func<UInt128>)(() => verdict.Correlation.Digest))),
        ];
        _documents = documents;
        (Numbers, var numbers) = predecessor is null ? RuleNumbers.Begin(documents) : predecessor.Numbers.Follow(documents);
        Compiled = [.. ordered.Select((verdict, index) => new CompiledRule(index, numbers[index], verdict.Rule, verdict.Reason)
        {
            UsesIndicators = intel.UsedBy(verdict.Rule).Count > 0,
        })];
        Correlations = [.. judged.Select((verdict, index) =>
            new CompiledRule(Compiled.Count + index, numbers[Compiled.Count + index], verdict.Correlation.Rule, verdict.Reason))];
    }

    /// <summary>The public suffix list, read on first use.</summary>
    internal Lazy<PublicSuffixList> PublicSuffixes { get; } = PublicSuffixList.Shipped;

    /// <summary>The source of the rules' numbers. State kept under numbers from another source cannot be used with these rules.</summary>
    internal RuleNumbers Numbers { get; }

    /// <summary>The lists of indicators that rules take values from.</summary>
    public IntelLists Intel { get; }

    /// <summary>The verdict on each rule that loaded.</summary>
    public IReadOnlyList<RuleVerdict> Verdicts { get; }

    /// <summary>The verdict on each correlation that loaded.</summary>
    public IReadOnlyList<CorrelationVerdict> CorrelationVerdicts { get; }

    /// <summary>The correlations that run, each after the ones that it refers to.</summary>
    public IReadOnlyList<ResolvedCorrelation> RunningCorrelations { get; }

    /// <summary>
    /// The correlations of <see cref="RunningCorrelations"/> with what alerts say about them; their indices continue those of <see cref="Compiled"/>.
    /// </summary>
    public IReadOnlyList<CompiledRule> Correlations { get; }

    /// <summary>Documents that are not wanted (<see cref="RuleLoading.Selection"/>), whether or not they would load.</summary>
    public IReadOnlyList<RuleDocument> Aside { get; private init; } = [];

    /// <summary>The filters that were applied to at least one rule.</summary>
    public IReadOnlyList<FilterRule> Filters { get; }

    /// <summary>All errors and warnings about the files, except about the documents that are <see cref="Aside"/>.</summary>
    public IReadOnlyList<SigmaDiagnostic> Diagnostics { get; }

    /// <summary>Rules that a query alone decides.</summary>
    public RuleSet OnQuery { get; }

    /// <summary>Rules that need the response.</summary>
    public RuleSet OnResponse { get; }

    /// <summary>Whether any rule of <see cref="OnResponse"/> can match a query that is never answered.</summary>
    public bool CanFireWithoutResponse { get; }

    /// <summary>All rules that run: those of <see cref="OnQuery"/>, then those of <see cref="OnResponse"/>.</summary>
    public IReadOnlyList<CompiledRule> Compiled { get; }

    /// <summary>All rules and correlations that run.</summary>
    internal IEnumerable<CompiledRule> Running => Compiled.Concat(Correlations);

    /// <summary>How many values each placeholder has; only those of which it is known.</summary>
    internal IReadOnlyDictionary<string, long> ListSizes { get; private init; } = new Dictionary<string, long>();

    /// <summary>The digest of what a rule or correlation looks for.</summary>
    internal UInt128 DigestOf(CompiledRule rule) => _documents[rule.Index].Digest();

    /// <summary>What the rules and correlations that run are recognised by, with their numbers. Takes time in proportion to the rules' values, the first time.</summary>
    internal IReadOnlyList<(int Number, RuleIdentity Identity)> Identify() =>
        [.. Running.Select(rule => (rule.Number, RuleNumbers.Identify(_documents[rule.Index])))];

    /// <summary>The numbers of rules of an earlier process, by their numbers then; those that do not run any more are missing.</summary>
    internal Dictionary<int, int> Recognise(IReadOnlyList<(int Number, RuleIdentity Identity)> earlier)
    {
        var running = Running.ToList();
        return RuleNumbers.Recognise(earlier, _documents).ToDictionary(pair => pair.Key, pair => running[pair.Value].Number);
    }

    /// <summary>Number of errors in the files.</summary>
    public int Errors => Diagnostics.Count(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    /// <summary>Loads files and folders.</summary>
    /// <param name="paths">The files and folders to load.</param>
    /// <param name="loading">The options to load them with. Default: every rule, no placeholders.</param>
    /// <param name="predecessor">
    /// The rules that these will replace in workers (<see cref="Worker.Swap"/>): a rule in both keeps its number. Default: none.
    /// </param>
    public static LoadedRules Load(IReadOnlyList<string> paths, RuleLoading? loading = null, LoadedRules? predecessor = null)
    {
        loading ??= new RuleLoading();
        var result = loading.LoadAll(paths);
        var rejected = loading.Selection.Reject(result.Rules, result.Correlations);
        var aside = loading.Selection.FindUnwanted(result, rejected);
        result = result with { Diagnostics = Without(aside, result) };
        return new LoadedRules(
            [.. result.Rules.Select(rule => loading.Judge(Classify(rule), rejected)), .. loading.LoadBuiltIn().Select(Classify)], result, rejected, loading.Intel, predecessor)
        {
            Aside = aside,
            ListSizes = loading.Placeholders.Names.Select(name => (name, Count: loading.Placeholders.CountOf(name))).Where(list => list.Count is not null)
                .ToDictionary(list => list.name, list => list.Count!.Value, StringComparer.Ordinal),
        };
    }

    // What is wrong with a document that is not wanted is not asked for.
    private static IReadOnlyList<SigmaDiagnostic> Without(IReadOnlyList<RuleDocument> aside, RuleLoadResult result)
    {
        if (aside.Count == 0)
        {
            return result.Diagnostics;
        }

        var unwanted = aside.ToHashSet(ReferenceEqualityComparer.Instance);
        var documents = result.Documents.ToLookup(document => document.File, StringComparer.Ordinal);
        return
        [
            .. result.Diagnostics.Where(diagnostic =>
                documents[diagnostic.File].LastOrDefault(document => document.FirstLine <= diagnostic.Line) is not { } document || !unwanted.Contains(document)),
        ];
    }

    /// <summary>Findings that are valid but probably not what the author meant. Rules about other logs are skipped.</summary>
    /// <param name="disabledIds">Ids of findings that are not reported.</param>
    public IEnumerable<SigmaDiagnostic> Lint(IReadOnlySet<string>? disabledIds = null)
    {
        var linter = new RuleLinter(Schema, disabledIds);
        return Verdicts.Where(verdict => verdict.Coverage != RuleCoverage.NotDns).SelectMany(verdict => linter.Lint(verdict.Rule));
    }

    /// <summary>
    /// A message as rules see it, for evaluating rules by hand. Allocates; a <see cref="Worker"/> uses one event for all of its messages.
    /// </summary>
    /// <param name="message">The message; the event copies it.</param>
    public ISigmaEvent EventOf(in ObservedMessage message)
    {
        var @event = new DnsEvent(PublicSuffixes) { KeepsMessage = true };
        @event.Load(message);
        return @event;
    }

    // A correlation also reads fields from the events of its rules.
    private bool NeedsResponse(SigmaRule rule) =>
        WaitsForResponse(rule) || RunningCorrelations.SelectMany(correlation => correlation.FieldsOf(rule)).Any(DnsFields.NeedsResponse);

    /// <summary>Whether a rule is evaluated once the response is there, and not on the query, as far as the rule itself tells: a correlation over it may ask for more.</summary>
    public static bool WaitsForResponse(SigmaRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return rule.FieldNames.Any(DnsFields.NeedsResponse) || HasKeywords(rule.Detection.Root) || SourceFacts.NeedsResponse(rule);
    }

    /// <summary>What a rule can do on the wire, judged by its log source and the fields that it names.</summary>
    public static RuleVerdict Classify(SigmaRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        if (LogSources.Describe(rule.LogSource) is null)
        {
            return new RuleVerdict(rule, RuleCoverage.NotDns, $"its log source ({rule.LogSource}) is not about DNS lookups");
        }

        var facts = new SourceFacts(rule);
        var feasibility = RuleFeasibility.Classify(rule, field => DnsFields.IsOnTheWire(field, rule.LogSource), facts.Decide);
        var missing = feasibility.MissingFields;
        return feasibility.Verdict switch
        {
            Feasibility.Full => new RuleVerdict(rule, RuleCoverage.Full, null),
            Feasibility.Degraded => new RuleVerdict(
                rule, RuleCoverage.Degraded, $"no wire carries {AbsentFields.Describe(missing)}: what the rule says of it is left out, so it may alert more often"),
            _ when feasibility.NeverTrue.Count > 0 && (missing.Count == 0 || !CanBeTrueWithout(rule, facts)) =>
                new RuleVerdict(rule, RuleCoverage.Inert, facts.Explain(feasibility.NeverTrue)),
            _ => new RuleVerdict(rule, RuleCoverage.Inert, $"it requires {AbsentFields.Explain(missing)}"),
        };
    }

    // Tells whether the rule is stopped by a value that never occurs rather than by a field that is never on the wire.
    private static bool CanBeTrueWithout(SigmaRule rule, SourceFacts facts) =>
        RuleFeasibility.Classify(rule, _ => true, facts.Decide).Verdict != Feasibility.Inert;

    // Keywords are also searched for in the answers.
    private static bool HasKeywords(RuleNode node) => node switch
    {
        AllOf all => all.Nodes.Any(HasKeywords),
        AnyOf any => any.Nodes.Any(HasKeywords),
        Not not => HasKeywords(not.Node),
        SelectionUse use => HasKeywords(use.Selection.Node),
        FieldMatch match => match.Field is null,
        _ => false,
    };
}
