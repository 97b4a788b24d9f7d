using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WireDns.Wire.Dns;

/// <summary>
/// A resource record (RFC 1035 §4.1.3): a view over the message. Names in its data were checked; the rest of the data is as the sender
/// wrote it.
/// </summary>
public ref struct DnsRecord
{
    // Type, class, TTL and RDLENGTH after the name.
    private const int FixedLength = 10;

    // A pointer to the first octet after the header (RFC 1035 §4.1.4).
    private const uint FirstQuestion = 0xc000 | DnsHeader.LengthInBytes;

    private DnsName _name;
    private int _dataLength;

    /// <summary>The owner.</summary>
    [UnscopedRef]
    public readonly ref readonly DnsName Name => ref _name;

    /// <summary>The type; any value may occur.</summary>
    public DnsRecordType Type { readonly get; private set; }

    /// <summary>
    /// The class; any value may occur. In an OPT record the sender's UDP payload size (<see cref="DnsEdns"/>); in multicast DNS without its top
    /// bit, which is <see cref="FlushesCache"/>.
    /// </summary>
    public DnsClass Class { readonly get; private set; }

    /// <summary>In multicast DNS: whether the record takes the place of all others of its name, type and class (RFC 6762 §10.2).</summary>
    public bool FlushesCache { readonly get; private set; }

    /// <summary>Seconds that the record may be kept, as sent. In an OPT record extended response code, version and flags.</summary>
    public uint TimeToLive { readonly get; private set; }

    /// <summary>The section that the record is in.</summary>
    public DnsSection Section { readonly get; internal set; }

    /// <summary>Where the data starts, in bytes from the start of the message.</summary>
    public int DataOffset { readonly get; private set; }

    /// <summary>The data as it stands; 0 to 65,535 bytes. Names in it may be compressed.</summary>
    public readonly ReadOnlySpan<byte> Data => Message.Slice(DataOffset, _dataLength);

    /// <summary>Whether the data is an address: an A record of four octets or an AAAA record of sixteen.</summary>
    public readonly bool IsAddress => (Type, _dataLength) is (DnsRecordType.A, 4) or (DnsRecordType.AAAA, 16);

    /// <summary>The whole message, which compressed names in the data point into.</summary>
    public ReadOnlySpan<byte> Message { readonly get; private set; }

    /// <summary>Where the record starts, in bytes from the start of the message.</summary>
    public int Offset { readonly get; private set; }

    /// <summary>Pointers that were followed to read the record's names.</summary>
    internal int Pointers { readonly get; set; }

    /// <summary>Octets of the names in the data, after expansion.</summary>
    internal int DataNameOctets { readonly get; set; }

    /// <summary>The names in the data, in their order, for the types that have some at a known place.</summary>
    public readonly DnsRecordDataNames DataNames => new(this);

    /// <summary>Reads the class as multicast DNS has it. An OPT record has none.</summary>
    internal void TakeMulticastBit()
    {
        if (Type != DnsRecordType.OPT)
        {
            FlushesCache = ((ushort)Class & DnsMulticast.TopBit) != 0;
            Class = (DnsClass)((ushort)Class & ~DnsMulticast.TopBit);
        }
    }

    /// <summary>
    /// The end of a sound record of the usual shape, after a sound question: owned by the first question's name or by the root, with data
    /// that holds no names. -1 for any other record.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int FindPlainEnd(ReadOnlySpan<byte> message, int position)
    {
        const int LengthWithRoot = 1 + FixedLength;
        const int LengthWithPointer = sizeof(ushort) + FixedLength;

        // The shortest record has the root's single octet for a name: an empty OPT at the end of a message has 11 octets in all.
        var rest = message.Length - position;
        if (rest < LengthWithRoot)
        {
            return -1;
        }

        // No read goes past the shortest record, or with a pointer past the length that is checked for it.
        ref var record = ref Unsafe.Add(ref MemoryMarshal.GetReference(message), (nint)(uint)position);
        var start = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref record));
        DnsRecordType type;
        int end;
        if (start >> 16 == FirstQuestion && rest >= LengthWithPointer)
        {
            type = (DnsRecordType)(ushort)start;
            end = position + LengthWithPointer + ReadDataLength(ref record, LengthWithPointer);
        }
        else if (start >> 24 == 0)
        {
            type = (DnsRecordType)(ushort)(start >> 8);
            end = position + LengthWithRoot + ReadDataLength(ref record, LengthWithRoot);
        }
        else
        {
            return -1;
        }

        return DnsRecordDataNames.AreAbsent(type) && end <= message.Length ? end : -1;
    }

    /// <summary>The end of an address (A or AAAA) of the first question's name, as <see cref="FindPlainEnd"/> finds it; -1 for any other record.</summary>
    internal static int FindPlainAddressEnd(ReadOnlySpan<byte> message, int position)
    {
        const int DataOffset = sizeof(ushort) + FixedLength;
        if (message.Length - position < DataOffset)
        {
            return -1;
        }

        ref var record = ref Unsafe.Add(ref MemoryMarshal.GetReference(message), (nint)(uint)position);
        var start = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref record));
        var length = ReadDataLength(ref record, DataOffset);
        var isAddress = start >> 16 == FirstQuestion && ((DnsRecordType)(ushort)start, length) is (DnsRecordType.A, 4) or (DnsRecordType.AAAA, 16);
        return isAddress && message.Length - position >= DataOffset + length ? position + DataOffset + length : -1;
    }

    // RDLENGTH is the last field before the data.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadDataLength(ref byte record, int dataOffset) =>
        (Unsafe.Add(ref record, dataOffset - 2) << 8) | Unsafe.Add(ref record, dataOffset - 1);

    /// <summary>The end of any record; -1 if it is not sound. Adds the pointers in its names.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static int FindEnd(ReadOnlySpan<byte> message, int position, ref int pointers)
    {
        var error = Read(message, position, out var record, out var end);
        pointers += record.Pointers;
        return error == DnsError.None ? end : -1;
    }

    /// <summary>Reads the record at <paramref name="offset"/> and checks the names in its data. It is filled in place.</summary>
    internal static DnsError Read(ReadOnlySpan<byte> message, int offset, out DnsRecord record, out int next)
    {
        record = default;
        var error = DnsName.Read(message, offset, message.Length, out record._name, out next);
        if (!error.IsReadable())
        {
            return offset == message.Length ? DnsError.RecordMissing : error;
        }

        if (message.Length - next < FixedLength)
        {
            next = message.Length;
            return DnsError.RecordCut;
        }

        var fixedPart = message.Slice(next, FixedLength);
        var length = BinaryPrimitives.ReadUInt16BigEndian(fixedPart[8..]);
        var dataOffset = next + FixedLength;
        var end = dataOffset + length;
        if (end > message.Length)
        {
            next = message.Length;
            return DnsError.RdataCut;
        }

        record.Message = message;
        record.Offset = offset;
        record.Type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(fixedPart);
        record.Class = (DnsClass)BinaryPrimitives.ReadUInt16BigEndian(fixedPart[2..]);
        record.TimeToLive = BinaryPrimitives.ReadUInt32BigEndian(fixedPart[4..]);
        record.DataOffset = dataOffset;
        record._dataLength = length;
        record.Pointers = record._name.Pointers;
        var dataError = DnsRecordDataNames.Check(message, ref record, end, out next);
        return dataError == DnsError.None ? error : dataError;
    }
}

/// <summary>The section that a record is in (RFC 1035 §4.1). RFC 2136 §2.2 has other names for them in an UPDATE.</summary>
public enum DnsSection : byte
{
    /// <summary>Answer; prerequisite in an UPDATE.</summary>
    Answer,

    /// <summary>Authority; update in an UPDATE.</summary>
    Authority,

    /// <summary>Additional.</summary>
    Additional,
}
