using Microsoft.Extensions.Logging;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>How the sensor's own log is written to stderr.</summary>
internal sealed record LogSettings
{
    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.Word(
            "log-format", "text|json", "What the sensor says of itself on stderr: text, or a JSON object in each line.", [("text", false), ("json", true)], ignoreCase: false,
            settings => settings.Log.IsJson, (settings, isJson) => Set(settings, log => log with { IsJson = isJson })),
        Setting.Word(
            "log-level", "error|warning|info|debug", "The least level of what the sensor says of itself on stderr. The summary is always written. -v is debug.",
            [("error", LogLevel.Error), ("warning", LogLevel.Warning), ("info", LogLevel.Information), ("debug", LogLevel.Debug)], ignoreCase: true,
            settings => settings.Log.Level, (settings, level) => Set(settings, log => log with { Level = level })),
    ];

    /// <summary>Whether each line is a JSON object. Default: false, text.</summary>
    public bool IsJson { get; init; }

    /// <summary>The least level that is written. Default: information.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>The form of the lines.</summary>
    /// <param name="isVerbose">Whether the user wants to see more of everything (-v).</param>
    public LineForm Form(bool isVerbose) => new(
        isVerbose && Level == LogLevel.Information ? LogLevel.Debug : Level, IsJson, LineForm.IsStandardErrorTheJournal(), TimeProvider.System);

    private static SensorSettings Set(SensorSettings settings, Func<LogSettings, LogSettings> set) => settings with { Log = set(settings.Log) };
}
