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

    private const int Objects = 640; // this, its key, what its id is made of and its entry in the table, rounded up
    private const int PerCharacter = 2;

    private readonly AlertRule _rule = first.Rule;
    private readonly AlertAnomaly? _anomaly = first.Anomaly;
    private readonly IReadOnlyList<int> _vlans = first.VlanIds;
    private List<string>? _names;

    /// <summary>A window of an earlier run.</summary>
    /// <param name="state">What was kept of it.</param>
    /// <param name="rule">Its rule, as it is now.</param>
    public AlertWindow(WindowState state, AlertRule rule)
        : this(state.Key, state.FirstAlert(rule), state.Start, state.Length)
    {
        Sent = state.Sent;
        _held = state.Held;
        _from = state.From;
        _until = state.Until;
        _names = [.. state.Names];
        _hasMoreNames = state.HasMoreNames;
        _packetNumber = state.PacketNumber;
        Octets += _names.Sum(OctetsOf);
    }

    private string? _sentId = first.GivenId;
    private AlertIdentity? _sentIdentity = first.Identity;
    private long _held;
    private long _from;
    private long _until;
    private bool _hasMoreNames;
    private string? _file = first.File;
    private string? _interface = first.Interface;
    private long _packetNumber;

    public AlertKey Key => key;

    /// <summary>The id of the last alert that was sent in it.</summary>
    private string SentId => _sentId ?? _sentIdentity?.Id ?? "";

    public long Start => start;

    /// <summary>How long it is.</summary>
    public TimeSpan Length => length;

    /// <summary>What a later run needs to go on with it.</summary>
    public WindowState Save(HeldBack cause) => new()
    {
        Cause = cause,
        Key = key,
        Start = start,
        Length = length,
        Sent = Sent,
        SentId = SentId,
        Held = _held,
        From = _from,
        Until = _until,
        Names = [.. _names ?? []],
        HasMoreNames = _hasMoreNames,
        File = _file,
        Interface = _interface,
        PacketNumber = _packetNumber,
        VlanIds = _vlans,
        Anomaly = _anomaly,
    };

    /// <summary>The moment at which it is over.</summary>
    public long End { get; } = start + (length.Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>Alerts that were sent in it, the first included.</summary>
    public int Sent { get; private set; } = 1;

    /// <summary>About how many octets of memory it takes.</summary>
    public long Octets { get; private set; } = Objects + (PerCharacter * (key.Client.Length + key.Domain.Length));

    /// <summary>Notes that another alert was sent.</summary>
    public void Send(Alert alert)
    {
        Sent++;
        _sentId = alert.GivenId;
        _sentIdentity = alert.Identity;
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
        if (alert.Message.QuestionName is not { } name || _names?.Contains(name, StringComparer.OrdinalIgnoreCase) == true)
        {
            return 0;
        }

        var octets = OctetsOf(name);
        if (_names?.Count == MaximumNames || octets > room)
        {
            _hasMoreNames = true;
            return 0;
        }

        (_names ??= []).Add(name);
        Octets += octets;
        return octets;
    }

    private static long OctetsOf(string name) => PerCharacter * (name.Length + 16L);

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
            SentId = SentId,
            Domain = key.Domain.Length > 0 ? key.Domain : null,
            Names = _names ?? [],
            HasMoreNames = _hasMoreNames,
        };
        var word = cause == HeldBack.Repeated ? "repeats" : "rate-limit";
        return new Alert
        {
            Id = $"{SentId}-{word}",
            UnixTimeNanoseconds = _until,
            Rule = _rule,
            Client = key.Client.Length > 0 ? new AlertEndpoint(key.Client, AlertEndpoint.UnknownPort) : AlertAnomaly.UnknownEnd,
            Server = AlertAnomaly.UnknownEnd,
            Transport = "",
            Message = AlertMessage.None,
            Reasons = [new AlertReason("noise", word, [], repeats.Words, string.Join(' ', repeats.Names), 0, 0)],
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
    // A key is looked for several times; texts from the wire are hashed with a seed.
    private readonly int _hash = HashCode.Combine(Rule, Client, Domain);

    /// <summary>The rule alone.</summary>
    public static AlertKey OfRule(Alert alert) => new(
        alert.Anomaly is { } anomaly ? $"{anomaly.Kind} {anomaly.Reason}" : NameOf(alert.Rule), alert.Rule.File, "", "", "");

    /// <summary>A rule by its id and title.</summary>
    public static string NameOf(AlertRule rule) => rule.Name;

    /// <summary>The rule, the client and the domain.</summary>
    public static AlertKey Of(Alert alert)
    {
        var rule = OfRule(alert);
        return new AlertKey(
            rule.Rule,
            rule.File,
            alert.Client.Address,
            alert.VlanIds.Count == 0 ? "" : string.Join(',', alert.VlanIds),
            (alert.Message.RegisteredDomain ?? alert.Message.QuestionName ?? "").ToLowerInvariant());
    }

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>Whether both have the same texts.</summary>
    public bool Equals(AlertKey other) => _hash == other._hash && Domain == other.Domain && Client == other.Client && Rule == other.Rule
        && File == other.File && Network == other.Network;
}
