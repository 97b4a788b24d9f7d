using WireDns.Detection.Messages;
using WireDns.Sigma.Correlation;
using WireDns.Wire.Net;

namespace WireDns.Detection.Lookups;

/// <summary>
/// Copies of queries that rules are evaluated on again if no response comes. Slots are reused, so nothing is allocated once there are as
/// many as the traffic needs.
/// </summary>
internal sealed class WaitingQueries
{
    // A query is rarely longer: a name of 255 octets and an OPT record. A longer one is kept up to this length, and read as cut.
    private const int MaximumLength = 512;

    // 32 MiB of messages at most.
    private const int Capacity = 65_536;

    private Slot[] _slots = new Slot[256];
    private byte[] _bytes = new byte[256 * MaximumLength];
    private int _used;
    private int _free;

    /// <summary>Whether there is no room for another query.</summary>
    public bool IsFull => _used == Capacity && _free == 0;

    /// <summary>Keeps a copy of a query. Returns its place, from 1.</summary>
    public int Add(in TransportPayload payload, PacketSource source)
    {
        var index = Take();
        ref var slot = ref _slots[index];
        slot.Origin.CopyFrom(payload.Origin);
        slot.PacketSource = source;
        slot.Length = Math.Min(payload.Data.Length, MaximumLength);
        slot.Origin.IsTruncated |= slot.Length < payload.Data.Length;
        payload.Data[..slot.Length].CopyTo(_bytes.AsSpan(index * MaximumLength));
        return index + 1;
    }

    /// <summary>The query at a place, and the source that it came from. Valid until the next <see cref="Add"/>.</summary>
    public TransportPayload Get(int place, out PacketSource source)
    {
        ref var slot = ref _slots[place - 1];
        source = slot.PacketSource!;
        return new TransportPayload(_bytes.AsSpan((place - 1) * MaximumLength, slot.Length), in slot.Origin);
    }

    /// <summary>Writes the query at a place.</summary>
    public void Write(BinaryWriter writer, int place)
    {
        ref var slot = ref _slots[place - 1];
        writer.Write(slot.Origin);
        writer.Write((ushort)slot.Length);
        writer.Write(_bytes.AsSpan((place - 1) * MaximumLength, slot.Length));
    }

    /// <summary>Takes a query that <see cref="Write"/> wrote. Returns its place, from 1; 0 if there is no room.</summary>
    /// <param name="reader">Has it.</param>
    /// <param name="source">Where packets come from.</param>
    /// <param name="interfaceOf">The index of an interface today, by its index then.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public int Read(BinaryReader reader, PacketSource source, Func<int, int> interfaceOf)
    {
        var origin = reader.ReadOrigin();
        origin.InterfaceIndex = interfaceOf(origin.InterfaceIndex);
        var length = reader.ReadUInt16();
        var message = reader.ReadBytes(length);
        return message.Length < length ? throw new FormatException("a query that is cut") : IsFull ? 0 : Add(new TransportPayload(message, in origin), source);
    }

    /// <summary>Frees a place.</summary>
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

    private struct Slot
    {
        public PayloadOrigin Origin;
        public int Length;
        public int NextFree;
        public PacketSource? PacketSource;
    }
}
