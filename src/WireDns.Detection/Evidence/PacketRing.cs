using WireDns.Detection.Messages;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection.Evidence;

/// <summary>
/// The latest packets that had to do with DNS, in a bounded number of octets: the oldest give way. Found by the conversation or the datagram that they are of. Allocates
/// nothing per packet.
/// </summary>
internal sealed class PacketRing
{
    // A packet takes at least as much of an entry as of octets.
    private const int OctetsPerEntry = 128;
    private const int Buckets = 1 << 16;

    private readonly byte[] _octets;
    private readonly Entry[] _entries;
    private readonly long[] _newest = new long[2 * Buckets];
    private long _first;
    private long _next;
    private long _end; // octets ever written; a packet's place is its remainder

    /// <param name="size">The size in octets, at least 1 MiB.</param>
    public PacketRing(int size)
    {
        _octets = new byte[size];
        _entries = new Entry[size / OctetsPerEntry];
        Array.Fill(_newest, -1);
    }

    /// <summary>Serial numbers of packets from here on are at hand.</summary>
    public long First => _first;

    /// <summary>The serial number of the next packet.</summary>
    public long Next => _next;

    /// <summary>The packet with a serial number that is at hand.</summary>
    public ref readonly Entry this[long serial] => ref _entries[serial % _entries.Length];

    /// <summary>Keeps a packet. One that is larger than the ring is left out.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="origin">What the decoder knows of it.</param>
    /// <param name="identification">The IPv4 identification; 0 for IPv6.</param>
    /// <param name="segment">Its TCP data: the first sequence number, and the length in octets; 0 without any.</param>
    /// <param name="isHeld">Whether it waits for others to be put together with.</param>
    public void Add(in Packet packet, PacketSource source, in PayloadOrigin origin, ushort identification, (uint Sequence, int Length) segment, bool isHeld)
    {
        var length = packet.Data.Length;
        if (length > _octets.Length)
        {
            return;
        }

        // A packet does not reach over the end of the array: the rest stays unused.
        var place = (int)(_end % _octets.Length);
        var start = place + length > _octets.Length ? _end + _octets.Length - place : _end;
        while (_first < _next && (_next - _first == _entries.Length || start + length - this[_first].Start > _octets.Length))
        {
            _entries[_first++ % _entries.Length].Source = null;
        }

        packet.Data.CopyTo(_octets.AsSpan((int)(start % _octets.Length)));
        _end = start + length;
        ref var conversation = ref _newest[ConversationOf(origin)];
        ref var datagram = ref _newest[Buckets + DatagramOf(origin.Source, origin.Destination, identification)];
        ref var entry = ref _entries[_next % _entries.Length];
        entry = new Entry
        {
            Start = start,
            Length = length,
            OriginalLength = packet.OriginalLength,
            LinkType = packet.LinkType,
            Time = packet.Time,
            Number = packet.Number,
            InterfaceIndex = packet.InterfaceIndex,
            Source = source,
            Sender = origin.Source,
            Receiver = origin.Destination,
            SenderPort = origin.SourcePort,
            ReceiverPort = origin.DestinationPort,
            Identification = identification,
            Sequence = segment.Sequence,
            SegmentLength = segment.Length,
            IsHeld = isHeld,
            Conversation = conversation,
            Datagram = datagram,
        };
        conversation = _next;
        datagram = _next++;
    }

    /// <summary>The octets of a packet.</summary>
    public ReadOnlySpan<byte> Data(in Entry entry) => _octets.AsSpan((int)(entry.Start % _octets.Length), entry.Length);

    /// <summary>The newest packet that may be of the conversation of a payload, whichever direction it goes; below <see cref="First"/> for none.</summary>
    public long NewestOfConversation(in PayloadOrigin origin) => _newest[ConversationOf(origin)];

    /// <summary>The newest packet that may have the same identification from the same sender to the same receiver.</summary>
    public long NewestOfDatagram(in Entry entry) => _newest[Buckets + DatagramOf(entry.Sender, entry.Receiver, entry.Identification)];

    /// <summary>Forgets all packets.</summary>
    public void Clear()
    {
        while (_first < _next)
        {
            _entries[_first++ % _entries.Length].Source = null;
        }
    }

    // Sums, so that both directions come to the same.
    private static int ConversationOf(in PayloadOrigin origin) => Mix(
        (uint)HashCode.Combine(origin.Source, origin.SourcePort) + (uint)HashCode.Combine(origin.Destination, origin.DestinationPort));

    private static int DatagramOf(NetAddress sender, NetAddress receiver, ushort identification) =>
        Mix((uint)HashCode.Combine(sender, receiver, identification));

    private static int Mix(uint hash) => (int)((hash * 0x85eb_ca6bu) >> 16) & (Buckets - 1);

    /// <summary>A packet.</summary>
    internal struct Entry
    {
        public long Start;
        public int Length;
        public int OriginalLength;
        public LinkType LinkType;
        public PacketTime Time;
        public long Number;
        public int InterfaceIndex;
        public PacketSource? Source;
        public NetAddress Sender;
        public NetAddress Receiver;
        public ushort SenderPort;
        public ushort ReceiverPort;
        public ushort Identification;
        public bool IsHeld;
        public uint Sequence;
        public int SegmentLength;

        /// <summary>The packet before it in the same bucket of conversations.</summary>
        public long Conversation;

        /// <summary>The packet before it in the same bucket of datagrams.</summary>
        public long Datagram;
    }
}
