namespace WireDns.TestTraffic.Generation;

/// <summary>
/// DNS over TCP: some connections at a time, their segments mixed, each connection cut in its own style.
/// </summary>
internal sealed class TcpTraffic
{
    private const int MostLookupsInConversation = 5;

    private static readonly SegmentationStyle[] Styles = Enum.GetValues<SegmentationStyle>();

    private readonly Xoshiro256 _random;
    private readonly LookupSource _lookups;
    private readonly DnsMessage _messages;
    private readonly CaptureManifest _manifest;
    private readonly int _capacity;
    private readonly List<TcpConversation> _open = [];
    private readonly HashSet<(Endpoint Client, Endpoint Server)> _used = [];
    private int _plantedCount;

    /// <summary>Starts with no connection; about <paramref name="capacity"/> are open at a time.</summary>
    public TcpTraffic(
        Xoshiro256 random, LookupSource lookups, DnsMessage messages, CaptureManifest manifest, int capacity)
    {
        _random = random;
        _lookups = lookups;
        _messages = messages;
        _manifest = manifest;
        _capacity = capacity;
    }

    /// <summary>Whether a connection has segments left to send.</summary>
    public bool HasOpen => _open.Count > 0;

    /// <summary>
    /// Sends a segment of any connection; opens one before if there is room, or if a planted lookup is due.
    /// </summary>
    public void WriteNext(PcapWriter writer, PlantingSchedule schedule, long used)
    {
        var planted = schedule.TryTake(used);
        if (planted || _open.Count < _capacity)
        {
            Open(planted);
        }

        WriteSegment(writer);
    }

    /// <summary>Sends a segment of one of the open connections, of which there must be one.</summary>
    public void WriteSegment(PcapWriter writer)
    {
        var index = _random.Below(_open.Count);
        var conversation = _open[index];
        var step = conversation.Next();
        var frame = writer.Frame;
        step.Payload.Span.CopyTo(frame[Frame.TcpPayloadOffset(step.Header.Source.Host.IsIpv6)..]);
        writer.Commit(Frame.WriteTcp(frame, step.Header, step.Payload.Length, _random.NextUInt16()));
        if (conversation.IsOver)
        {
            _open[index] = _open[^1];
            _open.RemoveAt(_open.Count - 1);
        }
    }

    /// <summary>Opens a connection; if asked to, one of its lookups is a planted one.</summary>
    private void Open(bool planted)
    {
        // The styles take turns among the planted lookups: each way of cutting hides its share of them.
        var style = Styles[planted ? _plantedCount++ % Styles.Length : _random.Below(Styles.Length)];
        var lookups = new Lookup[_random.Between(1, MostLookupsInConversation)];
        var plantedIndex = planted ? _random.Below(lookups.Length) : -1;
        for (var index = 0; index < lookups.Length; index++)
        {
            lookups[index] = new Lookup();
            if (index == 0)
            {
                NextUnusedHosts(lookups[0], plantedIndex == 0);
            }
            else
            {
                _lookups.NextQuestion(lookups[index], planted: index == plantedIndex);
            }

            _manifest.CountQuery(Delivery.Tcp, index == plantedIndex);
            _manifest.CountResponse(Delivery.Tcp);
        }

        _open.Add(new TcpConversation(_random, _messages, lookups, style));
    }

    /// <summary>
    /// A client's ports would repeat after some thousand connections. That happens on a network too, but here a
    /// decoder that tells the old connection from the new one wrongly must not make the count of planted lookups a
    /// matter of chance.
    /// </summary>
    private void NextUnusedHosts(Lookup lookup, bool planted)
    {
        _lookups.Next(lookup, planted);
        while (!_used.Add((lookup.Client, lookup.Resolver)))
        {
            lookup.Client = _lookups.NextClient(lookup.Client.Host.IsIpv6);
        }
    }
}
