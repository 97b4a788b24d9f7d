using WireDns.Wire.Framing;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// Puts the payload of TCP segments in order and finds the messages in it. The octet that arrived first stays; messages leave in stream
/// order. The next segment of a stream is delivered as it is if it holds whole messages; all else goes through a buffer.
/// </summary>
internal sealed class StreamAssembler
{
    /// <summary>How far, in bytes, a segment may be from where its stream is. Those further away are strays until they prove otherwise.</summary>
    public const int MaximumDistance = 260_000;

    // How many segments must follow each other, far from the rest, to show that the stream went there.
    private const int FarSegmentsToFollow = 3;

    private readonly StreamBuffers _buffers;
    private readonly FlowTable<TcpConnection> _connections;
    private readonly ReleaseQueue _queue;
    private readonly PacketState _packet;
    private readonly PacketCounters _counters;
    private readonly MessageStartFinder _starts;
    private readonly int _maximumGap;

    public StreamAssembler(
        PacketDecoderOptions options, FlowTable<TcpConnection> connections, PacketState packet, ReleaseQueue queue, PacketCounters counters,
        MessageStartProbe probe)
    {
        _buffers = new StreamBuffers(options.TcpMemoryInBytes);
        _connections = connections;
        _queue = queue;
        _packet = packet;
        _counters = counters;
        _starts = new MessageStartFinder(_buffers, probe);
        _maximumGap = options.MaximumTcpGapInBytes;
    }

    /// <summary>Takes the payload of a segment and counts its packets.</summary>
    /// <param name="place">Whose stream it belongs to. The connection stays where it is during the call.</param>
    /// <param name="sequence">Number of the first octet.</param>
    /// <param name="data">The payload, not empty.</param>
    /// <param name="packets">How many packets the segment came in.</param>
    /// <returns>Whole messages of the segment with their prefixes, to be delivered as they are; others are in the queue.</returns>
    public ReadOnlySpan<byte> Add(StreamPlace place, uint sequence, ReadOnlySpan<byte> data, int packets)
    {
        ref var stream = ref StreamAt(place);

        // Tried again after something was given up to make room: the stream's new position decides about the segment anew. A loop, because
        // one segment may give up thousands of gaps.
        while (true)
        {
            if (!stream.IsSynchronised && !TrySynchronise(ref stream, ref sequence, ref data, packets))
            {
                return default;
            }

            var distance = TcpStream.Distance(stream.Next, sequence);
            if (distance is < -MaximumDistance or > MaximumDistance)
            {
                return AddFar(place, ref stream, sequence, data, packets);
            }

            stream.FarSegments = 0;
            if (stream.HasEnd && TcpStream.Distance(sequence, stream.End) is var left && left < data.Length)
            {
                if (left <= 0)
                {
                    _counters.Add(NotSelectedReason.BehindFin, packets);
                    return default;
                }

                data = data[..left];
            }

            if (distance < 0)
            {
                if (distance + data.Length <= 0)
                {
                    AddRepetition(ref stream, sequence, data, packets);
                    return default;
                }

                data = data[-distance..];
                sequence = stream.Next;
            }

            if (stream.Buffer == 0 && sequence == stream.Next)
            {
                return AddInOrder(place, ref stream, data, packets);
            }

            if (IsWithinReach(place, ref stream, sequence, data.Length))
            {
                return AddToBuffer(place, ref stream, sequence, data, packets);
            }
        }
    }

    /// <summary>Notes that the other side has received everything before <paramref name="acknowledgement"/>: what is missing was lost.</summary>
    public void Acknowledge(StreamPlace place, uint acknowledgement)
    {
        ref var stream = ref StreamAt(place);
        if (!stream.HasAcknowledged || TcpStream.Distance(stream.Acknowledged, acknowledgement) > 0)
        {
            stream.HasAcknowledged = true;
            stream.Acknowledged = acknowledgement;
        }

        GiveUpAcknowledgedGaps(place, ref stream);
    }

    /// <summary>Gives up everything that is missing, and delivers what comes after it.</summary>
    public void GiveUpGaps(StreamPlace place)
    {
        ref var stream = ref StreamAt(place);
        while (stream.HasGap)
        {
            GiveUpGap(place, ref stream);
        }
    }

    /// <summary>Ends a stream: gives up what is missing, then what is unfinished. It may continue only with a message start.</summary>
    public void Close(StreamPlace place, IncompleteReason reason)
    {
        ref var stream = ref StreamAt(place);
        if (!stream.IsPlaced)
        {
            return;
        }

        GiveUpGaps(place);
        if (stream.Next != stream.Contiguous)
        {
            _counters.AddMessage(reason);
            _counters.GiveUp(reason, _buffers.CountStarts(stream.Buffer - 1, stream.Next, stream.Contiguous));
        }

        LoseTrack(ref stream);
    }

    private ref TcpStream StreamAt(StreamPlace place) => ref _connections[place.Connection].Streams[place.Direction];

    // RFC 7766 puts no mark in the stream: a message is known to start after a SYN, at the end of another, or where one seems to be.
    private bool TrySynchronise(ref TcpStream stream, ref uint sequence, ref ReadOnlySpan<byte> data, int packets)
    {
        var end = sequence + (uint)data.Length;
        if (stream.IsPlaced && TcpStream.Distance(stream.Next, end) is <= 0 and > -MaximumDistance)
        {
            _counters.Add(NotSelectedReason.Retransmission, packets);
            return false;
        }

        if (stream.HasEnd && TcpStream.Distance(stream.End, sequence) is >= 0 and < MaximumDistance)
        {
            _counters.Add(NotSelectedReason.BehindFin, packets);
            return false;
        }

        var start = _starts.Find(in stream, sequence, data, out var isSure);
        if (start < 0)
        {
            stream.PlaceAt(end);
            _counters.Held += packets;
            _counters.GiveUp(IncompleteReason.TcpUnsynchronised, packets);
            return false;
        }

        sequence += (uint)start;
        data = data[start..];
        stream.PlaceAt(sequence);
        stream.IsSynchronised = true;
        stream.IsTentative = !isSure;
        stream.HasExpected = false;
        return true;
    }

    private ReadOnlySpan<byte> AddFar(StreamPlace place, ref TcpStream stream, uint sequence, ReadOnlySpan<byte> data, int packets)
    {
        var end = sequence + (uint)data.Length;
        stream.FarSegments = (byte)(stream.FarSegments > 0 && stream.FarNext == sequence ? stream.FarSegments + 1 : 1);
        stream.FarNext = end;
        var isAcknowledged = stream.HasAcknowledged && TcpStream.Distance(sequence, stream.Acknowledged) is > 0 and < MaximumDistance;
        if (stream.FarSegments < FarSegmentsToFollow && !isAcknowledged)
        {
            _counters.Add(NotSelectedReason.OutsideWindow, packets);
            return default;
        }

        // The stream went on without us: pick it up here.
        Close(place, IncompleteReason.TcpGap);
        stream.IsPlaced = false;
        stream.HasEnd = false;
        stream.FarSegments = 0;
        return Add(place, sequence, data, packets);
    }

    private void AddRepetition(ref TcpStream stream, uint sequence, ReadOnlySpan<byte> data, int packets)
    {
        _counters.Add(NotSelectedReason.Retransmission, packets);
        if (sequence == stream.LastSequence && data.Length == stream.LastLength && PayloadHash.Of(data) != stream.LastHash)
        {
            _counters.OverlapsWithDifferentBytes++;
        }
    }

    private ReadOnlySpan<byte> AddInOrder(StreamPlace place, ref TcpStream stream, ReadOnlySpan<byte> data, int packets)
    {
        var length = MessageFraming.LengthOfWholeMessages(data);
        if (length == 0)
        {
            return AddToBuffer(place, ref stream, stream.Next, data, packets);
        }

        _counters.AddSelected(packets);
        (stream.LastSequence, stream.LastLength, stream.LastHash) = (stream.Next, data.Length, PayloadHash.Of(data));
        _packet.Origin.StreamEnd = stream.Next;
        stream.PlaceAt(stream.Next + (uint)length);
        if (length < data.Length)
        {
            // The packet has been counted; its last bytes wait without one.
            AddToBuffer(place, ref stream, stream.Next, data[length..], 0);
        }
        else
        {
            CloseAtEnd(place, ref stream);
        }

        return data[..length];
    }

    // False if the stream has moved too far past what is missing, which it then gives up: a gap, or everything.
    private bool IsWithinReach(StreamPlace place, ref TcpStream stream, uint sequence, int lengthInBytes)
    {
        if (stream.HasGap && TcpStream.Distance(stream.Contiguous, sequence) + lengthInBytes > _maximumGap)
        {
            GiveUpGap(place, ref stream);
            return false;
        }

        if (TcpStream.Distance(stream.Next, sequence) + lengthInBytes > StreamBuffers.MaximumSpan)
        {
            Close(place, IncompleteReason.TcpGap);
            return false;
        }

        return true;
    }

    // Always returns nothing: what this completes goes through the queue.
    private ReadOnlySpan<byte> AddToBuffer(StreamPlace place, ref TcpStream stream, uint sequence, ReadOnlySpan<byte> data, int packets)
    {
        TakeBuffer(place, ref stream, data.Length);
        var buffer = stream.Buffer - 1;
        var isBeyondGap = TcpStream.Distance(stream.Contiguous, sequence) > 0;
        var (added, marked) = _buffers.Store(buffer, sequence, data, packets, isBeyondGap ? _packet.Stamp : null, out var conflict);
        if (conflict.From != conflict.To)
        {
            _counters.OverlapsWithDifferentBytes++;
            WidenOverlap(ref stream, conflict);
        }

        // A segment of several fragments may bring fewer new bytes than it has packets.
        _counters.Held += marked;
        if (marked < packets)
        {
            _counters.Add(NotSelectedReason.Retransmission, packets - marked);
        }

        if (added == 0)
        {
            return default;
        }

        var end = sequence + (uint)data.Length;
        if (TcpStream.Distance(stream.Highest, end) > 0)
        {
            stream.Highest = end;
        }

        stream.Contiguous = _buffers.NextMissing(buffer, stream.Contiguous, stream.Highest);
        if (TryConfirmStart(ref stream))
        {
            DeliverWholeMessages(place, ref stream, isAfterGap: false);
            GiveUpAcknowledgedGaps(place, ref stream);
            CloseAtEnd(place, ref stream);
        }

        return default;
    }

    private void TakeBuffer(StreamPlace place, ref TcpStream stream, int lengthInBytes)
    {
        if (stream.Buffer == 0)
        {
            stream.Buffer = _buffers.Rent(place.Connection, place.Direction) + 1;
        }
        else
        {
            _buffers.Touch(stream.Buffer - 1);
        }

        while (!_buffers.HasRoomFor(lengthInBytes) && _buffers.Oldest != stream.Buffer - 1)
        {
            var (connection, direction) = _buffers.OwnerOf(_buffers.Oldest);
            _counters.EvictedTcpConnections++;
            Close(new StreamPlace(connection, direction, default), IncompleteReason.TcpEvicted);
        }
    }

    // What completes messages is the packet at hand, or that a gap before them was given up: then each has the packet of its own last byte.
    private void DeliverWholeMessages(StreamPlace place, ref TcpStream stream, bool isAfterGap)
    {
        if (stream.Buffer == 0)
        {
            return;
        }

        var buffer = stream.Buffer - 1;
        var position = stream.Next;
        PacketStamp? packet = null;
        while (TcpStream.Distance(position, stream.Contiguous) is var available && available >= MessageFraming.PrefixLength)
        {
            var length = MessageFraming.PrefixLength + _buffers.ReadUInt16(buffer, position);
            if (length > available)
            {
                break;
            }

            var end = position + (uint)length;
            if (isAfterGap && _buffers.StampAt(buffer, end - 1) is var last && last != packet)
            {
                Deliver(place, ref stream, position, packet);
                packet = last;
            }

            position = end;
        }

        Deliver(place, ref stream, position, packet);
    }

    private void Deliver(StreamPlace place, ref TcpStream stream, uint end, PacketStamp? packet)
    {
        if (end == stream.Next)
        {
            return;
        }

        var buffer = stream.Buffer - 1;
        var delivery = new ReleasedPayload
        {
            Flow = Flow.FromConnectionKey(in _connections.KeyOf(place.Connection), place.Direction),
            Transport = Transport.Tcp,
            IsOfCurrentPacket = place.IsOfCurrentPacket,
            Packet = packet,
            StreamEnd = stream.Next,
            Tunnels = _connections[place.Connection].Tunnels,
        };
        if (stream.HasOverlap)
        {
            delivery.OverlapFrom = TcpStream.Distance(stream.Next, stream.OverlapFrom);
            delivery.OverlapTo = TcpStream.Distance(stream.Next, stream.OverlapTo);
            stream.HasOverlap = TcpStream.Distance(end, stream.OverlapTo) > 0;
        }

        var length = TcpStream.Distance(stream.Next, end);
        _buffers.CopyTo(buffer, stream.Next, _queue.Add(in delivery, length));
        _counters.Select(_buffers.CountStarts(buffer, stream.Next, end));
        MoveTo(ref stream, end);
    }

    private void GiveUpAcknowledgedGaps(StreamPlace place, ref TcpStream stream)
    {
        while (stream.HasGap && stream.HasAcknowledged
            && TcpStream.Distance(stream.Contiguous, stream.Acknowledged) is > 0 and < 2 * MaximumDistance)
        {
            GiveUpGap(place, ref stream);
        }
    }

    private void GiveUpGap(StreamPlace place, ref TcpStream stream)
    {
        var buffer = stream.Buffer - 1;
        var isFramed = !stream.IsTentative && TcpStream.Distance(stream.Next, stream.Contiguous) >= MessageFraming.PrefixLength;
        uint? expected = isFramed ? stream.Next + MessageFraming.PrefixLength + _buffers.ReadUInt16(buffer, stream.Next) : null;
        var start = _starts.FindBuffered(in stream, _buffers.NextArrived(buffer, stream.Contiguous, stream.Highest), expected);
        _counters.AddMessage(IncompleteReason.TcpGap);
        _counters.LostTcpBytes += _buffers.CountMissing(buffer, stream.Contiguous, start);
        var givenUp = _buffers.CountStarts(buffer, stream.Next, start);
        if (start != stream.Highest && _buffers.TryBeginPacketAt(buffer, stream.Contiguous, start))
        {
            // It also brought what comes after.
            givenUp--;
        }

        _counters.GiveUp(IncompleteReason.TcpGap, givenUp);
        if (start == stream.Highest)
        {
            LoseTrack(ref stream);
            stream.HasExpected = expected is { } framed && TcpStream.Distance(stream.Next, framed) >= 0;
            stream.Expected = expected ?? 0;
            return;
        }

        MoveTo(ref stream, start);
        stream.Contiguous = _buffers.NextMissing(buffer, start, stream.Highest);
        stream.IsTentative = true;
        if (TryConfirmStart(ref stream))
        {
            DeliverWholeMessages(place, ref stream, isAfterGap: true);
        }
    }

    // Nothing is held any more; a message may start only with what comes.
    private void LoseTrack(ref TcpStream stream)
    {
        ReleaseBuffer(ref stream);
        stream.PlaceAt(stream.Highest);
        stream.IsSynchronised = false;
        stream.IsTentative = false;
        stream.HasExpected = false;
    }

    // Judges a start that was accepted on few bytes, and now has more. False if it was none, and there is no other.
    private bool TryConfirmStart(ref TcpStream stream)
    {
        while (stream.IsTentative)
        {
            switch (_starts.Judge(in stream))
            {
                case null:
                    return true;
                case true:
                    stream.IsTentative = false;
                    return true;
            }

            var start = _starts.FindBuffered(in stream, stream.Next + 1, expected: null);
            _counters.GiveUp(IncompleteReason.TcpUnsynchronised, _buffers.CountStarts(stream.Buffer - 1, stream.Next, start));
            if (start == stream.Highest)
            {
                LoseTrack(ref stream);
                return false;
            }

            MoveTo(ref stream, start);
            stream.Contiguous = _buffers.NextMissing(stream.Buffer - 1, start, stream.Highest);
        }

        return true;
    }

    // A stream whose last octet has arrived, and whose last message has not.
    private void CloseAtEnd(StreamPlace place, ref TcpStream stream)
    {
        if (stream.HasEnd && stream.Contiguous == stream.End && stream.IsSynchronised)
        {
            Close(place, IncompleteReason.TcpUnfinished);
        }
    }

    private void MoveTo(ref TcpStream stream, uint next)
    {
        _buffers.Free(stream.Buffer - 1, stream.Next, next);
        stream.Next = next;
        if (next == stream.Highest)
        {
            ReleaseBuffer(ref stream);
        }
    }

    private void ReleaseBuffer(ref TcpStream stream)
    {
        stream.HasOverlap = false;
        if (stream.Buffer != 0)
        {
            _buffers.Release(stream.Buffer - 1);
            stream.Buffer = 0;
        }
    }

    private static void WidenOverlap(ref TcpStream stream, (uint From, uint To) conflict)
    {
        if (!stream.HasOverlap)
        {
            (stream.HasOverlap, stream.OverlapFrom, stream.OverlapTo) = (true, conflict.From, conflict.To);
            return;
        }

        stream.OverlapFrom = TcpStream.Distance(conflict.From, stream.OverlapFrom) > 0 ? conflict.From : stream.OverlapFrom;
        stream.OverlapTo = TcpStream.Distance(stream.OverlapTo, conflict.To) > 0 ? conflict.To : stream.OverlapTo;
    }
}
