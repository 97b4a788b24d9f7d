using System.Runtime.CompilerServices;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection;

/// <summary>
/// Copies of queries that rules are asked about again if no response comes. Slots are used again, so that nothing is allocated once there are
/// as many as the traffic needs.
/// </summary>
internal sealed class WaitingQueries
{
    // A query is seldom longer: a name of 255 octets and an OPT record. Of a longer one this much is kept, and read as cut.
    private const int MaximumLength = 512;

    // 32 MiB of messages at most.
    private const int Capacity = 65_536;

    private Slot[] _slots = new Slot[256];
    private byte[] _bytes = new byte[256 * MaximumLength];
    private int _used;
    private int _free;

    /// <summary>Whether there is no room for another query.</summary>
    public bool IsFull => _used == Capacity && _free == 0;

    /// <summary>Keeps a copy of a query. Returns where, from 1.</summary>
    public int Add(in TransportPayload payload, PacketSource source)
    {
        var index = Take();
        ref var slot = ref _slots[index];
        slot.Source = payload.Source;
        slot.Destination = payload.Destination;
        slot.SourcePort = payload.SourcePort;
        slot.DestinationPort = payload.DestinationPort;
        slot.Transport = payload.Transport;
        slot.Time = payload.Time;
        slot.PacketNumber = payload.PacketNumber;
        slot.InterfaceIndex = payload.InterfaceIndex;
        slot.HasOverlap = payload.HasOverlap;
        slot.PacketSource = source;
        slot.Length = Math.Min(payload.Data.Length, MaximumLength);
        slot.IsTruncated = payload.IsTruncated || slot.Length < payload.Data.Length;
        slot.VlanCount = Math.Min(payload.VlanIds.Length, VlanIds.Length);
        payload.VlanIds[..slot.VlanCount].CopyTo(slot.Vlans);
        slot.TunnelCount = Math.Min(payload.Tunnels.Length, Tunnels.Length);
        payload.Tunnels[..slot.TunnelCount].CopyTo(slot.TunnelStack);
        payload.Data[..slot.Length].CopyTo(_bytes.AsSpan(index * MaximumLength));
        return index + 1;
    }

    /// <summary>The query at a place, and the source that it came from. Valid until the next <see cref="Add"/>.</summary>
    public TransportPayload Get(int place, out PacketSource source)
    {
        ref var slot = ref _slots[place - 1];
        source = slot.PacketSource!;
        return new TransportPayload
        {
            Data = _bytes.AsSpan((place - 1) * MaximumLength, slot.Length),
            Transport = slot.Transport,
            Source = slot.Source,
            Destination = slot.Destination,
            SourcePort = slot.SourcePort,
            DestinationPort = slot.DestinationPort,
            Time = slot.Time,
            PacketNumber = slot.PacketNumber,
            InterfaceIndex = slot.InterfaceIndex,
            VlanIds = slot.Vlans[..slot.VlanCount],
            Tunnels = slot.TunnelStack[..slot.TunnelCount],
            IsTruncated = slot.IsTruncated,
            HasOverlap = slot.HasOverlap,
        };
    }

    /// <summary>Gives a place back.</summary>
    public void Remove(int place)
    {
        _slots[place - 1].PacketSource = null;
        _slots[place - 1].NextFree = _free;
        _free = place;
    }

    private int Take()
    {
        if (_free > 0)
        {
            var index = _free - 1;
            _free = _slots[index].NextFree;
            return index;
        }

        if (_used == _slots.Length)
        {
            Array.Resize(ref _slots, _used * 2);
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        return _used++;
    }

    [InlineArray(Length)]
    private struct VlanIds
    {
        public const int Length = 4;
        private ushort _first;
    }

    [InlineArray(Length)]
    private struct Tunnels
    {
        public const int Length = 4;
        private Tunnel _first;
    }

    private struct Slot
    {
        public NetAddress Source;
        public NetAddress Destination;
        public ushort SourcePort;
        public ushort DestinationPort;
        public Transport Transport;
        public PacketTime Time;
        public long PacketNumber;
        public int InterfaceIndex;
        public int Length;
        public int NextFree;
        public int VlanCount;
        public int TunnelCount;
        public bool IsTruncated;
        public bool HasOverlap;
        public PacketSource? PacketSource;
        public VlanIds Vlans;
        public Tunnels TunnelStack;
    }
}
