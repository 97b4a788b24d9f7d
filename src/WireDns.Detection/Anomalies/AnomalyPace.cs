using WireDns.Wire;

namespace WireDns.Detection.Anomalies;

/// <summary>
/// How many anomalies are told of: so many in a second of packet time. Whoever sends broken packets must not be able to fill the way that alerts
/// take.
/// </summary>
/// <param name="perSecond">The most in a second; <see cref="int.MaxValue"/> for all.</param>
internal sealed class AnomalyPace(int perSecond)
{
    private long _second = long.MinValue;
    private int _told;

    /// <summary>Anomalies that were not told of.</summary>
    public long HeldBack { get; private set; }

    /// <summary>Whether one more may be told of.</summary>
    public bool TryTell(PacketTime time)
    {
        var second = time.HasValue ? time.Nanoseconds / 1_000_000_000 : _second;

        // Times that run backwards begin no second anew.
        if (second > _second)
        {
            (_second, _told) = (second, 0);
        }

        if (_told >= perSecond)
        {
            HeldBack++;
            return false;
        }

        _told++;
        return true;
    }
}
