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

    /// <summary>Which part of an archive is read, where its captures are divided among several runs.</summary>
    public static IReadOnlyList<Setting> Sharding { get; } =
    [
        Setting.Text(
            "manifest", "MANIFEST", "Read the captures that a manifest of 'wiredns shard' lists, in place of FILE: each by itself, with results of its own. "
                + "What an earlier run has finished is passed over (docs/fleet.md).",
            settings => settings.Reading.Manifest, (settings, file) => Set(settings, reading => reading with { Manifest = file })).ForExample("m.jsonl"),
        Setting.One<int>(
            "shard", "I", "Of a manifest, read this shard alone. The first one is 0.",
            (string text, out int shard) => Setting.ReadNumber(text, 0, 99_999, out shard),
            settings => settings.Reading.Shard?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            (settings, shard) => Set(settings, reading => reading with { Shard = shard })).ForExample("0"),
        Setting.Text(
            "results", "FOLDER", "Where results are with --manifest: alerts, in a file for each capture, and a record of each. Default: the folder of -o parquet:DIR.",
            settings => settings.Reading.Results, (settings, folder) => Set(settings, reading => reading with { Results = folder })).ForExample("results"),
    ];

    /// <summary>Whether the summary is left out.</summary>
    public static Setting Quiet { get; } = Setting.Switch(
        "quiet", "Print no summary.",
        settings => settings.Reading.IsQuiet, (settings, isGiven) => Set(settings, reading => reading with { IsQuiet = isGiven })).Alias("-q");

    /// <summary>How the files are read.</summary>
    public static IReadOnlyList<Setting> Run { get; } =
    [
        Quiet,
        Setting.Word(
            "progress", "auto|json|none", "How far reading is, on stderr: a line on a terminal (auto; not with --quiet or TERM=dumb), a line of JSON each second for programs, or nothing.",
            [("auto", ProgressDisplay.Auto), ("json", ProgressDisplay.Json), ("none", ProgressDisplay.None)], ignoreCase: false,
            settings => settings.Reading.Progress, (settings, progress) => Set(settings, reading => reading with { Progress = progress })),
        Setting.Number(
            "jobs", null, "Threads to read with: files at the same time, and up to 8 for one file. Changes neither alerts nor their order. "
                + "Each file has bounds of its own. Default: one for each processor; {range}.", 1, MaximumJobs,
            settings => settings.Reading.Jobs, (settings, jobs) => Set(settings, reading => reading with { Jobs = jobs })).Alias("-j"),
    ];

    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Files, .. Sharding, .. Run];

    /// <summary>The pattern that file names in a folder must match, with the wildcards * and ?. Default: null, every file.</summary>
    public string? Pattern { get; init; }

    /// <summary>Whether subfolders are read too. Default: true.</summary>
    public bool IsRecursive { get; init; } = true;

    /// <summary>Whether the files are read as one capture, in time order. Default: false.</summary>
    public bool IsMerged { get; init; }

    /// <summary>The manifest whose captures are read. Default: null, none.</summary>
    public string? Manifest { get; init; }

    /// <summary>The shard of the manifest that is read. Default: null, all of them.</summary>
    public int? Shard { get; init; }

    /// <summary>The folder of the results with a manifest. Default: null, that of the DNS log.</summary>
    public string? Results { get; init; }

    /// <summary>Whether the summary is suppressed. Default: false.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>How it is shown how far reading is. Default: on a terminal.</summary>
    public ProgressDisplay Progress { get; init; }

    /// <summary>Number of reading threads, 1 to 256. Default: one per processor.</summary>
    public int Jobs { get; init; } = Math.Min(Environment.ProcessorCount, MaximumJobs);

    private static SensorSettings Set(SensorSettings settings, Func<ReadingSettings, ReadingSettings> set) => settings with { Reading = set(settings.Reading) };
}

/// <summary>How it is shown how far reading is.</summary>
internal enum ProgressDisplay
{
    /// <summary>As a line on a terminal, unless the user wants it quiet.</summary>
    Auto,

    /// <summary>As lines of JSON.</summary>
    Json,

    /// <summary>Not at all.</summary>
    None,
}
