using System.Text;
using WireDns.Alerts;
using WireDns.Detection.Messages;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Correlation;

/// <summary>
/// The last hits of one rule, with what an alert shows of them: a ring of 65,536 entries, and a ring of 4 MiB for the names. When a ring is full, the
/// oldest hits are forgotten. Both rings are allocated on demand in pieces of about 128 KiB, and are never copied; a piece of names that are all
/// forgotten is used again.
/// </summary>
internal sealed class EvidenceLog
{
    private const int Capacity = 65_536;
    private const int EntriesPerPiece = 2048;
    private const int NameBytes = 4 * 1024 * 1024;
    private const int BytesPerPiece = 128 * 1024;
    private const int AddsPerLook = 64;

    private readonly Entry[]?[] _entries = new Entry[]?[Capacity / EntriesPerPiece];
    private readonly byte[]?[] _names = new byte[]?[NameBytes / BytesPerPiece];
    private readonly Stack<byte[]> _emptyPieces = [];
    private long _next;
    private long _written;

    // The oldest hit of an earlier process that is known, where there was one.
    private long _resumed;

    // The oldest piece of names that are not all forgotten, counted from the first byte written.
    private long _firstPiece;

    /// <summary>Adds a hit.</summary>
    /// <param name="client">Who asked.</param>
    /// <param name="port">The client's port.</param>
    /// <param name="name">The name asked for.</param>
    /// <param name="form">How the name is written.</param>
    /// <param name="packetNumber">The packet of the message.</param>
    /// <param name="file">The file of the packet; null for an interface.</param>
    /// <returns>The hit's number, for <see cref="Find"/>.</returns>
    public long Add(NetAddress client, ushort port, ReadOnlySpan<byte> name, NameForm form, long packetNumber, string? file)
    {
        // The oldest hit is no longer in any cache, so it is looked at now and then.
        if (_next % AddsPerLook == 0)
        {
            EmptyPieces();
        }

        ref var entry = ref At(_next);
        entry.Client = client;
        entry.Port = port;
        entry.PacketNumber = packetNumber;
        entry.NameStart = _written;
        entry.NameLength = (ushort)name.Length;
        entry.Form = form;
        if (entry.File != (object?)file)
        {
            entry.File = file;
        }

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
        if (number < _resumed || number >= _next || _next - number > Capacity)
        {
            return null;
        }

        ref var entry = ref At(number);
        if (entry.NameLength > 0 && _written - entry.NameStart > NameBytes)
        {
            return null;
        }

        return new CorrelatedEvent(
            time, new AlertEndpoint(entry.Client.ToString(), entry.Port), TextOf(entry.Form, NameOf(entry)),
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
        _resumed = 0;
        _written = 0;
        _firstPiece = 0;
    }

    /// <summary>Writes hits, oldest first, until there are no more or the writer is long enough.</summary>
    /// <param name="writer">Takes them: how many there are comes last.</param>
    /// <param name="from">The number of the first; then of the one to go on with.</param>
    /// <param name="length">No further hit begins past this position.</param>
    /// <returns>How many were written.</returns>
    public int Write(BinaryWriter writer, ref long from, long length)
    {
        var count = 0;
        for (from = Math.Max(from, Oldest); from < _next && writer.BaseStream.Position < length; from++, count++)
        {
            ref var entry = ref At(from);
            writer.Write(entry.Client);
            writer.Write(entry.Port);
            writer.Write(entry.PacketNumber);
            writer.Write(entry.File ?? "");
            writer.Write((byte)entry.Form);
            writer.Write(entry.NameLength);
            writer.Write(NameOf(entry));
        }

        return count;
    }

    /// <summary>Takes hits that <see cref="Write"/> wrote, after those that were taken before.</summary>
    /// <param name="reader">Has them.</param>
    /// <param name="from">The number of the first.</param>
    /// <param name="count">How many there are.</param>
    /// <exception cref="FormatException">They are something else.</exception>
    public void Read(BinaryReader reader, long from, int count)
    {
        if (from != _next)
        {
            if (from < _next)
            {
                throw new FormatException("hits that are there already");
            }

            Clear();
            _next = _resumed = from;
        }

        for (var i = 0; i < count; i++)
        {
            var client = reader.ReadAddress();
            var port = reader.ReadUInt16();
            var packet = reader.ReadInt64();
            var file = reader.ReadString();
            var form = (NameForm)reader.ReadByte();
            var length = reader.ReadUInt16();
            var name = reader.ReadBytes(length);
            if (form > NameForm.Text || name.Length < length)
            {
                throw new FormatException("a name out of range");
            }

            Add(client, port, name, form, packet, file.Length == 0 ? null : file);
        }
    }

    /// <summary>The number that the next hit gets.</summary>
    public long Next => _next;

    /// <summary>The number of the oldest hit that is known.</summary>
    private long Oldest
    {
        get
        {
            var oldest = Math.Max(_resumed, _next - Capacity);
            while (oldest < _next && At(oldest).NameLength > 0 && _written - At(oldest).NameStart > NameBytes)
            {
                oldest++;
            }

            return oldest;
        }
    }

    private ref Entry At(long number)
    {
        var place = (int)(number & (Capacity - 1));
        var piece = _entries[place / EntriesPerPiece] ?? AddPiece(place / EntriesPerPiece);
        return ref piece[place % EntriesPerPiece];
    }

    private Entry[] AddPiece(int index) => _entries[index] = new Entry[EntriesPerPiece];

    /// <summary>Takes back the pieces before the name of the oldest hit that is kept once another is added.</summary>
    private void EmptyPieces()
    {
        var oldest = _next + 1 - Capacity;
        var kept = oldest > 0 ? At(oldest).NameStart / BytesPerPiece : 0;

        // A piece of a long name ago may have been written over already.
        _firstPiece = Math.Max(_firstPiece, (_written / BytesPerPiece) + 1 - _names.Length);
        for (; _firstPiece < kept; _firstPiece++)
        {
            ref var piece = ref _names[_firstPiece % _names.Length];
            if (piece is not null)
            {
                _emptyPieces.Push(piece);
                piece = null;
            }
        }
    }

    /// <summary>The bytes of names from an offset to the end of its piece.</summary>
    private Span<byte> NamePiece(long start)
    {
        var place = (int)(start & (NameBytes - 1));
        return (_names[place / BytesPerPiece] ?? AddNames(place / BytesPerPiece)).AsSpan(place % BytesPerPiece);
    }

    private byte[] AddNames(int index) => _names[index] = _emptyPieces.TryPop(out var empty) ? empty : new byte[BytesPerPiece];

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

    private static string? TextOf(NameForm form, byte[] name)
    {
        if (form != NameForm.Wire)
        {
            return form == NameForm.None ? null : Encoding.UTF8.GetString(name);
        }

        DnsName.TryRead(name, 0, out var read, out _, out _);
        return read.ToString();
    }

    private struct Entry
    {
        public NetAddress Client;
        public ushort Port;
        public ushort NameLength;
        public NameForm Form;
        public long PacketNumber;
        public string? File;
        public long NameStart;
    }
}

/// <summary>How a name is kept until an alert shows it.</summary>
internal enum NameForm : byte
{
    /// <summary>There is no name.</summary>
    None,

    /// <summary>As on the wire, without compression (RFC 1035 §3.1).</summary>
    Wire,

    /// <summary>As the text that rules see.</summary>
    Text,
}
