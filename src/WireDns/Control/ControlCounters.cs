namespace WireDns.Control;

/// <summary>Why a client of the control socket was not served, or not to the end.</summary>
internal enum ControlDrop
{
    /// <summary>It sent no request in time.</summary>
    Silent,

    /// <summary>It did not read its answer in time.</summary>
    Unread,

    /// <summary>Its request was too long.</summary>
    TooLong,

    /// <summary>Its request could not be understood.</summary>
    BadRequest,

    /// <summary>There were too many clients.</summary>
    Busy,

    /// <summary>It went away before its answer.</summary>
    Gone,

    /// <summary>A bug in this program.</summary>
    InternalError,
}

/// <summary>Counts the clients of the control socket. Thread-safe.</summary>
internal sealed class ControlCounters
{
    private readonly long[] _drops = new long[Enum.GetValues<ControlDrop>().Length];
    private long _served;
    private long _lostLines;

    /// <summary>Requests that were understood.</summary>
    public long Served => Interlocked.Read(ref _served);

    /// <summary>Alerts and events that clients of <c>tail</c> were too slow for.</summary>
    public long LostLines => Interlocked.Read(ref _lostLines);

    /// <summary>Clients that were dropped, by reason; only reasons that occurred.</summary>
    public IEnumerable<(string Reason, long Count)> Dropped =>
        Enum.GetValues<ControlDrop>().Select(reason => (NameOf(reason), Interlocked.Read(ref _drops[(int)reason]))).Where(drop => drop.Item2 > 0);

    /// <summary>Counts a request.</summary>
    public void Serve() => Interlocked.Increment(ref _served);

    /// <summary>Counts a client that was dropped.</summary>
    public void Drop(ControlDrop reason) => Interlocked.Increment(ref _drops[(int)reason]);

    /// <summary>Counts what a slow client of <c>tail</c> has lost.</summary>
    public void LoseLines(long count) => Interlocked.Add(ref _lostLines, count);

    private static string NameOf(ControlDrop reason) => reason switch
    {
        ControlDrop.Silent => "silent",
        ControlDrop.Unread => "unread",
        ControlDrop.TooLong => "too_long",
        ControlDrop.BadRequest => "bad_request",
        ControlDrop.Busy => "busy",
        ControlDrop.Gone => "gone",
        _ => "internal_error",
    };
}
