using System.Text;
using WireDns.Alerts;
using WireDns.Wire.Net;

namespace WireDns.Detection.Correlation;

/// <summary>
/// The last hits of one rule, with what an alert shows of them: a ring of 65,536 entries, and a ring of 4 MiB for the names. When a ring is full, the
/// oldest hits are forgotten. Both rings are allocated on demand in pieces of about 128 KiB, and are never copied.
/// </summary>
internal sealed class EvidenceLog
{
    private const int Capacity = 65_536;
    private const int EntriesPerPiece = 2048;
    private const int NameBytes = 4 * 1024 * 1024;
    private const int BytesPerPiece = 128 * 1024;

    private readonly Entry[]?[] _entries = new Entry[]?[Capacity / EntriesPerPiece];
    private readonly byte[]?[] _names = new byte[]?[NameBytes / BytesPerPiece];
    private long _next;
    private long _written;

    /// <summary>Adds a hit.</summary>
    /// <returns>The hit's number, for <see cref="Find"/>.</returns>
    public long Add(NetAddress client, ushort port, ReadOnlySpan<byte> name, bool hasName, long packetNumber, string? file)
    {
        At(_next) = new Entry
        {
            Client = client,
            Port = port,
            PacketNumber = packetNumber,
            File = file,
            NameStart = _written,
            NameLength = hasName ? name.Length : -1,
        };
        while (!name.IsEmpty)
        {
            var piece = NamePiece(_written);
            var length = Math.Min(name.Length, piece.Length);
            name[..length].CopyTo(piece);
            name = name[length..];
            _written += length;
        }

        return _next++;
    }

    /// <summary>A hit as an alert shows it; null if it has been forgotten. Allocates; for alerts only.</summary>
    public CorrelatedEvent? Find(long number, long time, string? alertFile)
    {
        if (number < 0 || number >= _next || _next - number > Capacity)
        {
            return null;
        }

        ref var entry = ref At(number);
        if (entry.NameLength > 0 && _written - entry.NameStart > NameBytes)
        {
            return null;
        }

        return new CorrelatedEvent(
            time, new AlertEndpoint(entry.Client.ToString(), entry.Port), entry.NameLength < 0 ? null : Encoding.UTF8.GetString(NameOf(entry)),
            entry.PacketNumber, entry.File == alertFile ? null : entry.File);
    }

    /// <summary>Forgets all hits.</summary>
    public void Clear()
    {
        foreach (var piece in _entries)
        {
            Array.Clear(piece ?? []);
        }

        _next = 0;
        _written = 0;
    }

    private ref Entry At(long number)
    {
        var place = (int)(number & (Capacity - 1));
        return ref (_entries[place / EntriesPerPiece] ??= new Entry[EntriesPerPiece])[place % EntriesPerPiece];
    }

    /// <summary>The bytes of names from an offset to the end of its piece.</summary>
    private Span<byte> NamePiece(long start)
    {
        var place = (int)(start & (NameBytes - 1));
        return (_names[place / BytesPerPiece] ??= new byte[BytesPerPiece]).AsSpan(place % BytesPerPiece);
    }

    private byte[] NameOf(in Entry entry)
    {
        var name = new byte[entry.NameLength];
        for (var copied = 0; copied < name.Length;)
        {
            var piece = NamePiece(entry.NameStart + copied);
            var length = Math.Min(name.Length - copied, piece.Length);
            piece[..length].CopyTo(name.AsSpan(copied));
            copied += length;
        }

        return name;
    }

    private struct Entry
    {
        public NetAddress Client;
        public ushort Port;
        public long PacketNumber;
        public string? File;
        public long NameStart;
        public int NameLength;
    }
}
