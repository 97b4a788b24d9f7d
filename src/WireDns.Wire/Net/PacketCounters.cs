namespace WireDns.Wire.Net;

/// <summary>
/// The outcome of each packet that a <see cref="Decoding.PacketDecoder"/> was given. Every packet ends in exactly one of
/// <see cref="Selected"/>, <see cref="NotSelected"/>, <see cref="Undecodable"/> and <see cref="Incomplete"/>; until then it is
/// <see cref="Held"/>, so that the five add up to <see cref="Packets"/> after every packet.
/// </summary>
/// <remarks>Written by the decoder's thread alone. Another thread may read: each value is whole, but they are not of one moment.</remarks>
public sealed class PacketCounters
{
    private readonly long[] _notSelected = new long[Enum.GetValues<NotSelectedReason>().Length];
    private readonly long[] _undecodable = new long[Enum.GetValues<UndecodableReason>().Length];
    private readonly long[] _incomplete = new long[Enum.GetValues<IncompleteReason>().Length];
    private readonly long[] _incompleteMessages = new long[Enum.GetValues<IncompleteReason>().Length];
    private long _lastSliced;

    internal PacketCounters()
    {
    }

    /// <summary>Packets that the decoder was given.</summary>
    public long Packets { get; internal set; }

    /// <summary>Packets that held a part of a delivered payload, be it sound, malformed or cut.</summary>
    public long Selected { get; internal set; }

    /// <summary>Packets that were understood and hold no part of a selected payload.</summary>
    public long NotSelected => Sum(_notSelected);

    /// <summary>Packets that could not be decoded.</summary>
    public long Undecodable => Sum(_undecodable);

    /// <summary>Packets that were held for reassembly which never completed.</summary>
    public long Incomplete => Sum(_incomplete);

    /// <summary>Packets that are held for reassembly now; 0 after <see cref="Decoding.PacketDecoder.Finish"/> was read to its end.</summary>
    public long Held { get; internal set; }

    /// <summary>Messages known to have begun that were never completed, or that the snap length cut.</summary>
    public long IncompleteMessages => Sum(_incompleteMessages);

    /// <summary>Bytes missing from streams on selected ports: lost before the capture, or in it.</summary>
    public long LostTcpBytes { get; internal set; }

    /// <summary>Fragments and TCP segments with other bytes for a place that was already filled: two readers could see two messages.</summary>
    public long OverlapsWithDifferentBytes { get; internal set; }

    /// <summary>
    /// Selected packets with payload that repeat one of the last 10 ms in addresses, ports, IP identification, checksum, length and the
    /// payload's two ends: a mirror copies both ends of a link. They are delivered all the same.
    /// </summary>
    public long ExactDuplicatePackets { get; internal set; }

    /// <summary>
    /// Packets whose headers say that they are longer, although the capture says that they are whole: a packet broker, a cloud mirror or a
    /// tunnel's MTU has cut them. They are read as far as they go.
    /// </summary>
    public long SlicedPackets { get; internal set; }

    /// <summary>The shortest of the <see cref="SlicedPackets"/>, in bytes from the link layer on; 0 where there are none.</summary>
    public int ShortestSliceInBytes { get; private set; }

    /// <summary>The longest of the <see cref="SlicedPackets"/>, in bytes from the link layer on; 0 where there are none.</summary>
    public int LongestSliceInBytes { get; private set; }

    /// <summary>Datagrams in fragments that gave way to newer ones.</summary>
    public long EvictedFragmentedDatagrams { get; internal set; }

    /// <summary>TCP connections, or buffers of one, that gave way to newer ones.</summary>
    public long EvictedTcpConnections { get; internal set; }

    /// <summary>Packets that were not selected for this reason.</summary>
    public long Count(NotSelectedReason reason) => _notSelected[(int)reason];

    /// <summary>Packets that were undecodable for this reason.</summary>
    public long Count(UndecodableReason reason) => _undecodable[(int)reason];

    /// <summary>Packets that stayed incomplete for this reason.</summary>
    public long Count(IncompleteReason reason) => _incomplete[(int)reason];

    /// <summary>Messages that stayed incomplete for this reason.</summary>
    public long CountMessages(IncompleteReason reason) => _incompleteMessages[(int)reason];

    internal void Add(NotSelectedReason reason, int packets) => _notSelected[(int)reason] += packets;

    internal void Add(UndecodableReason reason, int packets) => _undecodable[(int)reason] += packets;

    internal void Add(IncompleteReason reason, int packets) => _incomplete[(int)reason] += packets;

    internal void AddMessage(IncompleteReason reason) => _incompleteMessages[(int)reason]++;

    /// <summary>Counts the current packet as cut before the capture; once, however many of its layers say so.</summary>
    internal void AddSliced(int lengthInBytes)
    {
        if (_lastSliced == Packets)
        {
            return;
        }

        _lastSliced = Packets;
        ShortestSliceInBytes = SlicedPackets == 0 ? lengthInBytes : Math.Min(ShortestSliceInBytes, lengthInBytes);
        LongestSliceInBytes = Math.Max(LongestSliceInBytes, lengthInBytes);
        SlicedPackets++;
    }

    internal void AddSelected(int packets) => Selected += packets;

    /// <summary>Moves packets from <see cref="Held"/> to <see cref="Selected"/>.</summary>
    internal void Select(int heldPackets)
    {
        Held -= heldPackets;
        Selected += heldPackets;
    }

    /// <summary>Moves packets from <see cref="Held"/> to <see cref="Incomplete"/>.</summary>
    internal void GiveUp(IncompleteReason reason, int heldPackets)
    {
        Held -= heldPackets;
        Add(reason, heldPackets);
    }

    private static long Sum(long[] counts)
    {
        long sum = 0;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
