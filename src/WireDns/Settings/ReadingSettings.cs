namespace WireDns.Settings;

/// <summary>How capture files are read.</summary>
internal sealed record ReadingSettings
{
    private const int MaximumJobs = 256;

    /// <summary>Which of the named files are read, where each is read by itself.</summary>
    public static IReadOnlyList<Setting> Each { get; } =
    [
        Setting.Text(
            "include", "PATTERN", "Of the files in folders, read only those whose name matches, with * and ?, as in '*.pcap*'.",
            settings => settings.Reading.Pattern, (settings, pattern) => Set(settings, reading => reading with { Pattern = pattern })),
        Setting.Switch(
            "no-recursion", "Of folders, read their own files alone.",
            settings => !settings.Reading.IsRecursive, (settings, isGiven) => Set(settings, reading => reading with { IsRecursive = !isGiven })),
    ];

    /// <summary>Which of the named files are read, and whether they are treated as one capture.</summary>
    public static IReadOnlyList<Setting> Files { get; } =
    [
        .. Each,
        Setting.Switch(
            "merge", "Read all files as one capture, in the order of time: what two taps saw, or the two directions of a link.",
            settings => settings.Reading.IsMerged, (settings, isGiven) => Set(settings, reading => reading with { IsMerged = isGiven })),
    ];

    /// <summary>Whether the summary is left out.</summary>
    public static Setting Quiet { get; } = Setting.Switch(
        "quiet", "Print no summary.",
        settings => settings.Reading.IsQuiet, (settings, isGiven) => Set(settings, reading => reading with { IsQuiet = isGiven })).Alias("-q");

    /// <summary>How the files are read.</summary>
    public static IReadOnlyList<Setting> Run { get; } =
    [
        Quiet,
        Setting.Number(
            "jobs", null, "Threads to read with: files at the same time, and up to 8 for one file. Changes neither alerts nor their order. "
                + "Each file has bounds of its own. Default: one for each processor; {range}.", 1, MaximumJobs,
            settings => settings.Reading.Jobs, (settings, jobs) => Set(settings, reading => reading with { Jobs = jobs })).Alias("-j"),
    ];

    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Files, .. Run];

    /// <summary>The pattern that file names in a folder must match, with the wildcards * and ?. Default: null, every file.</summary>
    public string? Pattern { get; init; }

    /// <summary>Whether subfolders are read too. Default: true.</summary>
    public bool IsRecursive { get; init; } = true;

    /// <summary>Whether the files are read as one capture, in time order. Default: false.</summary>
    public bool IsMerged { get; init; }

    /// <summary>Whether the summary is suppressed. Default: false.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Number of reading threads, 1 to 256. Default: one per processor.</summary>
    public int Jobs { get; init; } = Math.Min(Environment.ProcessorCount, MaximumJobs);

    private static SensorSettings Set(SensorSettings settings, Func<ReadingSettings, ReadingSettings> set) => settings with { Reading = set(settings.Reading) };
}
