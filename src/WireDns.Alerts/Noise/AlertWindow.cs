namespace WireDns.Alerts.Noise;

/// <summary>A window of time after an alert that was sent, and what was held back in it.</summary>
/// <param name="key">What the alerts have in common.</param>
/// <param name="first">The alert that was sent, which is not kept.</param>
/// <param name="start">Its time, in nanoseconds.</param>
/// <param name="length">How long the window is.</param>
internal sealed class AlertWindow(AlertKey key, Alert first, long start, TimeSpan length)
{
    /// <summary>The most names that a summary lists.</summary>
    private const int MaximumNames = 10;

    private const int Objects = 512; // this, its key and its entry in the table, rounded up
    private const int PerCharacter = 2;

    private readonly AlertRule _rule = first.Rule;
    private readonly AlertAnomaly? _anomaly = first.Anomaly;
    private readonly IReadOnlyList<int> _vlans = first.VlanIds;
    private readonly List<string> _names = [];
    private string _sentId = first.Id;
    private long _held;
    private long _from;
    private long _until;
    private bool _hasMoreNames;
    private string? _file = first.File;
    private string? _interface = first.Interface;
    private long _packetNumber;

    public AlertKey Key => key;

    public long Start => start;

    /// <summary>The moment at which it is over.</summary>
    public long End { get; } = start + (length.Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>Alerts that were sent in it, the first included.</summary>
    public int Sent { get; private set; } = 1;

    /// <summary>About how many octets of memory it takes.</summary>
    public long Octets { get; private set; } = Objects + (PerCharacter * (first.Id.Length + key.Client.Length + key.Domain.Length));

    /// <summary>Notes that another alert was sent.</summary>
    public void Send(Alert alert)
    {
        Sent++;
        _sentId = alert.Id;
    }

    /// <summary>Holds an alert back.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="time">Its time.</param>
    /// <param name="room">How many octets its name may take.</param>
    /// <returns>How many octets the window takes more.</returns>
    public long Hold(Alert alert, long time, long room)
    {
        _from = _held == 0 ? time : Math.Min(_from, time);
        _until = _held == 0 ? time : Math.Max(_until, time);
        _held++;
        _file = alert.File;
        _interface = alert.Interface;
        _packetNumber = alert.PacketNumber;
        if (alert.Message.QuestionName is not { } name || _names.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return 0;
        }

        var octets = PerCharacter * (name.Length + 16L);
        if (_names.Count == MaximumNames || octets > room)
        {
            _hasMoreNames = true;
            return 0;
        }

        _names.Add(name);
        Octets += octets;
        return octets;
    }

    /// <summary>The alert that says what was held back; null if nothing was.</summary>
    public Alert? Summarize(HeldBack cause)
    {
        if (_held == 0)
        {
            return null;
        }

        var repeats = new AlertRepeats
        {
            Cause = cause,
            Count = _held,
            From = _from,
            Until = _until,
            Window = length,
            SentId = _sentId,
            Domain = key.Domain.Length > 0 ? key.Domain : null,
            Names = _names,
            HasMoreNames = _hasMoreNames,
        };
        var word = cause == HeldBack.Repeated ? "repeats" : "rate-limit";
        return new Alert
        {
            Id = $"{_sentId}-{word}",
            UnixTimeNanoseconds = _until,
            Rule = _rule,
            Client = key.Client.Length > 0 ? new AlertEndpoint(key.Client, AlertEndpoint.UnknownPort) : AlertAnomaly.UnknownEnd,
            Server = AlertAnomaly.UnknownEnd,
            Transport = "",
            Message = AlertMessage.None,
            Reasons = [new AlertReason("noise", word, [], repeats.Words, string.Join(' ', _names), 0, 0)],
            Repeats = repeats,
            Anomaly = _anomaly,
            File = _file,
            Interface = _interface,
            PacketNumber = _packetNumber,
            VlanIds = _vlans,
        };
    }
}

/// <summary>
/// What alerts have in common that are held back together. Text is compared as it is; the domain is in lower case, since a resolver may mix the case
/// of a name as a protection.
/// </summary>
/// <param name="Rule">Id and title of the rule, or the reason of an anomaly.</param>
/// <param name="File">The file of the rule: two without an id may have one title.</param>
/// <param name="Client">The client's address; empty for all.</param>
/// <param name="Network">The VLANs, since one address in two of them may be two clients.</param>
/// <param name="Domain">The registered domain, which is the tenant's own where the public suffix list has the provider's; else the name; empty for all.</param>
internal readonly record struct AlertKey(string Rule, string File, string Client, string Network, string Domain)
{
    /// <summary>The rule alone.</summary>
    public static AlertKey OfRule(Alert alert) => new(
        alert.Anomaly is { } anomaly ? $"{anomaly.Kind} {anomaly.Reason}" : $"{alert.Rule.Id}\0{alert.Rule.Title}", alert.Rule.File, "", "", "");

    /// <summary>The rule, the client and the domain.</summary>
    public static AlertKey Of(Alert alert) => OfRule(alert) with
    {
        Client = alert.Client.Address,
        Network = alert.VlanIds.Count == 0 ? "" : string.Join(',', alert.VlanIds),
        Domain = (alert.Message.RegisteredDomain ?? alert.Message.QuestionName ?? "").ToLowerInvariant(),
    };
}
