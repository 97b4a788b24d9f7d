using System.Globalization;
using System.Text.Json;

namespace WireDns.Sensor;

/// <summary>How much the sensor sees of the traffic it should see.</summary>
internal enum Sight
{
    /// <summary>Packets arrive, and all of them are read.</summary>
    Ok,

    /// <summary>Part of the expected traffic is missing.</summary>
    Degraded,

    /// <summary>Nothing is seen, or no DNS.</summary>
    Blind,
}

/// <summary>The state of an interface, or of another part of the sensor.</summary>
/// <param name="Sight">How much is seen.</param>
/// <param name="Cause">
/// The reason as an identifier: lower case with underscores, several joined by commas; empty if ok. Another cause means another state.
/// </param>
/// <param name="Reason">The reason in words; empty if ok.</param>
/// <param name="Since">Since when the state has been ok, degraded or blind, whatever the cause.</param>
internal sealed record InterfaceState(Sight Sight, string Cause, string Reason, DateTimeOffset Since)
{
    /// <summary>The state as one word, as used on stderr, in events and in metrics.</summary>
    public string Word => Sight switch
    {
        Sight.Ok => "ok",
        Sight.Degraded => "degraded",
        _ => "blind",
    };

    /// <summary>The next state. It keeps <see cref="Since"/> if the sight is the same.</summary>
    public InterfaceState Next(Sight sight, string cause, string reason, DateTimeOffset now) => new(sight, cause, reason, sight == Sight ? Since : now);

    /// <summary>Writes it as members of a JSON object.</summary>
    public void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("state"u8, Word);
        json.WriteString("since"u8, Since.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (Sight != Sight.Ok)
        {
            json.WriteString("cause"u8, Cause);
            json.WriteString("reason"u8, Reason);
        }
    }

    /// <summary>The state in which no problem is known.</summary>
    public static InterfaceState Fine(DateTimeOffset since) => new(Sight.Ok, "", "", since);
}

/// <summary>What is known about an interface at one moment.</summary>
/// <param name="Loss">Why the interface is not being captured from; null if it is.</param>
/// <param name="IsUp">Whether the interface is up.</param>
/// <param name="Packets">Packets captured so far.</param>
/// <param name="DnsPackets">Packets among these that carried DNS.</param>
/// <param name="Dropped">Packets lost so far by the kernel, the interface or the sensor.</param>
/// <param name="Interruptions">How often so far the interface was gone or had no link.</param>
internal readonly record struct InterfaceView(string? Loss, bool IsUp, long Packets, long DnsPackets, long Dropped, long Interruptions = 0)
{
    /// <summary>Whether nothing can be captured.</summary>
    public bool IsOut => Loss is not null || !IsUp;
}

/// <summary>Derives the state of an interface from what is seen of it once a second. Not thread-safe.</summary>
/// <param name="blindAfter">How long without a packet, or without DNS, before the interface is blind.</param>
/// <param name="time">The clock.</param>
internal sealed class InterfaceStates(TimeSpan blindAfter, TimeProvider time)
{
    // What costs packets counts as over once it has not happened for this long.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(60);

    private const string Gone = "gone";
    private const string Down = "down";

    private InterfaceView _last = new(null, true, 0, 0, 0);
    private DateTimeOffset _lastPacket = time.GetUtcNow();
    private DateTimeOffset _lastDns = time.GetUtcNow();
    private DateTimeOffset? _lastDrop;
    private long _droppedInARow;
    private DateTimeOffset? _lastMoment;
    private long _momentsInARow;

    /// <summary>The current state. Assumed to be ok at first, until the allowed time without a packet is over.</summary>
    public InterfaceState Current { get; private set; } = InterfaceState.Fine(time.GetUtcNow());

    /// <summary>Takes what is seen now.</summary>
    /// <returns>The previous state if the state changed; null otherwise.</returns>
    public InterfaceState? Take(in InterfaceView view)
    {
        var now = time.GetUtcNow();
        var hasPackets = view.Packets > _last.Packets;
        _lastPacket = hasPackets ? now : _lastPacket;
        _lastDns = view.DnsPackets > _last.DnsPackets ? now : _lastDns;
        if (view.Dropped > _last.Dropped)
        {
            _lastDrop = now;
            _droppedInARow += view.Dropped - _last.Dropped;
        }
        else if (now - _lastDrop > Memory)
        {
            _lastDrop = null;
            _droppedInARow = 0;
        }

        var moments = CountMoments(view);
        if (moments > 0)
        {
            _lastMoment = now;
            _momentsInARow += moments;
        }
        else if (now - _lastMoment > Memory)
        {
            _lastMoment = null;
            _momentsInARow = 0;
        }

        _last = view;
        var (sight, cause, reason) = Judge(view, hasPackets, now);
        if (sight == Current.Sight && cause == Current.Cause)
        {
            // Keep the numbers in the reason current.
            Current = Current with { Reason = reason };
            return null;
        }

        var previous = Current;
        Current = Current.Next(sight, cause, reason, now);
        return previous;
    }

    private (Sight Sight, string Cause, string Reason) Judge(in InterfaceView view, bool hasPackets, DateTimeOffset now)
    {
        if (view.Loss is not null)
        {
            return (Sight.Blind, Gone, view.Loss);
        }

        // Some drivers do not report a link.
        if (!view.IsUp && !hasPackets)
        {
            return (Sight.Blind, Down, "the interface is down");
        }

        if (now - _lastPacket >= blindAfter)
        {
            return (Sight.Blind, "no_packets", Invariant($"no packet for {(now - _lastPacket).TotalSeconds:0} s"));
        }

        if (now - _lastDns >= blindAfter)
        {
            return (Sight.Blind, "no_dns", Invariant($"packets, but no DNS for {(now - _lastDns).TotalSeconds:0} s"));
        }

        List<(string Cause, string Reason)> faults = [];
        if (_lastMoment is not null)
        {
            faults.Add(("interrupted", _momentsInARow == 1 ? "the link was gone for a moment" : Invariant($"the link was gone for a moment, {_momentsInARow:N0} times")));
        }

        if (_lastDrop is not null)
        {
            faults.Add(("dropped", Invariant($"{_droppedInARow:N0} packets were dropped")));
        }

        return faults.Count == 0
            ? (Sight.Ok, "", "")
            : (Sight.Degraded, string.Join(',', faults.Select(fault => fault.Cause)), string.Join("; ", faults.Select(fault => fault.Reason)));
    }

    // Interruptions that ended since the last look, without those that a look has shown to be blind.
    private long CountMoments(in InterfaceView view)
    {
        var ended = view.Interruptions - _last.Interruptions + (_last.IsOut ? 1 : 0) - (view.IsOut ? 1 : 0);
        var isSaid = _last.IsOut && Current.Cause is Gone or Down;
        return ended - (isSaid ? 1 : 0);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
