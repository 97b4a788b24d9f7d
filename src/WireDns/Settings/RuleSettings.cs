using WireDns.Canary;
using WireDns.Detection.Rules;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>Which rules run, and with which placeholder values and mappings.</summary>
internal sealed record RuleSettings
{
    /// <summary>The setting for rule files and folders.</summary>
    public static Setting Files { get; } = Setting.Many<string>(
        "rules", "PATH", "A rule file, or a folder whose .yml and .yaml files are read, subfolders included. May be given several times.",
        Setting.ReadText, settings => settings.Rules.Paths,
        (settings, paths) => Set(settings, rules => rules with { Paths = paths })).Alias("-r").Required().ForExample("/etc/wiredns/rules");

    /// <summary>The setting for files with placeholder values.</summary>
    public static Setting PlaceholderFiles { get; } = Setting.Many<PlaceholderFile>(
        "placeholder", "NAME=FILE", "Values for %NAME% in rules, from a list, a hosts file, an RPZ zone or a column of a CSV file. The format is found by the content, "
            + "or given after the file: :list, :hosts, :rpz or :csv:COLUMN. May be given several times.",
        ReadPlaceholder, settings => settings.Rules.Placeholders.Select(placeholder => placeholder.Text),
        (settings, files) => Set(settings, rules => rules with { Placeholders = files })).ForExample("bad_domains=/etc/wiredns/bad-domains.txt");

    /// <summary>
    /// How rules are loaded, for every command that takes rules: placeholder values, an organisation's own names, and which rules are wanted.
    /// </summary>
    public static IReadOnlyList<Setting> Loading { get; } =
    [
        PlaceholderFiles,
        .. IntelSettings.All,
        Setting.Many<string>(
            "mapping", "FILE", "A YAML file that maps the log sources and field names of your house to those of the rules' events, as a pipeline of pySigma does "
                + "(docs/rules.md). May be given several times.",
            Setting.ReadText, settings => settings.Rules.Mappings, (settings, files) => Set(settings, rules => rules with { Mappings = files })).ForExample("/etc/wiredns/mapping.yml"),
        Setting.Many<string>(
            "status", "STATUS", "Take rules of this status: stable, test, experimental, deprecated, unsupported, or any. May be given several times. "
                + "Without it a run takes all but deprecated and unsupported rules, and the commands about rules take all.",
            (string text, out string word) => ReadOneOf(RuleSelection.StatusWords, text, out word), settings => settings.Rules.Selection.Statuses,
            (settings, statuses) => Select(settings, selection => selection with { Statuses = statuses })).ForExample("stable", "test"),
        Setting.One<string>(
            "level", "LEVEL", "Take rules of this level or a higher one: informational, low, medium, high, critical.",
            (string text, out string word) => ReadOneOf(RuleSelection.LevelWords, text, out word), settings => settings.Rules.Selection.Level,
            (settings, level) => Select(settings, selection => selection with { Level = level })).ForExample("medium"),
        Setting.Many<string>(
            "tag", "TAG", "Take rules with this tag (attack.t1071, t1071, command-and-control). May be given several times.",
            Setting.ReadText, settings => settings.Rules.Selection.Tags,
            (settings, tags) => Select(settings, selection => selection with { Tags = tags })).ForExample("attack.command-and-control"),
        Setting.Many<string>(
            "exclude", "ID", "Do not take the rule with this id. May be given several times.",
            Setting.ReadText, settings => settings.Rules.Selection.Excluded,
            (settings, ids) => Select(settings, selection => selection with { Excluded = ids })).ForExample("2b8c9a6e-0000-4000-8000-000000000001"),
    ];

    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. AllOfThem.Select(setting => setting.Reloadable())];

    private static IReadOnlyList<Setting> AllOfThem =>
    [
        Files with { IsRequired = false }, // a run that only logs lookups needs none
        .. Loading,
        Setting.Switch(
            "strict", "Do not start if any rule fails to load.",
            settings => settings.Rules.IsStrict, (settings, isGiven) => Set(settings, rules => rules with { IsStrict = isGiven })),
        Setting.Switch(
            "no-degraded", "Leave out rules that run with a caveat: those of which a part is about what no wire carries, and which may alert more often for it.",
            settings => settings.Rules.DropsDegraded, (settings, isGiven) => Set(settings, rules => rules with { DropsDegraded = isGiven })),
    ];

    /// <summary>Rule files and folders. Default: none.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Files with placeholder values. Default: none.</summary>
    public IReadOnlyList<PlaceholderFile> Placeholders { get; init; } = [];

    /// <summary>Lists of indicators. Default: none.</summary>
    public IntelSettings Intel { get; init; } = new();

    /// <summary>Files that map log sources and field names. Default: none.</summary>
    public IReadOnlyList<string> Mappings { get; init; } = [];

    /// <summary>Whether a rule that fails to load stops the run before it starts. Default: false.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Whether to leave out rules that run with a caveat. Default: false.</summary>
    public bool DropsDegraded { get; init; }

    /// <summary>The zone of canaries, which a built-in rule finds. Default: null, no such rule.</summary>
    public string? CanaryZone { get; init; }

    /// <summary>Which rules are wanted. Default: all except deprecated and unsupported ones.</summary>
    public RuleSelection Selection { get; init; } = new();

    /// <summary>Whether anything is given to match with: rules, or lists of indicators, which have rules of their own.</summary>
    public bool AreGiven => Paths.Count + Intel.Sources.Count > 0;

    /// <summary>The options that rules are loaded with. Reads the placeholder and mapping files.</summary>
    /// <param name="takesAll">Whether deprecated and unsupported rules are wanted too, unless a status is given.</param>
    /// <exception cref="CommandFailure">A file cannot be read or is wrong; every problem is reported on its own line on stderr.</exception>
    public RuleLoading Load(bool takesAll)
    {
        var placeholders = PlaceholderFile.Load(Placeholders);
        var intel = Intel.Load(IsStrict);
        if (intel.FindTaken(placeholders) is { } taken)
        {
            throw new CommandFailure(ExitStatus.Usage, $"%{taken}% is the placeholder of --intel: give that of --placeholder another name");
        }

        intel.AddTo(placeholders);
        return new RuleLoading
        {
            Placeholders = placeholders,
            Intel = intel,
            Mapping = MappingFile.Load(Mappings),
            DropsDegraded = DropsDegraded,
            BuiltIn = CanaryZone is null ? [] : [CanaryRule.Of(CanaryZone)],
            Selection = takesAll && Selection.Statuses.Count == 0 ? Selection with { Statuses = RuleSelection.Everything.Statuses } : Selection,
        };
    }

    private static SensorSettings Set(SensorSettings settings, Func<RuleSettings, RuleSettings> set) => settings with { Rules = set(settings.Rules) };

    private static SensorSettings Select(SensorSettings settings, Func<RuleSelection, RuleSelection> set) =>
        Set(settings, rules => rules with { Selection = set(rules.Selection) });

    private static string? ReadOneOf(IReadOnlyList<string> words, string text, out string word)
    {
        word = words.FirstOrDefault(known => known.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? text;
        return words.Contains(word) ? null : $"takes {string.Join(", ", words)}, not '{text}'.";
    }

    private static string? ReadPlaceholder(string text, out PlaceholderFile file) =>
        (file = PlaceholderFile.Parse(text)!) is null ? $"takes NAME=FILE, the name in letters, digits and underscores, not '{text}'." : null;
}
