using System.Globalization;
using WireDns.Detection.Intel;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>Threat intelligence: the files of domain names that others have found to be bad.</summary>
internal sealed record IntelSettings
{
    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.Many<IntelSource>(
            "intel", "[NAME=]FILE", "Indicators: a STIX 2.1 bundle, an export of MISP (JSON or CSV), a hosts file, an RPZ zone, or a list of domain names; or a folder or a pattern (*.txt) of such files. The format is found by "
                + "the content, or given after the file: :stix, :misp, :hosts, :rpz, :list or :csv:COLUMN. Lookups of the names, and of names below them, raise alerts. May be given several times.",
            ReadSource, settings => settings.Rules.Intel.Sources.Select(source => source.Text),
            (settings, sources) => settings with { Rules = settings.Rules with { Intel = settings.Rules.Intel with { Sources = sources } } })
            .ForExample("/etc/wiredns/intel", "urlhaus=/var/lib/feeds/urlhaus.txt:hosts"),
    ];

    /// <summary>The files, folders and patterns. Default: none.</summary>
    public IReadOnlyList<IntelSource> Sources { get; init; } = [];

    /// <summary>Reads the files, and says on stderr what each list has, and what of it cannot be used.</summary>
    /// <param name="isStrict">Whether a file that cannot be read to its end stops the run.</param>
    /// <exception cref="CommandFailure">A file is not there or cannot be read, two lists have one name, or nothing is usable.</exception>
    public IntelLists Load(bool isStrict)
    {
        var lists = Sources.SelectMany(source => source.Read()).ToList();
        foreach (var list in lists)
        {
            foreach (var message in list.Messages)
            {
                StandardError.Write(message);
            }

            if (list.Fault is { } fault)
            {
                StandardError.Write(list.Count == 0 ? fault : $"{fault}; what comes before it is used");
            }

            StandardError.Write($"wiredns: {list.File}: {Describe(list, DateTimeOffset.UtcNow)}");
        }

        if (lists.GroupBy(list => list.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.ToList() is { } same)
        {
            throw new CommandFailure(ExitStatus.Usage, $"{same[0].File} and {same[1].File} are both the list {same[0].Name}: give one another name, as in --intel NAME=FILE");
        }

        if (lists.Count > 0 && lists.TrueForAll(list => list.Count == 0))
        {
            throw new CommandFailure(ExitStatus.Usage, "no indicator can be used of what --intel names") { FirstFault = lists[0].Fault };
        }

        return isStrict && lists.Find(list => list.Fault is not null) is { Fault: var broken }
            ? throw new CommandFailure(ExitStatus.Usage, "a list of indicators is not whole, and --strict is given") { FirstFault = broken }
            : new IntelLists(lists);
    }

    /// <summary>What a list has, in words.</summary>
    public static string Describe(IntelList list, DateTimeOffset now)
    {
        var expired = list.CountExpired(now);
        List<string> parts =
        [
            .. expired > 0 ? new[] { string.Create(CultureInfo.InvariantCulture, $"{expired:N0} expired") } : [],
            .. list.Duplicates > 0 ? new[] { string.Create(CultureInfo.InvariantCulture, $"{list.Duplicates:N0} given again") } : [],
            .. list.Refused.Select(refused => string.Create(CultureInfo.InvariantCulture, $"{refused.Value:N0} not used: {Words(refused.Key)}")),
        ];
        return string.Create(CultureInfo.InvariantCulture, $"{list.Count:N0} {(list.Count == 1 ? "indicator" : "indicators")} (list {list.Name}, {list.Format}){(parts.Count == 0 ? "" : "; ")}{string.Join("; ", parts)}");
    }

    private static string Words(IntelRefusal refusal) => refusal switch
    {
        IntelRefusal.BadEntry => "not in the format",
        IntelRefusal.InvalidName => "no domain names",
        IntelRefusal.PublicSuffix => "public suffixes",
        IntelRefusal.Address => "addresses",
        IntelRefusal.UrlPath => "URLs with a path",
        IntelRefusal.NotAName => "not about names",
        IntelRefusal.Pattern => "patterns that say more than a name",
        IntelRefusal.Observed => "names that were only observed",
        IntelRefusal.TakenBack => "taken back",
        IntelRefusal.NotForDetection => "not meant for detection",
        IntelRefusal.NoRoom => "for want of room",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, null),
    };

    private static string? ReadSource(string text, out IntelSource source) =>
        (source = IntelSource.Parse(text)!) is null ? $"takes FILE or NAME=FILE, the name in letters, digits and underscores, not '{text}'." : null;
}
