namespace WireDns.TestTraffic.Generation;

/// <summary>
/// Sound lookups in IP fragments: queries with so much padding that they fill several, arriving in any order. A
/// decoder that drops its oldest datagrams under a flood, as it may, still completes these: some hundred packets,
/// seldom more than two thousand, lie between.
/// </summary>
internal sealed class FragmentedTraffic(Xoshiro256 random, LookupSource lookups, CaptureManifest manifest)
{
    private readonly List<byte[]> _waiting = [];
    private readonly Lookup _lookup = new();
    private uint _identification = random.NextUInt32();

    /// <summary>Whether fragments wait to be sent.</summary>
    public bool HasOpen => _waiting.Count > 0;

    /// <summary>Makes the fragments of one lookup.</summary>
    public void Open(bool ipv6, bool planted)
    {
        lookups.Next(_lookup, planted, ipv6);
        _identification++;
        var datagram = new byte[Frame.UdpLength + DnsMessage.Capacity];
        var messageLength = DnsMessage.WritePaddedQuery(
            datagram.AsSpan(Frame.UdpLength), _lookup, paddingLength: random.Between(100, 600));
        datagram = datagram[..(Frame.UdpLength + messageLength)];
        Frame.WriteUdpHeader(datagram, _lookup.Client, _lookup.Resolver);

        // From 8 octets, which cut the question's name, to what leaves two fragments.
        var length = 8 * random.Between(1, datagram.Length / 16);
        length = Math.Max(length, datagram.Length / 128 * 8);
        for (var offset = 0; offset < datagram.Length; offset += length)
        {
            _waiting.Add(Fragment(datagram, offset, Math.Min(length, datagram.Length - offset)));
        }

        manifest.CountQuery(ipv6 ? Delivery.FragmentedIpv6 : Delivery.FragmentedIpv4, planted);
    }

    /// <summary>Sends any of the waiting fragments, of which there must be one.</summary>
    public void WriteFragment(PcapWriter writer)
    {
        var index = random.Below(_waiting.Count);
        var fragment = _waiting[index];
        _waiting[index] = _waiting[^1];
        _waiting.RemoveAt(_waiting.Count - 1);
        fragment.CopyTo(writer.Frame);
        writer.Commit(fragment.Length);
    }

    private byte[] Fragment(byte[] datagram, int offset, int length)
    {
        var client = _lookup.Client.Host;
        var frame = new byte[PcapWriter.FrameCapacity];
        datagram.AsSpan(offset, length).CopyTo(frame.AsSpan(FragmentHeader.DataOffset(client.IsIpv6)));
        var frameLength = FragmentHeader.Write(
            frame,
            client,
            _lookup.Resolver.Host,
            _identification,
            offset,
            moreFragments: offset + length < datagram.Length,
            length);
        return frame[..frameLength];
    }
}
