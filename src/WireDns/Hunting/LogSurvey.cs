using System.Text;
using WireDns.Parquet.Reading;

namespace WireDns.Hunting;

/// <summary>
/// Looks at the files of a log before messages are made again: which groups may matter, which of their rows, and of which sources they are. A file or group that cannot be read
/// is left to <paramref name="guard"/>, and the others go on.
/// </summary>
/// <param name="names">Conditions on names that lookups must all meet to matter; none if any may.</param>
/// <param name="screen">Tells which lookups no rule can match; null if any may.</param>
/// <param name="guard">Does something with a file, and takes what fails.</param>
internal sealed class LogSurvey(IReadOnlyList<NameEnds> names, RowScreen? screen, Action<string, Action> guard)
{
    private readonly LookupHeads _heads = new();
    private readonly Dictionary<(string Run, int? Index, string File), HuntedSource> _byRun = [];

    /// <summary>Files that were looked at.</summary>
    public int Files { get; private set; }

    /// <summary>Lookups that were looked at, and are not made again.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Lookups in groups that were passed over as a whole.</summary>
    public long PassedOver { get; private set; }

    /// <summary>Groups of rows that were passed over as a whole.</summary>
    public long GroupsPassedOver { get; private set; }

    /// <summary>Whether a file was written with the addresses of clients hidden.</summary>
    public bool HasHiddenClients { get; private set; }

    /// <summary>The sources with the rows to be made again, in the order in which they begin in the files.</summary>
    public IReadOnlyList<HuntedSource> Sources => [.. _byRun.Values.OrderBy(source => source.Place)];

    /// <summary>Looks at files.</summary>
    public void Look(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        // Rows of a run are compared with each other, while files of several sensors lie among each other. The names begin with the time of the first row.
        var runs = new List<(string Run, List<(string Path, int Place)> Files)>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (path, place) in files.OrderBy(path => Path.GetFileName(path), StringComparer.Ordinal).Select((path, place) => (path, place)))
        {
            if (cancellation.IsCancellationRequested)
            {
                return;
            }

            guard(path, () =>
            {
                using var file = LogFileReader.Open(path);
                Files++;
                HasHiddenClients |= file.HidesClients;
                if (places.TryAdd(file.Run, runs.Count))
                {
                    runs.Add((file.Run, []));
                }

                runs[places[file.Run]].Files.Add((path, place));
            });
        }

        foreach (var run in runs)
        {
            var window = screen is null ? null : new RowWindow();
            foreach (var (path, place) in run.Files)
            {
                if (cancellation.IsCancellationRequested)
                {
                    return;
                }

                guard(path, () => Look(path, place, window));
            }

            Take(window, isEnd: true);
        }
    }

    private void Look(string path, int place, RowWindow? window)
    {
        using var file = LogFileReader.Open(path);
        for (var index = 0; index < file.Groups.Count; index++)
        {
            var rows = file.Groups[index].Rows;
            if (!names.All(name => name.MayBeIn(file.Groups[index], file.Suffixes)))
            {
                PassedOver += rows;
                GroupsPassedOver++;
                continue;
            }

            var isAnyNameTaken = names.Count == 0 && window is null;
            file.ReadHeads(index, (isAnyNameTaken ? HeadParts.None : HeadParts.Names) | (file.IsOrderedByTime ? HeadParts.None : HeadParts.Sources), _heads);
            var group = new SurveyedGroup(new GroupPlace(path, index, rows), (place, index), file.Run, file.IsOrderedByTime ? null : SourcesOf(_heads));
            var matter = names.Count > 0 ? NamesThatMatter() : null;
            if (window is null)
            {
                Add(group, matter is null ? null : [.. Enumerable.Range(0, rows).Where(row => matter[row])]);
                continue;
            }

            var hasOpenName = matter?.Contains(true) != false && screen!.HasOpenName(_heads);
            if (hasOpenName)
            {
                file.ReadHeads(index, screen!.Parts, _heads);
            }

            var judged = screen!.Judge(_heads, hasOpenName);
            for (var row = 0; row < matter?.Length; row++)
            {
                judged.Needs[row] = matter[row] ? judged.Needs[row] : RowNeed.None;
            }

            window.Add(group, judged);
            Take(window, isEnd: false);
        }
    }

    private bool[] NamesThatMatter()
    {
        var matter = names[0].Find(_heads);
        foreach (var name in names.Skip(1))
        {
            var found = name.Find(_heads);
            for (var row = 0; row < matter.Length; row++)
            {
                matter[row] &= found[row];
            }
        }

        return matter;
    }

    private void Take(RowWindow? window, bool isEnd)
    {
        while (window?.TryTake(isEnd, out var group, out var rows) == true)
        {
            Add(group, rows);
        }
    }

    private void Add(SurveyedGroup group, int[]? rows)
    {
        LeftOut += group.Place.Rows - (rows?.Length ?? group.Place.Rows);
        if (rows?.Length == 0)
        {
            return;
        }

        var place = group.Place with { Made = rows?.Length == group.Place.Rows ? null : rows, IsOfOneSource = group.Sources is null or { Count: 1 } };
        var ordinal = 0;
        foreach (var (index, file) in group.Sources ?? [(null, "")])
        {
            if (!_byRun.TryGetValue((group.Run, index, file), out var source))
            {
                _byRun.Add((group.Run, index, file), source = new HuntedSource(index, file) { Place = (group.Order.File, group.Order.Group, ordinal) });
            }

            source.Groups.Add(place);
            ordinal++;
        }
    }

    private static List<(int? Index, string File)> SourcesOf(LookupHeads heads)
    {
        var sources = new HashSet<(int, string)>();
        for (var row = 0; row < heads.Count; row++)
        {
            if (row == 0 || heads.SourceIndex[row] != heads.SourceIndex[row - 1] || !heads.File(row).SequenceEqual(heads.File(row - 1)))
            {
                sources.Add((heads.SourceIndex[row], Encoding.UTF8.GetString(heads.File(row))));
            }
        }

        return [.. sources.Order().Select(source => ((int?)source.Item1, source.Item2))];
    }
}

/// <summary>A group whose rows were looked at.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Order">Where that is among all files.</param>
/// <param name="Run">The run that wrote it.</param>
/// <param name="Sources">The sources of its rows; null if the run has but one.</param>
internal sealed record SurveyedGroup(GroupPlace Place, (int File, int Group) Order, string Run, IReadOnlyList<(int? Index, string File)>? Sources);
