using System.Globalization;

namespace WireDns.Sensor;

/// <summary>How far the sensor sees what it is to see.</summary>
internal enum Sight
{
    /// <summary>Packets come, and all of them are read.</summary>
    Ok,

    /// <summary>Some of what should be seen is not.</summary>
    Degraded,

    /// <summary>Nothing is seen.</summary>
    Blind,
}

/// <summary>The state of an interface, or of another part of the sensor.</summary>
/// <param name="Sight">What it is.</param>
/// <param name="Cause">Why, by name: lower case with underscores, commas between several; empty where it is ok. A state is another one where this is.</param>
/// <param name="Reason">Why, in words; empty where it is ok.</param>
/// <param name="Since">Since when it is ok, degraded or blind, whatever the cause.</param>
internal sealed record InterfaceState(Sight Sight, string Cause, string Reason, DateTimeOffset Since)
{
    /// <summary>The state in one word, as stderr, events and metrics have it.</summary>
    public string Word => Sight switch
    {
        Sight.Ok => "ok",
        Sight.Degraded => "degraded",
        _ => "blind",
    };

    /// <summary>The state that follows.</summary>
    public InterfaceState Next(Sight sight, string cause, string reason, DateTimeOffset now) => new(sight, cause, reason, sight == Sight ? Since : now);

    /// <summary>As far as is known nothing is wrong.</summary>
    public static InterfaceState Fine(DateTimeOffset since) => new(Sight.Ok, "", "", since);
}

/// <summary>What is known of an interface at one moment.</summary>
/// <param name="Loss">Why it is not captured from; null where it is.</param>
/// <param name="IsUp">Whether it is up.</param>
/// <param name="Packets">Packets that were captured so far.</param>
/// <param name="DnsPackets">Of these, packets with DNS.</param>
/// <param name="Dropped">Packets that the kernel, the interface or the sensor lost so far.</param>
internal readonly record struct InterfaceView(string? Loss, bool IsUp, long Packets, long DnsPackets, long Dropped);

/// <summary>
/// Makes states of what is seen of an interface, once a second. Not thread-safe.
/// </summary>
/// <param name="blindAfter">How long without a packet, or without DNS, is blind.</param>
/// <param name="time">The clock.</param>
internal sealed class InterfaceStates(TimeSpan blindAfter, TimeProvider time)
{
    // A drop is over when there was none for that long.
    private static readonly TimeSpan DropMemory = TimeSpan.FromSeconds(60);

    private InterfaceView _last = new(null, true, 0, 0, 0);
    private DateTimeOffset _lastPacket = time.GetUtcNow();
    private DateTimeOffset _lastDns = time.GetUtcNow();
    private DateTimeOffset? _lastDrop;
    private long _droppedInARow;

    /// <summary>The state now. It is ok, as far as is known, until the time without a packet is over.</summary>
    public InterfaceState Current { get; private set; } = InterfaceState.Fine(time.GetUtcNow());

    /// <summary>Takes what is seen now.</summary>
    /// <returns>The state that this one follows, where it changed; null otherwise.</returns>
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
            // The numbers of the reason go on.
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

        // Some drivers do not say that they have a link.
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
