using WireDns.Detection;
using WireDns.Detection.Logging;
using WireDns.Detection.Messages;
using WireDns.Detection.Screening;
using WireDns.Parquet.Reading;

namespace WireDns.Hunting;

/// <summary>
/// Gives the messages of logged lookups to a worker again, source by source, each in the order in which it was captured: what the worker raises is what it raised when the
/// log was written. A file or group that cannot be read is reported, and the others go on.
/// </summary>
/// <param name="worker">Takes the messages.</param>
/// <param name="names">Conditions on names that lookups must all meet to matter; none if any may.</param>
/// <param name="screen">Tells which lookups no rule can match; null if any may.</param>
/// <param name="report">Takes a failure.</param>
internal sealed class HuntRun(Worker worker, IReadOnlyList<NameEnds> names, LookupScreen? screen, Action<string> report)
{
    // A group with rows of many small captures is read once, and not once for each.
    private const int MostKeptGroups = 4;

    private readonly LookupReader _lookups = new();
    private readonly LookupMessages _messages = new();
    private readonly List<(GroupPlace Place, LookupRows? Rows)> _kept = [];
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private LogSurvey? _survey;
    private LogFileReader? _open;

    /// <summary>Files that were not read to their end.</summary>
    public int Failed => _failed.Count;

    /// <summary>Files that were hunted in.</summary>
    public int Files => _survey?.Files ?? 0;

    /// <summary>Lookups that were matched, or left out because no rule can match them.</summary>
    public long Lookups => Made + (_survey?.LeftOut ?? 0);

    /// <summary>Lookups whose messages were made again.</summary>
    public long Made { get; private set; }

    /// <summary>Lookups in groups that were passed over as a whole: their names cannot matter.</summary>
    public long PassedOver => _survey?.PassedOver ?? 0;

    /// <summary>Groups of rows that were passed over as a whole.</summary>
    public long GroupsPassedOver => _survey?.GroupsPassedOver ?? 0;

    /// <summary>Lookups that the log does not have in full.</summary>
    public long Incomplete => _lookups.Incomplete;

    /// <summary>Rows that are no lookups.</summary>
    public long Unreadable => _lookups.Unreadable;

    /// <summary>Records of answers that could not be read.</summary>
    public long UnreadableRecords => _messages.Unreadable;

    /// <summary>Whether a file was written with the addresses of clients hidden. Known after <see cref="Survey"/>.</summary>
    public bool HasHiddenClients => _survey?.HasHiddenClients == true;

    /// <summary>Looks at files: which rows may matter, and of which sources they are.</summary>
    public void Survey(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        _survey = new LogSurvey(names, screen is null ? null : new RowScreen(screen), Guard);
        _survey.Look(files, cancellation);
    }

    /// <summary>Hunts in what was surveyed.</summary>
    public void Run(CancellationToken cancellation)
    {
        try
        {
            foreach (var source in _survey?.Sources ?? [])
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
                Add(order, source, rows, source.Groups[index]);
            }

            while (order.TryTake(isEnd: index == source.Groups.Count, out var message))
            {
                Process(message, ref last);
            }

            worker.Pause();
        }

        worker.FinishSource(last);
    }

    private void Add(EventOrder order, HuntedSource source, LookupRows rows, GroupPlace place)
    {
        var keys = new long[2 * rows.Count];
        var items = new int[2 * rows.Count];
        var (count, made) = (0, 0);
        for (var row = 0; row < rows.Count; row++)
        {
            if (source.Index is not null && (rows.SourceIndex[row] != source.Index || !rows.File[row].Span.SequenceEqual(source.File)))
            {
                continue;
            }

            made++;
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

        Made += made;
        order.Add(rows, place.IsOfOneSource ? place.Rows : made, keys[..count], items[..count]);
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

    private LookupRows? Load(GroupPlace place)
    {
        var index = _kept.FindIndex(kept => kept.Place == place);
        if (index >= 0)
        {
            return _kept[index].Rows;
        }

        LookupRows? rows = null;
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
                ? _open.Read(place.Index, place.Made)
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
