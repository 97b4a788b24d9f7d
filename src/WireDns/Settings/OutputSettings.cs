using System.Globalization;
using Microsoft.Extensions.Logging;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>Where alerts go and how they look. A target's own settings override these.</summary>
internal sealed record OutputSettings
{
    private const string StandardOutput = "stdout";

    private static readonly IReadOnlyList<string> UsualTargets = [StandardOutput];

    private static readonly SyslogOptions UsualSyslog = new();

    /// <summary>The setting for a new file, which only a run that ends can have.</summary>
    public static Setting NewFile { get; } = Setting.Text(
        "output-file", "FILE", "Write alerts into a new file, instead of standard output: with -f csv, one that a spreadsheet opens.",
        settings => settings.Output.File,
        (settings, file) => Set(settings, output => output with { File = file })).Alias("-O");

    /// <summary>The setting for a view of the sensor, which only a run on interfaces can have.</summary>
    public static Setting Screen { get; } = Setting.Switch(
        "ui", "Show the sensor full-screen on this terminal: interfaces, targets, top clients and names, alerts with their details (docs/ui.md). Alerts go to the targets of "
            + "-o as well, which cannot be standard output; without -o they are shown alone.",
        settings => settings.Output.HasScreen, (settings, isGiven) => Set(settings, output => output with { HasScreen = isGiven }));

    /// <summary>All settings of this topic but <see cref="NewFile"/> and <see cref="Screen"/>.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.Many<string>(
            "output", "TARGET", $"Where alerts go: {AlertSinks.Kinds}; or where lookups are logged: parquet:DIR. Settings of a target follow after commas: format=, level=, rule= … "
                + "(docs/alerts.md, docs/dnslog.md). May be given several times.",
            Setting.ReadText, settings => settings.Output.Targets, (settings, targets) => Set(settings, output => output with { Targets = targets })).Alias("-o").Suggest(StandardOutput, "syslog").Reloadable(),
        Setting.Word(
            "format", string.Join('|', AlertSinks.Formats), "How alerts look: text or cef, a line each; table or csv, a row each; or JSON lines: ecs and ecs9 (Elastic Common Schema 8.17 and 9.0), eve (as Suricata), ocsf (detection finding), zeek (notice.log).",
            [.. AlertSinks.Formats.Order(StringComparer.Ordinal).Select(name => (name, name))], ignoreCase: false,
            settings => settings.Output.Format, (settings, format) => Set(settings, output => output with { Format = format })).Alias("-f").Reloadable(),
        Setting.Many<string>(
            LogSinks.Flag[2..], "TARGET", $"Log every lookup, in one line: to a target as that of -o. Its setting format= is one of {string.Join(", ", LogSinks.Formats)} "
                + "(docs/lookup-log.md); parquet:DIR writes files for hunting instead (docs/dnslog.md). Rules are not needed then. May be given several times.",
            Setting.ReadText, settings => settings.Output.LineTargets, (settings, targets) => Set(settings, output => output with { LineTargets = targets }))
            .Suggest(StandardOutput, "file:dns.log,format=zeek").ForExample("file:/var/log/wiredns/dns.log,format=zeek"),
        Setting.Text(
            SignalSinks.Flag[2..], "TARGET", "Send the matches of rules that correlations refer to, for wiredns correlate, which runs the correlations of many sensors: kafka://HOST[:PORT]/TOPIC. "
                + "Settings follow after commas: sensor=NAME, properties=FILE … The sensor itself then runs no correlation (docs/fleet.md).",
            settings => settings.Output.Signals, (settings, target) => Set(settings, output => output with { Signals = target })).ForExample("kafka://kafka.example.com:9092/wiredns.signals"),
        Setting.Text(
            "evidence", "FOLDER", "Keep the packets of each alert as pcapng in a folder, with the alert's id and rule in their comments. Settings follow after commas: "
                + "ring=64M, file=100M, size=1G (docs/evidence.md).",
            settings => settings.Output.Evidence, (settings, folder) => Set(settings, output => output with { Evidence = folder })).ForExample("/var/lib/wiredns/evidence,ring=64M"),
        Setting.Text(
            "ledger-file", "FILE", "Write the ledger as JSON to a file whenever the summary is printed, and at the end: docs/ledger.md.",
            settings => settings.Output.LedgerFile, (settings, file) => Set(settings, output => output with { LedgerFile = file })).ForExample("/var/lib/wiredns/ledger.json"),
        Verbose("Show below each text alert what its rule says and what matched; read also lists every file that it skips, and live describes its kernel filter."),
        Colour("text alerts"),
        Setting.Word(
            "syslog-facility", "NAME", "Facility of syslog messages, by its name in RFC 5424.",
            [.. Enum.GetValues<SyslogFacility>().Select(facility => (facility.ToString(), facility))], ignoreCase: true,
            settings => settings.Output.Facility, (settings, facility) => Set(settings, output => output with { Facility = facility })),
        Setting.Number(
            "syslog-max-length", "N", "Octets of the longest syslog message. What is longer is cut: JSON stays whole, with fewer members.",
            SyslogOptions.SmallestMaximumLength, SyslogOptions.LargestMaximumLength,
            settings => settings.Output.MaximumLength, (settings, length) => Set(settings, output => output with { MaximumLength = length })),
        Setting.Number(
            "queue", "N", "Alerts that may wait for each target. Files wait for a full queue; live capture drops, and counts.", 1, 10_000_000,
            settings => settings.Output.Queue, (settings, count) => Set(settings, output => output with { Queue = count })),
        Setting.Text(
            "spool", "FOLDER", "Folder where alerts wait on disk for targets that are connected to (TCP, TLS, RELP, HTTP, Kafka), also over a restart.",
            settings => settings.Output.SpoolFolder, (settings, folder) => Set(settings, output => output with { SpoolFolder = folder })).ForExample("/var/spool/wiredns"),
    ];

    /// <summary>The switch for more detail.</summary>
    /// <param name="what">What a command shows then.</param>
    public static Setting Verbose(string what) => Setting.Switch(
        "verbose", what, settings => settings.Output.IsVerbose, (settings, isGiven) => Set(settings, output => output with { IsVerbose = isGiven })).Alias("-v");

    /// <summary>The targets of <c>-o</c>, of alerts and of logs, as <see cref="OutputTarget"/> reads them. Default: standard output.</summary>
    public IReadOnlyList<string> Targets { get; init; } = UsualTargets;

    /// <summary>The targets that the user has named.</summary>
    public IReadOnlyList<string> TargetsGiven => ReferenceEquals(Targets, UsualTargets) ? [] : Targets;

    /// <summary>The run that names the files of the DNS log. Default: null, a random one; files are then also closed by age.</summary>
    public string? LogRun { get; init; }

    /// <summary>What the names of the DNS log's files have at their end besides .parquet. Default: nothing.</summary>
    public string LogEnding { get; init; } = "";

    /// <summary>A new file that alerts go to, in place of standard output unless that is named too. Default: null, none.</summary>
    public string? File { get; init; }

    /// <summary>
    /// The targets that alerts go to besides <see cref="File"/>, which takes the place of standard output unless that is named. A log is none of them, and does not take
    /// the place of standard output.
    /// </summary>
    public IReadOnlyList<string> AlertTargets
    {
        get
        {
            var targets = Targets.Where(target => !LogSinks.IsLog(target)).ToList();
            return targets.Count > 0 && TargetsGiven.Count > 0 ? targets : File is null && !HasNoUsualTarget && !HasScreen ? UsualTargets : [];
        }
    }

    /// <summary>Whether the terminal shows the sensor itself. Default: false.</summary>
    public bool HasScreen { get; init; }

    /// <summary>Whether nothing takes the place of targets that are not given. Default: false, standard output does.</summary>
    public bool HasNoUsualTarget { get; init; }

    /// <summary>The targets of <c>--log-dns</c>. Default: none.</summary>
    public IReadOnlyList<string> LineTargets { get; init; } = [];

    /// <summary>The targets of the lookup log, whichever flag they were given with.</summary>
    public IReadOnlyList<string> LogTargets => [.. LineTargets, .. Targets.Where(LogSinks.IsLog)];

    /// <summary>The target of signals, in place of running correlations. Default: null, correlations run here.</summary>
    public string? Signals { get; init; }

    /// <summary>The folder for the packets of alerts, with its settings. Default: null, no evidence.</summary>
    public string? Evidence { get; init; }

    /// <summary>The file for the ledger as JSON. Default: null, none.</summary>
    public string? LedgerFile { get; init; }

    /// <summary>The default format of alerts, one of <see cref="AlertSinks.Formats"/>. Default: text.</summary>
    public string Format { get; init; } = "text";

    /// <summary>Whether more detail is shown: of each alert in text on standard output, of skipped files, of the kernel filter. Default: false.</summary>
    public bool IsVerbose { get; init; }

    /// <summary>Whether text on standard output is coloured. Default: only on a terminal.</summary>
    public Colouring Colouring { get; init; }

    /// <summary>The facility of syslog messages. Default: local0.</summary>
    public SyslogFacility Facility { get; init; } = UsualSyslog.Facility;

    /// <summary>Maximum length of a syslog message in octets, 480 to 65,507. Default: 8,192.</summary>
    public int MaximumLength { get; init; } = UsualSyslog.MaximumLength;

    /// <summary>Maximum number of alerts queued for each target, 1 to 10,000,000. Default: 8,192.</summary>
    public int Queue { get; init; } = 8192;

    /// <summary>Folder for the spools of network targets. Default: null, no spools.</summary>
    public string? SpoolFolder { get; init; }

    /// <summary>The setting for coloured output.</summary>
    /// <param name="what">What is coloured, as help words it: "the report".</param>
    public static Setting Colour(string what) => Setting.Word(
        "color", "auto|always|never", $"Colour {what}: auto (on a terminal, unless NO_COLOR is set or TERM is dumb), always or never.",
        [("always", Colouring.Always), ("auto", Colouring.Auto), ("never", Colouring.Never)], ignoreCase: false,
        settings => settings.Output.Colouring, (settings, colouring) => Set(settings, output => output with { Colouring = colouring })).Alias("--colour");

    /// <summary>Opens the targets and starts delivery to them.</summary>
    /// <param name="mode">What happens when a buffer is full.</param>
    /// <exception cref="CommandFailure">A target is unknown or cannot be opened.</exception>
    public AlertDelivery Open(QueueMode mode)
    {
        var sinks = Open(AlertTargets, target => AlertSinks.Plan(target, this, mode).Open());
        if (File is not null)
        {
            sinks = [.. sinks, .. Open([File], path => AlertSinks.OpenNewFile(path, this, mode))];
        }

        SayWhatIsLeft(SpoolFolder, sinks);
        return new AlertDelivery(sinks, Say);
    }

    /// <summary>Says on stderr how a sink fares.</summary>
    public static void Say(SinkNotice notice) => StandardError.Write(
        notice.IsTrouble ? LogLevel.Warning : LogLevel.Information, "target", [new("target", notice.Sink), new("items", notice.Items)], $"{LineForm.Sender}{notice}");

    /// <summary>The targets as a running sensor can take them in place of others; none of them is opened.</summary>
    /// <param name="mode">What happens when a buffer is full.</param>
    /// <exception cref="CommandFailure">A target is unknown, or has a setting that it does not support.</exception>
    public IReadOnlyList<SinkOpening> Plan(QueueMode mode) =>
        [.. AlertTargets.Distinct(StringComparer.Ordinal).Select(target => AlertSinks.Plan(target, this, mode).ForExchange())];

    /// <summary>Checks the targets without opening them.</summary>
    /// <exception cref="CommandFailure">A target is unknown, or has a setting that it does not support.</exception>
    public void CheckTargets()
    {
        foreach (var target in AlertTargets)
        {
            _ = AlertSinks.Plan(target, this, QueueMode.Drop);
        }

        foreach (var target in LogTargets)
        {
            _ = LogSinks.Plan(target, this, QueueMode.Drop, hidesClients: false, out _);
        }

        if (Signals is not null)
        {
            _ = SignalSinks.Plan(Signals, this, QueueMode.Drop);
        }
    }

    /// <summary>Whether the values of a setting are targets.</summary>
    public static bool AreTargets(Setting setting) => setting.ValueName == "TARGET";

    /// <summary>Whether a target is standard output.</summary>
    public static bool IsStandardOutput(string target) => OutputTarget.Parse(target).Address == StandardOutput;

    /// <summary>Opens targets: all of them or none.</summary>
    /// <param name="targets">The targets; one that is given twice is opened once.</param>
    /// <param name="open">Opens one of them.</param>
    /// <exception cref="CommandFailure">A target is unknown or cannot be opened.</exception>
    public static IReadOnlyList<AlertSink> Open(IReadOnlyList<string> targets, Func<string, AlertSink> open)
    {
        var sinks = new List<AlertSink>();
        try
        {
            sinks.AddRange(targets.Distinct(StringComparer.Ordinal).Select(open));
            return sinks;
        }
        catch (CommandFailure)
        {
            foreach (var sink in sinks)
            {
                sink.Transport.Dispose();
                sink.Spool?.Dispose();
            }

            throw;
        }
    }

    /// <summary>
    /// Reports what earlier runs left in the spools: alerts for a target that is in use are delivered along with the new ones; the others stay in the
    /// spool.
    /// </summary>
    private static void SayWhatIsLeft(string? folder, IReadOnlyList<AlertSink> sinks)
    {
        foreach (var sink in sinks.Where(sink => sink.Spool is { Recovered: > 0 } or { Damaged: > 0 }))
        {
            StandardError.Write(string.Create(CultureInfo.InvariantCulture, $"wiredns: {sink.Name}: {sink.Spool!.Recovered:N0} alerts of an earlier run wait in the spool")
                + (sink.Spool.Damaged > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {sink.Spool.Damaged} of its files were damaged, and alerts in them are lost") : ""));
        }

        foreach (var owner in folder is null ? [] : Spool.LeftIn(folder, sinks.Select(sink => sink.Spool).OfType<Spool>()))
        {
            StandardError.Write($"wiredns: the spool holds alerts for a target that is not given now: {Printable.Text(owner)}");
        }
    }

    private static SensorSettings Set(SensorSettings settings, Func<OutputSettings, OutputSettings> set) => settings with { Output = set(settings.Output) };
}
