namespace WireDns.TestTraffic.Generation;

/// <summary>
/// DNS over UDP: queries and, up to a thousand packets later and in no fixed order, the responses to them.
/// </summary>
internal sealed class UdpTraffic
{
    private const int PendingCapacity = 1024;

    private readonly Xoshiro256 _random;
    private readonly LookupSource _lookups;
    private readonly DnsMessage _messages;
    private readonly CaptureManifest _manifest;
    private readonly Lookup[] _pending = new Lookup[PendingCapacity];

    /// <summary>Starts with no query under way.</summary>
    public UdpTraffic(Xoshiro256 random, LookupSource lookups, DnsMessage messages, CaptureManifest manifest)
    {
        _random = random;
        _lookups = lookups;
        _messages = messages;
        _manifest = manifest;
        for (var index = 0; index < _pending.Length; index++)
        {
            _pending[index] = new Lookup();
        }
    }

    /// <summary>How many queries have no response yet.</summary>
    public int PendingCount { get; private set; }

    /// <summary>
    /// Writes a query or a response, by chance; a planted lookup that is due makes it a query.
    /// </summary>
    public void WriteNext(PcapWriter writer, PlantingSchedule schedule, long used)
    {
        var canAsk = PendingCount < PendingCapacity;
        var planted = canAsk && schedule.TryTake(used);
        if (planted || (canAsk && (PendingCount == 0 || _random.Percent(50))))
        {
            WriteQuery(writer, planted);
        }
        else
        {
            WriteResponse(writer);
        }
    }

    /// <summary>Answers one of the queries that have no response yet.</summary>
    public void WriteResponse(PcapWriter writer)
    {
        var index = _random.Below(PendingCount);
        var lookup = _pending[index];
        var frame = writer.Frame;
        var offset = Frame.UdpPayloadOffset(lookup.Client.Host.IsIpv6);
        var length = _messages.WriteResponse(frame[offset..], lookup, writer.Seconds);
        writer.Commit(Frame.WriteUdp(frame, lookup.Resolver, lookup.Client, length, _random.NextUInt16()));
        _manifest.CountResponse(Delivery.Udp);

        // The last one takes the free place; the lookup objects themselves stay in the array and are used again.
        PendingCount--;
        (_pending[index], _pending[PendingCount]) = (_pending[PendingCount], lookup);
    }

    private void WriteQuery(PcapWriter writer, bool planted)
    {
        var lookup = _pending[PendingCount++];
        _lookups.Next(lookup, planted);
        var frame = writer.Frame;
        var offset = Frame.UdpPayloadOffset(lookup.Client.Host.IsIpv6);
        var length = DnsMessage.WriteQuery(frame[offset..], lookup);
        writer.Commit(Frame.WriteUdp(frame, lookup.Client, lookup.Resolver, length, _random.NextUInt16()));
        _manifest.CountQuery(Delivery.Udp, planted);
    }
}
