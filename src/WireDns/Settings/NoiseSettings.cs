using System.Globalization;
using WireDns.Alerts;
using WireDns.Alerts.Noise;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>What is held back so that a noisy rule does not bury the rest.</summary>
internal sealed record NoiseSettings
{
    private const int LongestWindowDays = 30;

    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.Many<(AlertLevel?, TimeSpan)>(
            "suppress", "[LEVEL=]TIME", "Send one alert for each rule, client and registered domain in this time, and at its end one that says how many more there were. "
                + $"live does so unless told otherwise ({Describe(NoiseOptions.UsualWindows)}); read does not. May be given several times: 10m for all levels, low=2h for one.",
            ReadWindow, settings => settings.Noise.Windows.Select(window => Text(window.Level, window.Time)),
            (settings, windows) => Set(settings, noise => noise with { Windows = windows })).ForExample("10m", "low=2h").Reloadable(),
        Setting.Switch(
            "no-suppress", "Send every alert, however often it repeats another.", settings => settings.Noise.IsNotSuppressing,
            (settings, isGiven) => Set(settings, noise => noise with { IsNotSuppressing = isGiven })).Reloadable(),
        Setting.One<(int Count, TimeSpan Time)?>(
            "rate-limit", "N[/TIME]", "Send at most so many alerts of each rule in a minute, or in another time (100/10m), and then one that says how many more there were.",
            ReadRate, settings => settings.Noise.Rate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate.Count}/{Durations.Text(rate.Time)}") : null,
            (settings, rate) => Set(settings, noise => noise with { Rate = rate })).ForExample("100/10m").Reloadable(),
        Setting.Text(
            "silences", "FILE", "Send no alerts that this file silences: by rule, client and name, each until a date and with a reason (docs/alerts.md).",
            settings => settings.Noise.SilenceFile, (settings, file) => Set(settings, noise => noise with { SilenceFile = file })).ForExample("/etc/wiredns/silences.yml").Reloadable(),
        Setting.One<bool>(
            "correlation-ends", "yes|no", "Send a second alert when a correlation ends, which says from when until when it was true and for how many events. live and correlate do, read does not.",
            ReadYesOrNo, settings => settings.Noise.TellsCorrelationEnds switch { null => null, true => "yes", false => "no" },
            (settings, tells) => Set(settings, noise => noise with { TellsCorrelationEnds = tells })).ForExample("yes"),
    ];

    /// <summary>How long repeated alerts are held back, by level or, with null, for all levels. Default: none, which leaves it to the command.</summary>
    public IReadOnlyList<(AlertLevel? Level, TimeSpan Time)> Windows { get; init; } = [];

    /// <summary>Whether no alert is held back because it repeats another. Default: false.</summary>
    public bool IsNotSuppressing { get; init; }

    /// <summary>The most alerts of a rule in a time. Default: null, no limit.</summary>
    public (int Count, TimeSpan Time)? Rate { get; init; }

    /// <summary>The file of silences. Default: null, none.</summary>
    public string? SilenceFile { get; init; }

    /// <summary>Whether the end of a correlation is told. Default: null, which leaves it to the command.</summary>
    public bool? TellsCorrelationEnds { get; init; }

    /// <summary>Creates the filter, and says on stderr what it holds back.</summary>
    /// <param name="pass">Takes the alerts that are not held back.</param>
    /// <param name="usual">What holds for levels that the user gave no time for; null for nothing.</param>
    /// <exception cref="CommandFailure">The file of silences cannot be read.</exception>
    public NoiseFilter Open(Func<Alert, bool> pass, IReadOnlyDictionary<AlertLevel, TimeSpan>? usual)
    {
        var options = Read(usual);
        if (options.Windows is { } windows)
        {
            StandardError.Write($"wiredns: repeated alerts of one rule, client and registered domain are held back and summed up ({Describe(windows)}); --no-suppress sends all");
        }

        return new NoiseFilter(options, pass);
    }

    /// <summary>What is held back, with the silences of the file.</summary>
    /// <param name="usual">What holds for levels that the user gave no time for; null for nothing.</param>
    /// <exception cref="CommandFailure">The file of silences cannot be read, or settings contradict each other.</exception>
    public NoiseOptions Read(IReadOnlyDictionary<AlertLevel, TimeSpan>? usual) => new()
    {
        Silences = Check(),
        Windows = IsNotSuppressing ? null : Merge(usual),
        RateLimit = Rate?.Count ?? 0,
        RateWindow = Rate?.Time ?? TimeSpan.FromMinutes(1),
    };

    /// <summary>Reads the file of silences, and rejects settings that contradict each other.</summary>
    /// <returns>The silences in force.</returns>
    /// <exception cref="CommandFailure">The file cannot be read, or settings contradict each other.</exception>
    public IReadOnlyList<Silence> Check() => IsNotSuppressing && Windows.Count > 0
        ? throw new CommandFailure(ExitStatus.Usage, "--suppress and --no-suppress contradict each other")
        : SilenceFile is null ? [] : Settings.SilenceFile.Read(SilenceFile, TimeProvider.System);

    private Dictionary<AlertLevel, TimeSpan>? Merge(IReadOnlyDictionary<AlertLevel, TimeSpan>? usual)
    {
        var merged = new Dictionary<AlertLevel, TimeSpan>(usual ?? new Dictionary<AlertLevel, TimeSpan>());
        foreach (var (level, time) in Windows.OrderBy(window => window.Level is not null))
        {
            foreach (var one in level is { } single ? [single] : Enum.GetValues<AlertLevel>())
            {
                merged[one] = time;
            }
        }

        return merged.Values.Any(time => time > TimeSpan.Zero) ? merged : null;
    }

    private static string Describe(IReadOnlyDictionary<AlertLevel, TimeSpan> windows) => string.Join(", ", windows
        .Where(window => window.Value > TimeSpan.Zero).GroupBy(window => window.Value).OrderBy(group => group.Key)
        .Select(group => $"{string.Join(" and ", group.OrderByDescending(window => window.Key).Select(window => window.Key.Name()))} {Durations.Text(group.Key)}"));

    private static string Text(AlertLevel? level, TimeSpan time) => $"{(level is { } one ? one.Name() + "=" : "")}{Durations.Text(time)}";

    private static string? ReadWindow(string text, out (AlertLevel?, TimeSpan) window)
    {
        window = default;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        AlertLevel? level = null;
        if (equals >= 0)
        {
            var name = text[..equals];
            var index = Array.FindIndex(Enum.GetValues<AlertLevel>(), known => known.Name() == name);
            if (index < 0)
            {
                return $"takes {string.Join(", ", Enum.GetValues<AlertLevel>().Select(known => known.Name()))} before '=', not '{name}'.";
            }

            level = Enum.GetValues<AlertLevel>()[index];
        }

        if (!Durations.TryParse(text.AsSpan(equals + 1), out var time) || time > TimeSpan.FromDays(LongestWindowDays))
        {
            return $"takes a time of at most {LongestWindowDays} days, as 30s, 10m or 1h, not '{text[(equals + 1)..]}'.";
        }

        window = (level, time);
        return null;
    }

    private static string? ReadRate(string text, out (int, TimeSpan)? rate)
    {
        rate = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var time = TimeSpan.FromMinutes(1);
        if (!int.TryParse(slash < 0 ? text : text[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1
            || (slash >= 0 && (!Durations.TryParse(text.AsSpan(slash + 1), out time) || time < TimeSpan.FromSeconds(1) || time > TimeSpan.FromDays(LongestWindowDays))))
        {
            return $"takes a number from 1 on, and a time after a slash if it is not a minute (100, 100/10m), not '{text}'.";
        }

        rate = (count, time);
        return null;
    }

    private static string? ReadYesOrNo(string text, out bool value)
    {
        value = text == "yes";
        return text is "yes" or "no" ? null : $"takes yes or no, not '{text}'.";
    }

    private static SensorSettings Set(SensorSettings settings, Func<NoiseSettings, NoiseSettings> set) => settings with { Noise = set(settings.Noise) };
}
