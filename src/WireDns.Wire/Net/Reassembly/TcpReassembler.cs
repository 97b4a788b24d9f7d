using WireDns.Wire.Framing;
using WireDns.Wire.Net.Ip;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// Follows TCP connections (RFC 9293) as far as their streams need: where a stream starts, what its other side has received, where it ends.
/// It does not know what the connection is for, and treats each direction on its own.
/// </summary>
internal sealed class TcpReassembler
{
    private readonly FlowTable<TcpConnection> _connections;
    private readonly StreamAssembler _assembler;
    private readonly PacketCounters _counters;
    private readonly TunnelStacks _tunnels = new();
    private readonly long _idleTimeout;

    public TcpReassembler(
        PacketDecoderOptions options, PacketState packet, ReleaseQueue queue, PacketCounters counters, MessageStartProbe probe)
    {
        _connections = new FlowTable<TcpConnection>(options.MaximumTcpConnections);
        _assembler = new StreamAssembler(options, _connections, packet, queue, counters, probe);
        _counters = counters;
        _idleTimeout = options.TcpIdleTimeout.Ticks * TimeSpan.NanosecondsPerTick;
    }

    /// <summary>When the connection that has been idle longest expires, in nanoseconds of capture time; the end of time if there is none.</summary>
    public long NextExpiry => _connections.Oldest < 0 ? long.MaxValue : _connections.TimeOf(_connections.Oldest) + _idleTimeout;

    /// <summary>Takes a segment and counts its packets.</summary>
    /// <returns>Whole messages of the segment with their prefixes, to be delivered as they are; others are in the queue.</returns>
    public ReadOnlySpan<byte> Add(in Flow flow, PacketState packet, scoped in TcpSegment segment, ReadOnlySpan<byte> payload, long now)
    {
        var key = flow.ToConnectionKey(packet.TunnelHash, out var direction);
        var connection = _connections.Find(in key);
        if (connection < 0)
        {
            if (segment.IsReset || (payload.IsEmpty && !segment.IsSynchronise))
            {
                _counters.Add(NotSelectedReason.TcpControl, packet.Count);
                return default;
            }

            connection = Open(in key, packet, now);
        }
        else
        {
            _connections.Touch(connection, now);
        }

        var place = new StreamPlace(connection, direction, IsOfCurrentPacket: true);
        var peer = new StreamPlace(connection, direction ^ 1, IsOfCurrentPacket: true);
        if (segment.IsReset)
        {
            Reset(place, peer, segment.SequenceNumber);
            _counters.Add(NotSelectedReason.TcpControl, packet.Count);
            return default;
        }

        var sequence = segment.SequenceNumber;
        if (segment.IsSynchronise)
        {
            Synchronise(place, peer, in segment);
            sequence++;
        }

        if (segment.IsAcknowledgement)
        {
            Acknowledge(peer, segment.AcknowledgementNumber);
        }

        ReadOnlySpan<byte> messages = default;
        if (payload.IsEmpty)
        {
            _counters.Add(NotSelectedReason.TcpControl, packet.Count);
        }
        else
        {
            messages = _assembler.Add(place, sequence, payload, packet.Count);
        }

        if (segment.IsFinish)
        {
            Finish(place, sequence + (uint)payload.Length);
        }

        return messages;
    }

    /// <summary>Forgets connections that were idle too long: at most two, so that no packet pays for many.</summary>
    public void Expire(long now)
    {
        for (var i = 0; i < 2 && ExpireOne(now); i++)
        {
        }
    }

    /// <summary>Forgets the connection that was idle for longest, where that was too long; what that completes is in the queue. False where it was not.</summary>
    public bool ExpireOne(long now)
    {
        if (NextExpiry >= now)
        {
            return false;
        }

        Forget(_connections.Oldest, IncompleteReason.TcpEvicted);
        return true;
    }

    /// <summary>Ends the connection that was idle for longest; what that completes is in the queue. False where there is none left.</summary>
    public bool FinishOne()
    {
        if (_connections.Oldest < 0)
        {
            return false;
        }

        Forget(_connections.Oldest, IncompleteReason.TcpUnfinished);
        return true;
    }

    private int Open(in FlowKey key, PacketState packet, long now)
    {
        if (_connections.IsFull)
        {
            _counters.EvictedTcpConnections++;
            Forget(_connections.Oldest, IncompleteReason.TcpEvicted);
        }

        var connection = _connections.Add(in key, now);
        _connections[connection].Tunnels = _tunnels.Remember(packet.TunnelHash, packet.Tunnels);
        return connection;
    }

    private void Forget(int connection, IncompleteReason reason)
    {
        for (var direction = 0; direction < 2; direction++)
        {
            _assembler.Close(new StreamPlace(connection, direction, IsOfCurrentPacket: false), reason);
        }

        _connections.Remove(connection);
    }

    // A SYN with the known number is a copy. Another number is a new connection between the same ends, whatever happened to the old one.
    private void Synchronise(StreamPlace place, StreamPlace peer, scoped in TcpSegment segment)
    {
        ref var stream = ref StreamAt(place);
        if (stream.HasInitial && stream.Initial == segment.SequenceNumber)
        {
            return;
        }

        if (stream.IsPlaced)
        {
            _assembler.Close(place, IncompleteReason.TcpUnfinished);
            if (!segment.IsAcknowledgement)
            {
                _assembler.Close(peer, IncompleteReason.TcpUnfinished);
                StreamAt(peer) = default;
            }
        }

        stream = new TcpStream { HasInitial = true, Initial = segment.SequenceNumber, IsSynchronised = true };
        stream.PlaceAt(segment.SequenceNumber + 1);
    }

    private void Acknowledge(StreamPlace peer, uint acknowledgement)
    {
        ref var stream = ref StreamAt(peer);
        if (!stream.IsPlaced)
        {
            return;
        }

        _assembler.Acknowledge(peer, acknowledgement);
        if (stream.HasEnd && acknowledgement == stream.End + 1 && stream.IsSynchronised)
        {
            // The receiver has everything, so what we miss will not come again.
            _assembler.Close(peer, IncompleteReason.TcpGap);
        }
    }

    // RFC 5961 §3 has receivers challenge all but the exact number; a monitor that may have missed packets accepts any that is near.
    private void Reset(StreamPlace place, StreamPlace peer, uint sequence)
    {
        ref var stream = ref StreamAt(place);
        if (stream.IsPlaced && TcpStream.Distance(stream.Next, sequence) is < 0 or > StreamAssembler.MaximumDistance)
        {
            return;
        }

        _assembler.GiveUpGaps(peer);
        _assembler.Close(place, IncompleteReason.TcpUnfinished);
    }

    private void Finish(StreamPlace place, uint end)
    {
        ref var stream = ref StreamAt(place);
        if (!stream.IsPlaced || TcpStream.Distance(stream.Next, end) is < 0 or > StreamAssembler.MaximumDistance)
        {
            return;
        }

        stream.HasEnd = true;
        stream.End = end;
        if (stream.HasGap && !stream.HasAcknowledged)
        {
            // Where the other direction is not seen, no acknowledgement will tell that the missing bytes are lost.
            _assembler.GiveUpGaps(place);
        }

        if (stream.IsSynchronised && stream.Contiguous == end)
        {
            _assembler.Close(place, IncompleteReason.TcpUnfinished);
        }
    }

    private ref TcpStream StreamAt(StreamPlace place) => ref _connections[place.Connection].Streams[place.Direction];
}
