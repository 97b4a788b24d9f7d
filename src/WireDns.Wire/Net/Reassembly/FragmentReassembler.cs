using System.Runtime.InteropServices;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// Reassembles IPv4 and IPv6 fragments (RFC 791 §3.2, RFC 8200 §4.5). In IPv4 the byte that arrived first stays; an IPv6 datagram whose
/// fragments overlap is refused (RFC 5722). A datagram whose first fragment shows ports of no interest is dropped at once.
/// </summary>
/// <remarks>
/// A datagram's bytes are in blocks of 2 KiB. For each unit of 8 bytes a block has a bit for "arrived" and one for "a fragment starts
/// here". So the cost of a fragment depends on its own length alone, and nothing is ever searched.
/// </remarks>
internal sealed class FragmentReassembler
{
    private const int DataLength = 2048;
    private const int UnitLength = 8;
    private const int UnitsPerBlock = DataLength / UnitLength;
    private const int MapLength = UnitsPerBlock / 8;
    private const int BlockLength = DataLength + (2 * MapLength);
    private const int MaximumDatagramLength = 65_535;

    private readonly FlowTable<FragmentedDatagram> _datagrams;
    private readonly BlockPool _blocks;
    private readonly PacketCounters _counters;
    private readonly long _timeout;
    private byte[] _assembled = [];

    public FragmentReassembler(PacketDecoderOptions options, PacketCounters counters)
    {
        _datagrams = new FlowTable<FragmentedDatagram>(options.MaximumFragmentedDatagrams);
        _blocks = new BlockPool(BlockLength, options.FragmentMemoryInBytes);
        _counters = counters;
        _timeout = options.FragmentTimeout.Ticks * TimeSpan.NanosecondsPerTick;
    }

    /// <summary>When the oldest datagram expires, in nanoseconds of capture time; the end of time where there is none.</summary>
    public long NextExpiry => _datagrams.Oldest < 0 ? long.MaxValue : _datagrams.TimeOf(_datagrams.Oldest) + _timeout;

    /// <summary>Takes a fragment.</summary>
    /// <param name="key">Which datagram it belongs to.</param>
    /// <param name="fragment">The fragment.</param>
    /// <param name="packets">How many packets it came in; changed to those of the whole datagram if it completes or spoils one.</param>
    /// <param name="now">Capture time, in nanoseconds.</param>
    /// <param name="datagram">The datagram, if this completes it. Valid until the next call.</param>
    public FragmentOutcome Add(
        scoped in FlowKey key, scoped in Fragment fragment, scoped ref int packets, long now, out ReassembledDatagram datagram)
    {
        datagram = default;
        var length = fragment.Payload.Length;
        if (fragment.End > MaximumDatagramLength || (fragment.HasMore && !fragment.IsCut && length % UnitLength != 0))
        {
            return FragmentOutcome.Bad;
        }

        var index = FindOpen(in key, in fragment, now, out var outcome);
        if (index < 0)
        {
            return outcome;
        }

        if (fragment.IsOfNoInterest && !_datagrams[index].HasFirst)
        {
            Dismiss(ref _datagrams[index]);
            return FragmentOutcome.Dismissed;
        }

        if (fragment.IsCut && fragment.Offset == 0 && !_datagrams[index].HasFirst)
        {
            datagram = TakeCutStart(ref _datagrams[index], in fragment);
            return FragmentOutcome.Completed;
        }

        // A later fragment that was cut is held without its bytes: what comes before it may still be on its way, and so may a whole copy of it.
        // Without one the datagram is given up after the timeout.
        if (!fragment.IsCut)
        {
            outcome = Insert(index, in fragment);
            if (outcome == FragmentOutcome.Overlapping)
            {
                packets += Refuse(ref _datagrams[index]);
            }

            if (outcome != FragmentOutcome.Held)
            {
                return outcome;
            }
        }

        ref var entry = ref _datagrams[index];
        entry.Packets += packets;
        _counters.Held += packets;
        if (!entry.HasLast || entry.Units != (entry.Length + UnitLength - 1) / UnitLength || entry.Length == 0)
        {
            return FragmentOutcome.Held;
        }

        packets = entry.Packets;
        datagram = Complete(ref entry, in fragment);
        return FragmentOutcome.Completed;
    }

    /// <summary>Gives up datagrams that waited too long: at most two, so that no packet pays for many.</summary>
    public void Expire(long now)
    {
        for (var i = 0; i < 2 && NextExpiry < now; i++)
        {
            GiveUp(_datagrams.Oldest, IncompleteReason.FragmentTimeout);
        }
    }

    /// <summary>Gives up everything.</summary>
    public void Finish()
    {
        while (_datagrams.Oldest >= 0)
        {
            GiveUp(_datagrams.Oldest, IncompleteReason.FragmentUnfinished);
        }
    }

    // The index of the datagram that collects the fragment; -1 if none does, and why.
    private int FindOpen(in FlowKey key, scoped in Fragment fragment, long now, out FragmentOutcome outcome)
    {
        outcome = FragmentOutcome.Held;
        var index = _datagrams.Find(in key);
        if (index >= 0 && now - _datagrams.TimeOf(index) > _timeout)
        {
            GiveUp(index, IncompleteReason.FragmentTimeout);
            index = -1;
        }

        if (index < 0)
        {
            return Open(in key, now);
        }

        ref var entry = ref _datagrams[index];
        switch (entry.State)
        {
            case FragmentedDatagramState.Open:
                return index;
            case FragmentedDatagramState.Refused:
                outcome = FragmentOutcome.Overlapping;
                return -1;
            case FragmentedDatagramState.Dismissed when fragment.Offset != 0 || fragment.IsOfNoInterest:
                outcome = FragmentOutcome.Dismissed;
                return -1;
            case FragmentedDatagramState.Cut when fragment.Offset != 0:
                outcome = FragmentOutcome.AfterCut;
                return -1;
            case FragmentedDatagramState.Completed or FragmentedDatagramState.Cut
                when fragment.Offset == entry.CompletingOffset && PayloadHash.Of(fragment.Payload) == entry.CompletingHash:
                outcome = FragmentOutcome.Duplicate;
                return -1;
            default:
                // The identification is in use again.
                _datagrams.Remove(index);
                return Open(in key, now);
        }
    }

    private int Open(in FlowKey key, long now)
    {
        if (_datagrams.IsFull)
        {
            Evict(-1);
        }

        return _datagrams.Add(in key, now);
    }

    private FragmentOutcome Insert(int index, scoped in Fragment fragment)
    {
        while (_blocks.Available < FragmentedDatagram.MaximumBlocks)
        {
            Evict(index);
        }

        ref var entry = ref _datagrams[index];
        if (entry.HasLast ? fragment.End > entry.Length || (!fragment.HasMore && fragment.End != entry.Length)
            : !fragment.HasMore && fragment.End < entry.End)
        {
            return FragmentOutcome.Bad;
        }

        if (fragment.IsIpv6 && AnyArrived(ref entry, fragment.Offset, fragment.End))
        {
            if (!IsExactCopy(ref entry, fragment.Offset, fragment.End))
            {
                return FragmentOutcome.Overlapping;
            }

            // RFC 8200 §4.5 lets a receiver drop a copy unread. Receivers do, even if only its place is the same.
            if (!HasSameBytes(ref entry, fragment.Offset, fragment.Payload))
            {
                entry.HasOverlap = true;
                _counters.OverlapsWithDifferentBytes++;
            }

            return FragmentOutcome.Duplicate;
        }

        var fresh = Store(ref entry, fragment.Offset, fragment.Payload, out var isDifferent);
        if (isDifferent)
        {
            entry.HasOverlap = true;
            _counters.OverlapsWithDifferentBytes++;
        }

        if (fresh == 0 && !fragment.Payload.IsEmpty && (fragment.HasMore || entry.HasLast))
        {
            return FragmentOutcome.Duplicate;
        }

        if (!fragment.HasMore)
        {
            entry.HasLast = true;
            entry.Length = fragment.End;
        }

        if (fragment.Offset == 0 && !entry.HasFirst)
        {
            entry.HasFirst = true;
            entry.Protocol = fragment.Protocol;
        }

        entry.End = Math.Max(entry.End, fragment.End);
        entry.Units += fresh;
        return FragmentOutcome.Held;
    }

    // Copies the units that are not there yet; returns how many.
    private int Store(ref FragmentedDatagram entry, int offset, ReadOnlySpan<byte> payload, out bool isDifferent)
    {
        isDifferent = false;
        var fresh = 0;
        var starts = 1;
        while (!payload.IsEmpty)
        {
            var start = offset % DataLength;
            var part = payload[..Math.Min(payload.Length, DataLength - start)];
            var block = BlockOf(ref entry, offset / DataLength);
            var data = block[start..];
            var arrived = MapOf(block, 0);
            var first = start / UnitLength;
            MapOf(block, 1).Mark(first, first + starts);
            starts = 0;
            var end = (start + part.Length + UnitLength - 1) / UnitLength;
            for (var unit = first; unit < end;)
            {
                var missing = arrived.NextUnmarked(unit, end);
                isDifferent |= !SameBytes(data, part, unit - first, missing - first);
                unit = arrived.NextMarked(missing, end);
                Part(part, missing - first, unit - first).CopyTo(data[((missing - first) * UnitLength)..]);
                arrived.Mark(missing, unit);
                fresh += unit - missing;
            }

            payload = payload[part.Length..];
            offset += part.Length;
        }

        return fresh;
    }

    private static bool SameBytes(ReadOnlySpan<byte> data, ReadOnlySpan<byte> part, int fromUnit, int toUnit)
    {
        var brought = Part(part, fromUnit, toUnit);
        return brought.SequenceEqual(data.Slice(fromUnit * UnitLength, brought.Length));
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> part, int fromUnit, int toUnit) =>
        part[Math.Min(fromUnit * UnitLength, part.Length)..Math.Min(toUnit * UnitLength, part.Length)];

    private bool AnyArrived(ref FragmentedDatagram entry, int from, int to)
    {
        for (var offset = from; offset < to; offset = (offset / DataLength + 1) * DataLength)
        {
            var number = entry.Blocks[offset / DataLength] - 1;
            if (number < 0)
            {
                continue;
            }

            var first = offset % DataLength / UnitLength;
            var end = Math.Min(UnitsPerBlock, first + ((to - offset + UnitLength - 1) / UnitLength));
            if (MapOf(_blocks[number], 0).NextMarked(first, end) < end)
            {
                return true;
            }
        }

        return false;
    }

    // A copy starts where a fragment started, and no other starts inside it. Another fragment's start, missing bytes or the end follow it.
    private bool IsExactCopy(ref FragmentedDatagram entry, int from, int to)
    {
        for (var unit = from / UnitLength; unit * UnitLength < to; unit++)
        {
            var number = entry.Blocks[unit / UnitsPerBlock] - 1;
            if (number < 0 || !IsMarked(number, 0, unit) || IsMarked(number, 1, unit) != (unit * UnitLength == from))
            {
                return false;
            }
        }

        if (to >= MaximumDatagramLength || (entry.HasLast && to == entry.Length))
        {
            return true;
        }

        var next = to / UnitLength;
        var following = entry.Blocks[next / UnitsPerBlock] - 1;
        return following < 0 || !IsMarked(following, 0, next) || IsMarked(following, 1, next);
    }

    // Of bytes that have all arrived.
    private bool HasSameBytes(ref FragmentedDatagram entry, int offset, ReadOnlySpan<byte> payload)
    {
        while (!payload.IsEmpty)
        {
            var start = offset % DataLength;
            var length = Math.Min(payload.Length, DataLength - start);
            if (!payload[..length].SequenceEqual(_blocks[entry.Blocks[offset / DataLength] - 1].Slice(start, length)))
            {
                return false;
            }

            payload = payload[length..];
            offset += length;
        }

        return true;
    }

    private bool IsMarked(int block, int map, int unit)
    {
        var place = unit % UnitsPerBlock;
        return MapOf(_blocks[block], map).NextMarked(place, place + 1) == place;
    }

    private Span<byte> BlockOf(ref FragmentedDatagram entry, int place)
    {
        ref var number = ref entry.Blocks[place];
        if (number == 0)
        {
            number = _blocks.Rent() + 1;
            _blocks[number - 1][DataLength..].Clear();
        }

        return _blocks[number - 1];
    }

    private static ArrivalMap MapOf(Span<byte> block, int map) =>
        new(MemoryMarshal.Cast<byte, ulong>(block.Slice(DataLength + (map * MapLength), MapLength)));

    private ReassembledDatagram Complete(ref FragmentedDatagram entry, scoped in Fragment fragment)
    {
        EnsureRoom();
        for (var offset = 0; offset < entry.Length; offset += DataLength)
        {
            var length = Math.Min(DataLength, entry.Length - offset);
            _blocks[entry.Blocks[offset / DataLength] - 1][..length].CopyTo(_assembled.AsSpan(offset));
        }

        _counters.Held -= entry.Packets;
        var datagram = new ReassembledDatagram(_assembled.AsSpan(0, entry.Length), entry.Protocol, entry.HasOverlap);
        Close(ref entry, FragmentedDatagramState.Completed);
        entry.CompletingOffset = fragment.Offset;
        entry.CompletingHash = PayloadHash.Of(fragment.Payload);
        return datagram;
    }

    // The start of a datagram, cut by the capture or before it, will never be whole: what is there of it is read at once, and counted as the one
    // message. Its other fragments are of no use, whether they came before or come later.
    private ReassembledDatagram TakeCutStart(ref FragmentedDatagram entry, scoped in Fragment fragment)
    {
        EnsureRoom();
        fragment.Payload.CopyTo(_assembled);
        _counters.GiveUp(IncompleteReason.FragmentCut, entry.Packets);
        var datagram = new ReassembledDatagram(_assembled.AsSpan(0, fragment.Payload.Length), fragment.Protocol, entry.HasOverlap);
        Close(ref entry, FragmentedDatagramState.Cut);
        entry.CompletingOffset = 0;
        entry.CompletingHash = PayloadHash.Of(fragment.Payload);
        return datagram;
    }

    private void EnsureRoom()
    {
        if (_assembled.Length == 0)
        {
            _assembled = GC.AllocateUninitializedArray<byte>(MaximumDatagramLength);
        }
    }

    private void Dismiss(ref FragmentedDatagram entry)
    {
        _counters.Held -= entry.Packets;
        _counters.Add(NotSelectedReason.OtherPort, entry.Packets);
        Close(ref entry, FragmentedDatagramState.Dismissed);
    }

    // Returns how many packets were held for it.
    private int Refuse(ref FragmentedDatagram entry)
    {
        var packets = entry.Packets;
        _counters.Held -= packets;
        Close(ref entry, FragmentedDatagramState.Refused);
        return packets;
    }

    private void Evict(int keep)
    {
        var victim = _datagrams.Oldest == keep ? _datagrams.NewerThan(keep) : _datagrams.Oldest;
        if (_datagrams[victim].State == FragmentedDatagramState.Open)
        {
            _counters.EvictedFragmentedDatagrams++;
        }

        GiveUp(victim, IncompleteReason.FragmentEvicted);
    }

    private void GiveUp(int index, IncompleteReason reason)
    {
        ref var entry = ref _datagrams[index];
        if (entry.State == FragmentedDatagramState.Open && entry.Packets > 0)
        {
            _counters.GiveUp(reason, entry.Packets);
            _counters.AddMessage(reason);
        }

        Close(ref entry, FragmentedDatagramState.Completed);
        _datagrams.Remove(index);
    }

    private void Close(ref FragmentedDatagram entry, FragmentedDatagramState state)
    {
        for (var place = 0; place < FragmentedDatagram.MaximumBlocks; place++)
        {
            if (entry.Blocks[place] != 0)
            {
                _blocks.Return(entry.Blocks[place] - 1);
            }
        }

        entry = new FragmentedDatagram { State = state };
    }
}
