using System.Globalization;

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

    /// <summary>The state in which no problem is known.</summary>
    public static InterfaceState Fine(DateTimeOffset since) => new(Sight.Ok, "", "", since);
}

/// <summary>What is known about an interface at one moment.</summary>
/// <param name="Loss">Why the interface is not being captured from; null if it is.</param>
/// <param name="IsUp">Whether the interface is up.</param>
/// <param name="Packets">Packets captured so far.</param>
/// <param name="DnsPackets">Packets among these that carried DNS.</param>
/// <param name="Dropped">Packets lost so far by the kernel, the interface or the sensor.</param>
internal readonly record struct InterfaceView(string? Loss, bool IsUp, long Packets, long DnsPackets, long Dropped);

/// <summary>Derives the state of an interface from what is seen of it once a second. Not thread-safe.</summary>
/// <param name="blindAfter">How long without a packet, or without DNS, before the interface is blind.</param>
/// <param name="time">The clock.</param>
internal sealed class InterfaceStates(TimeSpan blindAfter, TimeProvider time)
{
    // Dropping counts as over once nothing has been dropped for this long.
    private static readonly TimeSpan DropMemory = TimeSpan.FromSeconds(60);

    private InterfaceView _last = new(null, true, 0, 0, 0);
    private DateTimeOffset _lastPacket = time.GetUtcNow();
    private DateTimeOffset _lastDns = time.GetUtcNow();
    private DateTimeOffset? _lastDrop;
    private long _droppedInARow;

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
        else if (now - _lastDrop > DropMemory)
        {
            _lastDrop = null;
            _droppedInARow = 0;
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
            return (Sight.Blind, "gone", view.Loss);
        }

        // Some drivers do not report a link.
        if (!view.IsUp && !hasPackets)
        {
            return (Sight.Blind, "down", "the interface is down");
        }

        if (now - _lastPacket >= blindAfter)
        {
            return (Sight.Blind, "no_packets", Invariant($"no packet for {(now - _lastPacket).TotalSeconds:0} s"));
        }

        if (now - _lastDns >= blindAfter)
        {
            return (Sight.Blind, "no_dns", Invariant($"packets, but no DNS for {(now - _lastDns).TotalSeconds:0} s"));
        }

        return _lastDrop is null
            ? (Sight.Ok, "", "")
            : (Sight.Degraded, "dropped", Invariant($"{_droppedInARow:N0} packets were dropped"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
