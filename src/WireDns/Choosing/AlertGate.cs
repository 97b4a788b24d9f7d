using WireDns.Alerts;
using WireDns.Settings;

namespace WireDns.Choosing;

/// <summary>
/// The last thing before the targets: lets the first alerts through, by what they have in common and by number, and knows the highest level that came
/// to it. Called by one thread at a time; its counters can be read by any.
/// </summary>
/// <remarks>Alerts come here in the order in which they are sent, so which one is first does not depend on the number of threads.</remarks>
internal sealed class AlertGate(ChoiceSettings settings)
{
    /// <summary>
    /// How many combinations are remembered, about 30 MiB. Beyond that an alert of a new one is sent each time: too much is better than too little.
    /// </summary>
    internal const int MaximumKeys = 131_072;

    private readonly HashSet<(string Rule, string Client, string Domain)> _seen = [];
    private long _sent;
    private long _repeated;
    private long _tooMany;
    private long _withoutRoom;
    private int _highest = -1;

    /// <summary>Alerts that were not sent because one with the same parts was.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    /// <summary>Alerts that were not sent because enough were.</summary>
    public long TooMany => Interlocked.Read(ref _tooMany);

    /// <summary>Alerts that were sent although one with the same parts may have been: there was no room to remember it.</summary>
    public long WithoutRoom => Interlocked.Read(ref _withoutRoom);

    /// <summary>Whether an alert came that makes the run fail, sent or not.</summary>
    public bool HasFailed => settings.FailsOn is { } level && Volatile.Read(ref _highest) >= (int)level;

    /// <summary>Whether an alert is sent.</summary>
    public bool Passes(Alert alert)
    {
        _highest = Math.Max(_highest, (int)alert.Rule.Level);
        if (settings.FirstPer.Count > 0 && alert.Repeats is null && !IsFirst(alert))
        {
            _repeated++;
            return false;
        }

        if (_sent >= settings.Maximum)
        {
            _tooMany++;
            return false;
        }

        _sent++;
        return true;
    }

    private bool IsFirst(Alert alert)
    {
        var key = (
            Has(AlertPart.Rule) ? alert.Anomaly is { } anomaly ? $"{anomaly.Kind} {anomaly.Reason}" : $"{alert.Rule.Id}\0{alert.Rule.Title}" : "",
            Has(AlertPart.Client) ? alert.Client.Address : "",
            Has(AlertPart.Domain) ? (alert.Message.RegisteredDomain ?? alert.Message.QuestionName ?? "").ToLowerInvariant() : "");
        if (_seen.Count < MaximumKeys)
        {
            return _seen.Add(key);
        }

        var isSeen = _seen.Contains(key);
        _withoutRoom += isSeen ? 0 : 1;
        return !isSeen;
    }

    private bool Has(AlertPart part) => settings.FirstPer.Contains(part);
}
