using System.Globalization;
using System.Net;
using WireDns.Alerts;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>Which alerts of a run over files are wanted, and in which order. Everything is read and decoded whatever is chosen here.</summary>
internal sealed record ChoiceSettings
{
    private static readonly (string Word, AlertPart Value)[] Parts =
        [("rule", AlertPart.Rule), ("client", AlertPart.Client), ("domain", AlertPart.Domain)];

    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.One<CaptureMoment?>(
            "since", "TIME", "Send alerts from this time on: 2026-11-27T08:30:00Z, 2026-11-27 (UTC), +10m after the beginning of each file, -5m before its end. "
                + "Earlier packets are decoded all the same, so that lookups and correlations are whole.",
            CaptureMoment.ReadFirst, settings => settings.Choice.Since?.Text, (settings, moment) => Set(settings, choice => choice with { Since = moment })),
        Setting.One<CaptureMoment?>(
            "until", "TIME", "Send alerts before this time; a date counts to its end.",
            CaptureMoment.ReadEnd, settings => settings.Choice.Until?.Text, (settings, moment) => Set(settings, choice => choice with { Until = moment })),
        Setting.Many<IPNetwork>(
            "client", "ADDRESS|NETWORK", "Send alerts about lookups of this client or network (10.0.0.7, 10.1.0.0/16). May be given several times.",
            DetectionSettings.ReadNetwork, settings => settings.Choice.Clients.Select(network => network.ToString()),
            (settings, networks) => Set(settings, choice => choice with { Clients = networks })),
        Setting.Many<IPNetwork>(
            "server", "ADDRESS|NETWORK", "Send alerts about lookups at this server or network. May be given several times.",
            DetectionSettings.ReadNetwork, settings => settings.Choice.Servers.Select(network => network.ToString()),
            (settings, networks) => Set(settings, choice => choice with { Servers = networks })),
        Setting.Many<string>(
            "name", "PATTERN", "Send alerts about names that match, with * and ?, as in '*.example.com'. May be given several times.",
            ReadName, settings => settings.Choice.Names, (settings, names) => Set(settings, choice => choice with { Names = names })),
        Level(
            "min-level", "Send alerts of this level or a higher one. (--level chooses rules, which correlations may then lack.)",
            choice => choice.LeastLevel, (choice, level) => choice with { LeastLevel = level }),
        Setting.One<IReadOnlyList<AlertPart>>(
            "first-per", "PART[,PART...]", "Send only the first alert for each rule, client, domain, or combination of them: rule,client.",
            ReadParts, settings => settings.Choice.FirstPer.Count == 0 ? null : string.Join(',', Parts.Where(part => settings.Choice.FirstPer.Contains(part.Value)).Select(part => part.Word)),
            (settings, parts) => Set(settings, choice => choice with { FirstPer = parts })),
        Setting.One<int?>(
            "max-alerts", "N", "Send at most so many alerts. Reading goes on to the end, and the summary counts the rest.",
            ReadMaximum, settings => settings.Choice.Maximum?.ToString(CultureInfo.InvariantCulture), (settings, count) => Set(settings, choice => choice with { Maximum = count })),
        Setting.Word(
            "order", "file|time", "Send the alerts of several files file by file, or all in the order of time, at the end: up to about 200,000 alerts wait for that; of more, the earliest go on.",
            [("file", false), ("time", true)], ignoreCase: false,
            settings => settings.Choice.IsByTime, (settings, isByTime) => Set(settings, choice => choice with { IsByTime = isByTime })),
        Level(
            "fail-on", "Exit with status 3 if there is an alert of this level or a higher one.",
            choice => choice.FailsOn, (choice, level) => choice with { FailsOn = level }),
    ];

    /// <summary>Whether the alerts of several files are sent in the order of time. Default: false, file by file.</summary>
    public bool IsByTime { get; init; }

    /// <summary>The first moment of wanted alerts. Default: null, any.</summary>
    public CaptureMoment? Since { get; init; }

    /// <summary>The moment from which alerts are wanted no more. Default: null, none.</summary>
    public CaptureMoment? Until { get; init; }

    /// <summary>The clients of wanted alerts. Default: none, which means any.</summary>
    public IReadOnlyList<IPNetwork> Clients { get; init; } = [];

    /// <summary>The servers of wanted alerts. Default: none, which means any.</summary>
    public IReadOnlyList<IPNetwork> Servers { get; init; } = [];

    /// <summary>Patterns for the names of wanted alerts, with * and ?. Default: none, which means any.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The lowest level of wanted alerts. Default: null, any.</summary>
    public AlertLevel? LeastLevel { get; init; }

    /// <summary>Of the alerts that have these parts in common only the first is wanted. Default: none, which means all alerts.</summary>
    public IReadOnlyList<AlertPart> FirstPer { get; init; } = [];

    /// <summary>The most alerts that are sent, at least 1. Default: null, all.</summary>
    public int? Maximum { get; init; }

    /// <summary>The lowest level that gives the run the exit status 3. Default: null, none.</summary>
    public AlertLevel? FailsOn { get; init; }

    /// <summary>Whether the end of a capture must be known before its alerts are.</summary>
    public bool NeedsEnd => Since?.From == MomentOrigin.End || Until?.From == MomentOrigin.End;

    /// <summary>Refuses what can choose nothing.</summary>
    /// <exception cref="CommandFailure">The end of the time is not after its beginning.</exception>
    public void Check()
    {
        if (Since is { } since && Until is { } until && since.From == until.From && since.Nanoseconds >= until.Nanoseconds)
        {
            throw new CommandFailure(ExitStatus.Usage, $"--since {since.Text} is not before --until {until.Text}");
        }
    }

    private static Setting Level(string name, string description, Func<ChoiceSettings, AlertLevel?> get, Func<ChoiceSettings, AlertLevel, ChoiceSettings> set)
    {
        var levels = Enum.GetValues<AlertLevel>();
        string[] words = [.. levels.Select(level => level.Name())];
        return Setting.One<AlertLevel>(
            name, "LEVEL", $"{description} Levels: {string.Join(", ", words)}.",
            (string text, out AlertLevel level) =>
            {
                var index = Array.FindIndex(words, word => word.Equals(text, StringComparison.OrdinalIgnoreCase));
                level = index < 0 ? default : levels[index];
                return index < 0 ? $"takes {string.Join(", ", words)}; not '{text}'." : null;
            },
            settings => get(settings.Choice)?.Name(), (settings, level) => Set(settings, choice => set(choice, level))).Suggest(words);
    }

    private static string? ReadName(string text, out string pattern)
    {
        pattern = text;
        return text.Length == 0 ? "takes a value that is not empty."
            : text.Length > 1 && text.EndsWith('.') && !text.EndsWith("\\.", StringComparison.Ordinal) ? $"takes a name without a final dot, not '{text}'."
            : null;
    }

    private static string? ReadMaximum(string text, out int? maximum)
    {
        var fault = Setting.ReadNumber(text, 1, int.MaxValue, out var number);
        maximum = number;
        return fault;
    }

    private static string? ReadParts(string text, out IReadOnlyList<AlertPart> parts)
    {
        var words = text.Split(',');
        parts = [.. Parts.Where(part => words.Contains(part.Word, StringComparer.OrdinalIgnoreCase)).Select(part => part.Value)];
        return Array.Find(words, word => !Parts.Any(part => part.Word.Equals(word, StringComparison.OrdinalIgnoreCase))) is { } wrong
            ? $"takes rule, client, domain, with commas between them; not '{wrong}'."
            : null;
    }

    private static SensorSettings Set(SensorSettings settings, Func<ChoiceSettings, ChoiceSettings> set) => settings with { Choice = set(settings.Choice) };
}

/// <summary>What alerts can have in common.</summary>
internal enum AlertPart
{
    /// <summary>The rule.</summary>
    Rule,

    /// <summary>The client's address.</summary>
    Client,

    /// <summary>The registered domain of the name, or the name where it has none.</summary>
    Domain,
}
