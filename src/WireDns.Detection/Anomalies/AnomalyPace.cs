using WireDns.Wire;

namespace WireDns.Detection.Anomalies;

/// <summary>
/// Limits how many anomalies are reported per second of packet time, so that nobody can crowd out alerts by sending broken packets.
/// </summary>
/// <param name="perSecond">The most in a second; <see cref="int.MaxValue"/> for all.</param>
internal sealed class AnomalyPace(int perSecond)
{
    // Further back than this, a clock was set back; less, and packets are out of order.
    private const long MaximumDisorder = 60;

    private long _second = long.MinValue / 2;
    private int _told;

    /// <summary>Anomalies that were not reported.</summary>
    public long HeldBack { get; private set; }

    /// <summary>Whether one more may be reported.</summary>
    public bool TryTell(PacketTime time)
    {
        var second = time.HasValue ? time.Nanoseconds / 1_000_000_000 : _second;

        // A time that is a little earlier does not begin a new second.
        if (second > _second || second < _second - MaximumDisorder)
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
