using System.Globalization;
using System.Net;
using WireDns.Alerts;
using WireDns.Alerts.Signals;
using WireDns.Detection.Correlation;
using WireDns.Detection.Messages;
using WireDns.Detection.Raising;
using WireDns.Detection.Rules;
using WireDns.Sigma.Correlation;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection.Signals;

/// <summary>
/// Correlates the signals of sensors with the engine that correlates on a sensor, so that the same lookups give the same alerts, with the same ids. Give it signals in the
/// order of <see cref="CorrelationSignal.DecidedAt"/>. Call it from one thread at a time.
/// </summary>
public sealed class SignalCorrelator
{
    private static readonly Dictionary<string, TunnelKind> TunnelKinds = Enum.GetValues<TunnelKind>().ToDictionary(kind => kind.ToName(), StringComparer.Ordinal);

    private const int MostSources = 4096;

    // An event that is further back than this, and than the time span, would make a correlation start over, as after a clock that was set back (docs/correlations.md).
    private const long LeastSetBack = 60_000_000_000;

    private readonly LoadedRules _rules;
    private readonly Correlator _correlator;
    private readonly DnsEvent _event;
    private readonly MessageSeeds _seeds = MessageSeeds.Next();
    private readonly Dictionary<string, CorrelationPart> _parts;
    private readonly Dictionary<string, int> _ruleIndices;
    private readonly SignalledLookups _lookups;
    private readonly Dictionary<(string, string?, string?), PacketSource> _sources = [];
    private readonly Dictionary<CorrelationPart, long> _newest = [];
    private readonly TimeSpan _lifetime;
    private long _decided = long.MinValue;
    private PayloadOrigin _origin;
    private bool _isSilent;

    /// <param name="rules">The rules, which should be those of the sensors.</param>
    /// <param name="raise">Receives an alert; returns false if it was dropped.</param>
    /// <param name="limits">Bounds. Default: those of <see cref="CorrelationLimits"/>.</param>
    /// <param name="lifetime">How long a lookup lasts. Default: 10 s.</param>
    /// <param name="tellsEnds">Whether an alert tells of the end of a correlation. Default: false.</param>
    public SignalCorrelator(LoadedRules rules, Func<Alert, bool> raise, CorrelationLimits? limits = null, TimeSpan? lifetime = null, bool tellsEnds = false)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _rules = rules;
        limits = (limits ?? new CorrelationLimits()) with { MaximumEpisodes = tellsEnds ? Detector.MaximumEpisodes : 0 };
        _correlator = new Correlator(rules, limits, new RaisedAlerts(rules, alert => _isSilent || IsOfUnknownBeginning(alert) || raise(alert), _ => false, null), null);
        _event = new DnsEvent(rules.PublicSuffixes) { KeepsMessage = rules.OnResponse.Rules.Count > 0 };
        _parts = _correlator.Engine.Parts.GroupBy(part => part.Name, StringComparer.Ordinal).ToDictionary(part => part.Key, part => part.First(), StringComparer.Ordinal);
        _ruleIndices = rules.Compiled.GroupBy(rule => rule.Alert.Id ?? rule.Alert.Title, StringComparer.Ordinal).ToDictionary(rule => rule.Key, rule => rule.First().Index, StringComparer.Ordinal);
        _lifetime = lifetime ?? new DetectorOptions().LookupLifetime;
        _lookups = new SignalledLookups(_lifetime);
    }

    /// <summary>What correlations could not take, or had to forget.</summary>
    public CorrelationCounters Counters => _correlator.Counters;

    /// <summary>
    /// A correlation that became true before this time, in nanoseconds since the Unix epoch, may have been true for longer than signals tell: its end is not told. Default: none is.
    /// </summary>
    public long BeginningsKnownFrom { get; set; } = long.MinValue;

    /// <summary>Ends that were not told, as their beginnings are not known.</summary>
    public long EndsOfUnknownBeginning { get; private set; }

    /// <summary>How far back signals are needed for the state of a correlator that had all of them; zero without correlations.</summary>
    public TimeSpan Horizon => _correlator.Engine.Parts.Select(part => part.Horizon + (2 * _lifetime)).DefaultIfEmpty().Max();

    /// <summary>Takes a signal, and raises the alerts of all correlations that it makes true.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="isSilent">Whether these alerts were raised before, by another process: they are not raised again.</param>
    /// <returns>What happened to it.</returns>
    public SignalResult Take(CorrelationSignal signal, bool isSilent)
    {
        ArgumentNullException.ThrowIfNull(signal);
        if (!_parts.TryGetValue(signal.Correlation, out var part) || !_ruleIndices.TryGetValue(signal.Rule, out var rule))
        {
            return SignalResult.UnknownRule;
        }

        var newest = _newest.GetValueOrDefault(part, long.MinValue / 2);
        if (signal.UnixTimeNanoseconds < newest - Math.Max(LeastSetBack, (long)Math.Min(part.ShortestTimespan.TotalNanoseconds, long.MaxValue / 4)))
        {
            return SignalResult.TooLate;
        }

        _newest[part] = Math.Max(newest, signal.UnixTimeNanoseconds);
        var number = _rules.Compiled[rule].Number;
        if (!_lookups.TryAdd(signal, number, out var lookup, out var earlier))
        {
            return SignalResult.Repeated;
        }

        Describe(signal);
        var message = ObservedMessage.Read(new TransportPayload(signal.Message.Span, in _origin), _seeds);
        _event.Load(message);
        _event.RoundTripNanoseconds = signal.RoundTripNanoseconds;
        _event.QueryFlags = (ushort?)signal.QueryFlags;
        _isSilent = isSilent;
        _correlator.Engine.Restrict(part, signal.Group);
        try
        {
            _correlator.Take(rule, _event, message, new LookupHit(lookup, signal.QueryPacketNumber, earlier, SourceOf(signal)), isSameEvent: false);

            // With the signal, and not when nothing comes: what ends by it is told by whoever deals with it, once. A later signal may be of a message from before this one was decided.
            _decided = Math.Max(_decided, signal.DecidedAt);
            _correlator.Tick(PacketTime.FromNanoseconds(_decided - (long)_lifetime.TotalNanoseconds));
        }
        finally
        {
            _isSilent = false;
        }

        return signal.Digest == part.Digest.ToString("x32", CultureInfo.InvariantCulture) ? SignalResult.Counted : SignalResult.CountedByOtherRules;
    }

    private bool IsOfUnknownBeginning(Alert alert)
    {
        var isUnknown = alert.Correlation?.Extent is { } extent && extent.From < BeginningsKnownFrom;
        EndsOfUnknownBeginning += isUnknown ? 1 : 0;
        return isUnknown;
    }

    private void Describe(CorrelationSignal signal)
    {
        _origin.Transport = signal.Transport == "udp" ? Transport.Udp : Transport.Tcp;
        (_origin.Source, _origin.SourcePort) = (NetAddress.From(IPAddress.Parse(signal.Source.Address)), (ushort)signal.Source.Port);
        (_origin.Destination, _origin.DestinationPort) = (NetAddress.From(IPAddress.Parse(signal.Destination.Address)), (ushort)signal.Destination.Port);
        (_origin.Time, _origin.PacketNumber) = (PacketTime.FromNanoseconds(signal.UnixTimeNanoseconds), signal.PacketNumber);
        (_origin.IsTruncated, _origin.HasOverlap) = (signal.IsTruncated, signal.HasOverlap);
        ushort[] vlans = [.. signal.VlanIds.Select(id => (ushort)id)];
        Tunnel[] tunnels = [.. signal.Tunnels.Select(text => text.Split(':')).Where(parts => TunnelKinds.ContainsKey(parts[0]))
            .Select(parts => new Tunnel(TunnelKinds[parts[0]], parts.Length == 2 && uint.TryParse(parts[1], CultureInfo.InvariantCulture, out var id) ? id : 0))];
        _origin.SetVlanIds(vlans, vlans.Length);
        _origin.SetTunnels(tunnels, tunnels.Length);
    }

    // With the sensor's name before it: files and interfaces of several sensors have the same names.
    private PacketSource SourceOf(CorrelationSignal signal)
    {
        var key = (signal.Sensor, signal.File, signal.Interface);
        if (!_sources.TryGetValue(key, out var source))
        {
            if (_sources.Count >= MostSources)
            {
                _sources.Clear();
            }

            source = new PacketSource(signal.File is null ? null : $"{signal.Sensor}:{signal.File}", [signal.Interface is null ? signal.Sensor : $"{signal.Sensor}:{signal.Interface}"]);
            _sources.Add(key, source);
        }

        return source;
    }
}

/// <summary>What happened to a signal.</summary>
public enum SignalResult
{
    /// <summary>It was correlated.</summary>
    Counted,

    /// <summary>It was correlated, though the sensor's correlation or rule is not the one of this name here.</summary>
    CountedByOtherRules,

    /// <summary>There is no such correlation, or no such rule, here.</summary>
    UnknownRule,

    /// <summary>It is from before the time span of the correlation.</summary>
    TooLate,

    /// <summary>The same rule had matched the same lookup: the signal came twice, or another sensor saw the lookup too.</summary>
    Repeated,
}

/// <summary>
/// The lookups of signals, so that one lookup is one event: which rules have matched it so far, in each correlation and group. 262,144 are remembered; the oldest gives way.
/// </summary>
internal sealed class SignalledLookups(TimeSpan lifetime)
{
    private const int Capacity = 262_144;

    private readonly long _lifetime = (long)lifetime.TotalNanoseconds;
    private readonly Dictionary<(string Lookup, string Key), Entry> _entries = [];
    private readonly Queue<(string Lookup, string Key, Entry Entry)> _oldest = new();
    private int[] _earlier = [];
    private long _number;

    /// <summary>Notes that a rule has matched.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="rule">The rule's number.</param>
    /// <param name="number">The lookup's number.</param>
    /// <param name="earlier">The numbers of rules that matched it before; valid until the next call.</param>
    /// <returns>False if this rule has matched it before.</returns>
    public bool TryAdd(CorrelationSignal signal, int rule, out long number, out ReadOnlySpan<int> earlier)
    {
        // A tie between the groups of one event is of no use to anyone: each is counted by itself.
        var key = (signal.Lookup, signal.Id);
        if (!_entries.TryGetValue(key, out var entry) || Math.Abs(signal.UnixTimeNanoseconds - entry.Time) > _lifetime)
        {
            entry = new Entry(++_number, signal.UnixTimeNanoseconds);
            _entries[key] = entry;
            _oldest.Enqueue((key.Lookup, key.Id, entry));
            while (_oldest.Count > Capacity)
            {
                var (lookup, id, gone) = _oldest.Dequeue();
                if (_entries.TryGetValue((lookup, id), out var current) && current == gone)
                {
                    _entries.Remove((lookup, id));
                }
            }
        }

        number = entry.Number;
        _earlier = [.. entry.Rules];
        earlier = _earlier;
        if (entry.Rules.Contains(rule))
        {
            return false;
        }

        entry.Rules.Add(rule);
        return true;
    }

    private sealed class Entry(long number, long time)
    {
        public long Number => number;

        public long Time => time;

        public List<int> Rules { get; } = [];
    }
}
