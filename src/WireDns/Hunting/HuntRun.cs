using WireDns.Detection;
using WireDns.Detection.Logging;
using WireDns.Detection.Messages;
using WireDns.Parquet.Reading;

namespace WireDns.Hunting;

/// <summary>
/// Gives the messages of logged lookups to a worker again, source by source, each in the order in which it was captured: what the worker raises is what it raised when the
/// log was written. A file or group that cannot be read is reported, and the others go on.
/// </summary>
/// <param name="worker">Takes the messages.</param>
/// <param name="names">Conditions on names that lookups must all meet to matter; none if any may.</param>
/// <param name="report">Takes a failure.</param>
internal sealed class HuntRun(Worker worker, IReadOnlyList<NameEnds> names, Action<string> report)
{
    // A group with rows of many small captures is read once, and not once for each.
    private const int MostKeptGroups = 4;

    private readonly LookupReader _lookups = new();
    private readonly LookupMessages _messages = new();
    private readonly List<(GroupPlace Place, HuntedRows? Rows)> _kept = [];
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private readonly List<HuntedSource> _sources = [];
    private LogFileReader? _open;

    /// <summary>Files that were not read to their end.</summary>
    public int Failed => _failed.Count;

    /// <summary>Files that were hunted in.</summary>
    public int Files { get; private set; }

    /// <summary>Lookups that were matched.</summary>
    public long Lookups { get; private set; }

    /// <summary>Lookups that were passed over: their names cannot matter. Most are in groups of which nothing else was read.</summary>
    public long PassedOver { get; private set; }

    /// <summary>Groups of rows that were passed over as a whole.</summary>
    public long GroupsPassedOver { get; private set; }

    /// <summary>Lookups that the log does not have in full.</summary>
    public long Incomplete => _lookups.Incomplete;

    /// <summary>Rows that are no lookups.</summary>
    public long Unreadable => _lookups.Unreadable;

    /// <summary>Records of answers that could not be read.</summary>
    public long UnreadableRecords => _messages.Unreadable;

    /// <summary>Whether a file was written with the addresses of clients hidden. Known after <see cref="Survey"/>.</summary>
    public bool HasHiddenClients { get; private set; }

    /// <summary>Looks at the footers of files: which groups may matter, and of which sources they are.</summary>
    public void Survey(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var byRun = new Dictionary<(string Run, int? Index, string File), HuntedSource>();

        // The names begin with the time of the first row.
        foreach (var path in files.OrderBy(path => Path.GetFileName(path), StringComparer.Ordinal))
        {
            if (cancellation.IsCancellationRequested)
            {
                return;
            }

            Guard(path, () =>
            {
                using var file = LogFileReader.Open(path);
                Files++;
                HasHiddenClients |= file.HidesClients;
                for (var index = 0; index < file.Groups.Count; index++)
                {
                    var group = file.Groups[index];
                    if (names.Count > 0 && (!names.All(name => name.MayBeIn(group, file.Suffixes)) || Find(file, index) is null))
                    {
                        PassedOver += group.Rows;
                        GroupsPassedOver++;
                        continue;
                    }

                    foreach (var (source, name) in file.IsOrderedByTime ? [(default(int?), "")] : file.ReadSources(index).Select(one => ((int?)one.Index, one.File)))
                    {
                        if (!byRun.TryGetValue((file.Run, source, name), out var hunted))
                        {
                            byRun.Add((file.Run, source, name), hunted = new HuntedSource(source, name));
                            _sources.Add(hunted);
                        }

                        hunted.Groups.Add(new GroupPlace(path, index, group.Rows));
                    }
                }
            });
        }
    }

    /// <summary>Hunts in what was surveyed.</summary>
    public void Run(CancellationToken cancellation)
    {
        try
        {
            foreach (var source in _sources)
            {
                Hunt(source, cancellation);
            }
        }
        finally
        {
            _open?.Dispose();
            _open = null;
        }
    }

    private void Hunt(HuntedSource source, CancellationToken cancellation)
    {
        var order = new EventOrder();
        var last = PacketSource.OfFile(source.File);
        for (var index = 0; index <= source.Groups.Count && !cancellation.IsCancellationRequested; index++)
        {
            if (index < source.Groups.Count && Load(source.Groups[index]) is { } rows)
            {
                Add(order, source, rows);
            }

            while (order.TryTake(isEnd: index == source.Groups.Count, out var message))
            {
                Process(message, ref last);
            }

            worker.Pause();
        }

        worker.FinishSource(last);
    }

    private void Add(EventOrder order, HuntedSource source, HuntedRows group)
    {
        var rows = group.Rows;
        var keys = new long[2 * rows.Count];
        var items = new int[2 * rows.Count];
        var count = 0;
        for (var row = 0; row < rows.Count; row++)
        {
            if (source.Index is not null && (rows.SourceIndex[row] != source.Index || !rows.File[row].Span.SequenceEqual(source.File)))
            {
                continue;
            }

            if (group.Matter?[row] == false)
            {
                PassedOver++;
                continue;
            }

            Lookups++;
            var first = source.Index is null ? LookupReader.TimeOf(rows, row).Nanoseconds : rows.Packet[row];
            if (rows.HasQuery(row) && !rows.IsFurther[row])
            {
                (keys[count], items[count++]) = (first, 2 * row);
            }

            if (rows.HasResponse(row))
            {
                var distance = source.Index is null ? (rows.RoundTrip.Length > 0 ? (rows.RoundTrip[row] * 1000) + rows.RoundTripNanoseconds[row] : 0) : rows.RoundTripPackets[row];
                (keys[count], items[count++]) = (first + distance, (2 * row) + 1);
            }
        }

        order.Add(rows, keys[..count], items[..count]);
    }

    private void Process(in RowMessage message, ref PacketSource source)
    {
        if (_lookups.Read(message.Rows, message.Row) is { } lookup)
        {
            source = _lookups.SourceOf(message.Rows, message.Row);
            if (message.IsResponse)
            {
                worker.Process(_messages.Response(lookup), source);
            }
            else
            {
                worker.Process(_messages.Query(lookup), source);
            }
        }
    }

    // Which rows of a group matter; null if none does.
    private bool[]? Find(LogFileReader file, int index)
    {
        var read = file.ReadNames(index);
        bool[]? matter = null;
        foreach (var name in names)
        {
            var found = name.Find(read);
            if (found is null)
            {
                return null;
            }

            for (var row = 0; row < matter?.Length; row++)
            {
                found[row] &= matter[row];
            }

            matter = found;
        }

        return matter;
    }

    private HuntedRows? Load(GroupPlace place)
    {
        var index = _kept.FindIndex(kept => kept.Place == place);
        if (index >= 0)
        {
            return _kept[index].Rows;
        }

        HuntedRows? rows = null;
        Guard(place.File, () =>
        {
            if (_open?.Path != place.File)
            {
                _open?.Dispose();
                _open = null;
                _open = LogFileReader.Open(place.File);
            }

            // The file may be another one by now.
            rows = place.Index < _open.Groups.Count && _open.Groups[place.Index].Rows == place.Rows
                ? new HuntedRows(_open.Read(place.Index, takesAnswers: true), names.Count == 0 ? null : Find(_open, place.Index))
                : throw new LogFileException($"{place.File}: it was changed while it was read");
        });
        if (_kept.Count == MostKeptGroups)
        {
            _kept.RemoveAt(0);
        }

        _kept.Add((place, rows));
        return rows;
    }

    private void Guard(string path, Action action)
    {
        try
        {
            action();
        }
        catch (LogFileException exception)
        {
            // Once for a file, however many of its groups are damaged.
            if (_failed.Add(path))
            {
                report(exception.Message);
            }
        }
    }
}

/// <summary>A group of rows.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Matter">Which of them matter; null if all do.</param>
internal sealed record HuntedRows(LookupRows Rows, bool[]? Matter);
