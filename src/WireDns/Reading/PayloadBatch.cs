using WireDns.Capture.Files;
using WireDns.Detection.Messages;
using WireDns.Wire.Net;

namespace WireDns.Reading;

/// <summary>
/// The payloads and the undecodable packets of a batch, kept until another thread has consumed them. Its memory is reused.
/// </summary>
internal sealed class PayloadBatch
{
    private Entry[] _entries = new Entry[1024];
    private int _count;

    // Payloads that are not views of a packet: reassembled ones.
    private byte[] _copies = [];
    private int _copied;

    /// <summary>The packets that the payloads are views of.</summary>
    public PacketBatch Packets { get; } = new();

    /// <summary>Where the packets come from.</summary>
    public PacketSource Source { get; set; } = PacketSource.OfFile("");

    /// <summary>How many payloads and undecodable packets there are.</summary>
    public int Count => _count;

    /// <summary>A payload. Valid until the batch is cleared.</summary>
    public TransportPayload this[int index]
    {
        get
        {
            ref var entry = ref _entries[index];
            var bytes = entry.IsCopy ? _copies : Packets.Bytes;
            return new TransportPayload(bytes.Slice(entry.Offset, entry.Length), in entry.Origin);
        }
    }

    /// <summary>The packet at an index that could not be decoded; false where there is a payload. Valid until the batch is cleared.</summary>
    public bool TryGetUndecodable(int index, out UndecodablePacket packet)
    {
        ref var entry = ref _entries[index];
        packet = entry.IsUndecodable ? new UndecodablePacket(entry.Fault, in entry.Origin) : default;
        return entry.IsUndecodable;
    }

    /// <summary>Keeps a packet that could not be decoded.</summary>
    public void Add(in UndecodablePacket packet)
    {
        ref var entry = ref AddEntry();
        entry.Origin.CopyFrom(packet.Origin);
        entry.Fault = packet.Fault;
        entry.IsUndecodable = true;
    }

    /// <summary>Keeps a payload that the packets of <see cref="Packets"/> completed.</summary>
    public void Add(in TransportPayload payload)
    {
        ref var entry = ref AddEntry();
        entry.Origin.CopyFrom(payload.Origin);
        entry.IsUndecodable = false;
        entry.Length = payload.Data.Length;
        entry.IsCopy = payload.Data.IsEmpty || !Packets.Bytes.Overlaps(payload.Data, out entry.Offset);
        if (entry.IsCopy)
        {
            entry.Offset = Copy(payload.Data);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => (_count, _copied) = (0, 0);

    private ref Entry AddEntry()
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        return ref _entries[_count++];
    }

    private int Copy(ReadOnlySpan<byte> data)
    {
        if (data.Length > _copies.Length - _copied)
        {
            Array.Resize(ref _copies, Math.Max(_copies.Length * 2, _copied + data.Length));
        }

        var offset = _copied;
        data.CopyTo(_copies.AsSpan(offset));
        _copied += data.Length;
        return offset;
    }

    private struct Entry
    {
        public PayloadOrigin Origin;
        public int Offset;
        public int Length;
        public bool IsCopy;
        public bool IsUndecodable;
        public PacketFault Fault;
    }
}
