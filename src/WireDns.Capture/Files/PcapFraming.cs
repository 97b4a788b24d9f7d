using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using WireDns.Wire;

namespace WireDns.Capture.Files;

/// <summary>
/// The records of a classic capture file (draft-ietf-opsawg-pcap): microseconds or nanoseconds, either byte order, the
/// format as modified by Kuznetzov, the lcap files of Ixia, and the length order of versions before 2.4.
/// </summary>
internal sealed class PcapFraming : PacketFraming
{
    private const uint MicrosecondMagic = 0xa1b2c3d4;
    private const uint NanosecondMagic = 0xa1b23c4d;
    private const uint KuznetzovMagic = 0xa1b2cd34;
    private const uint IxiaHardwareMagic = 0x1c0001ac;
    private const uint IxiaSoftwareMagic = 0x1c0001ab;

    private const int FileHeaderLength = 24;

    // Ixia's files state the length of all records after the header. It deserves no more trust than any such field.
    private const int IxiaFileHeaderLength = 28;

    private const int RecordHeaderLength = 16;

    // Kuznetzov's records have interface, protocol and packet type after the usual fields.
    private const int KuznetzovRecordHeaderLength = 24;

    private const uint NanosecondsPerMicrosecond = 1000;

    private readonly bool _isUsual;
    private readonly bool _swapped;
    private readonly bool _nanoseconds;
    private readonly int _recordHeaderLength;
    private readonly LengthOrder _lengthOrder;
    private readonly LinkType _linkType;

    private PcapFraming(bool swapped, uint magic, LengthOrder lengthOrder, uint snapLength, LinkType linkType)
    {
        _swapped = swapped;
        _nanoseconds = magic is NanosecondMagic or IxiaHardwareMagic;
        _recordHeaderLength = magic == KuznetzovMagic ? KuznetzovRecordHeaderLength : RecordHeaderLength;
        _lengthOrder = lengthOrder;
        _isUsual = !swapped && lengthOrder == LengthOrder.CapturedFirst && _recordHeaderLength == RecordHeaderLength;
        _linkType = linkType;
        Interfaces = [new CaptureInterface { LinkType = linkType, SnapLength = snapLength }];
        InterfaceCount = 1;
    }

    private enum LengthOrder
    {
        CapturedFirst,
        OriginalFirst,

        // Version 2.3 was written in both orders. A capture cannot have more bytes than the packet had, so the smaller one is the captured length.
        SmallerIsCaptured,
    }

    public override CaptureFormat Format => CaptureFormat.Pcap;

    /// <summary>Whether these are the first bytes of a file of this format.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> start) => TryReadMagic(start, out _, out _);

    /// <summary>Length in bytes of the file header that begins with a magic number.</summary>
    public static int HeaderLengthOf(ReadOnlySpan<byte> start) =>
        TryReadMagic(start, out var magic, out _) && magic is IxiaHardwareMagic or IxiaSoftwareMagic ? IxiaFileHeaderLength : FileHeaderLength;

    /// <summary>Reads the file header.</summary>
    /// <param name="header">The header, or all there is of it; begins with a magic number.</param>
    /// <param name="fault">What is wrong with it, if the result is null.</param>
    public static PcapFraming? Read(ReadOnlySpan<byte> header, out CaptureFault? fault)
    {
        if (!TryReadMagic(header, out var magic, out var swapped))
        {
            throw new ArgumentException("not the magic number of a classic capture file", nameof(header));
        }

        var length = HeaderLengthOf(header);
        if (header.Length < length)
        {
            fault = new CaptureFault($"the file ends inside its header, which has {length} bytes, after {header.Length}");
            return null;
        }

        var major = ReadUInt16(header[4..], swapped);
        var minor = ReadUInt16(header[6..], swapped);
        if (!TryGetLengthOrder(major, minor, out var lengthOrder))
        {
            fault = new CaptureFault($"version {major}.{minor} of the classic capture format is not known (2.0 to 2.4 are)");
            return null;
        }

        var snapLength = ReadUInt32(header[16..], swapped);

        // The upper half says how long a frame check sequence is and is not part of the type.
        var linkType = (LinkType)(ReadUInt32(header[20..], swapped) & 0xffff);
        fault = null;
        return new PcapFraming(swapped, magic, lengthOrder, snapLength, linkType);
    }

    public override int Parse(PacketBatch batch, int start, int end)
    {
        var buffer = batch.Buffer.AsSpan(0, end);
        var position = _isUsual ? ParseUsual(batch, start, end) : start;
        while (end - position >= _recordHeaderLength)
        {
            var header = MemoryMarshal.Read<RecordHeader>(buffer[position..]);
            if (_swapped)
            {
                header = header.Swap();
            }

            if (_lengthOrder != LengthOrder.CapturedFirst)
            {
                header = header.Order(_lengthOrder == LengthOrder.OriginalFirst);
            }

            if (header.CapturedLength > MaximumCapturedLength)
            {
                Fault = new CaptureFault($"the record says that {header.CapturedLength} bytes were captured; more than {MaximumCapturedLength} is damage");
                break;
            }

            var captured = (int)header.CapturedLength;
            if (captured > end - position - _recordHeaderLength)
            {
                break;
            }

            PacketNumber++;
            ref var record = ref batch.Add();
            record.Offset = position + _recordHeaderLength;
            record.CapturedLength = captured;

            // Some writers leave the original length 0 or too small; a packet was at least as long as its captured part.
            record.OriginalLength = (int)Math.Clamp(header.OriginalLength, header.CapturedLength, int.MaxValue);
            record.InterfaceIndex = 0;
            record.Time = ToTime(header.Seconds, header.Fraction);
            record.LinkType = _linkType;
            record.NumberInBatch = (int)(PacketNumber - batch.NumberBase);
            position += _recordHeaderLength + captured;
        }

        return position;
    }

    /// <summary>
    /// Adds packets as long as their records are of the form that nearly all are, and there is room for records; the general loop goes on from there.
    /// </summary>
    private int ParseUsual(PacketBatch batch, int start, int end)
    {
        var buffer = batch.Buffer.AsSpan(0, end);
        var records = batch.FreeRecords;
        var number = (int)(PacketNumber - batch.NumberBase);
        var nanosecondsPerFraction = _nanoseconds ? 1u : NanosecondsPerMicrosecond;
        var linkType = _linkType;
        var position = start;
        var added = 0;
        while (end - position >= RecordHeaderLength && added < records.Length)
        {
            // Within the window, by the condition of the loop.
            var header = Unsafe.ReadUnaligned<RecordHeader>(ref Unsafe.Add(ref MemoryMarshal.GetReference(buffer), (nint)(uint)position));
            var captured = header.CapturedLength;
            position += RecordHeaderLength;
            if (captured > MaximumCapturedLength || captured > (uint)(end - position) || header.Fraction > uint.MaxValue / NanosecondsPerMicrosecond)
            {
                position -= RecordHeaderLength;
                break;
            }

            ref var record = ref records[added++];
            record.Offset = position;
            record.CapturedLength = (int)captured;
            record.OriginalLength = (int)Math.Min(Math.Max(header.OriginalLength, captured), int.MaxValue);
            record.InterfaceIndex = 0;
            record.Time = PacketTime.FromSeconds(header.Seconds, header.Fraction * nanosecondsPerFraction);
            record.LinkType = linkType;
            record.NumberInBatch = number + added;
            position += (int)captured;
        }

        batch.AddFilled(added);
        PacketNumber += added;
        return position;
    }

    public override CaptureFault? FaultAtEnd(ReadOnlySpan<byte> rest) => rest.Length switch
    {
        0 => null,
        _ when rest.Length < _recordHeaderLength => new CaptureFault($"the file ends inside a record's header, which has {_recordHeaderLength} bytes, after {rest.Length}"),
        _ => new CaptureFault($"the file ends inside a record, {rest.Length - _recordHeaderLength} bytes after the record's header"),
    };

    private PacketTime ToTime(uint seconds, uint fraction)
    {
        if (_nanoseconds)
        {
            return PacketTime.FromSeconds(seconds, fraction);
        }

        // A fraction of more than a second carries; only one of over four seconds leaves the range of the fast path.
        return fraction <= uint.MaxValue / NanosecondsPerMicrosecond
            ? PacketTime.FromSeconds(seconds, fraction * NanosecondsPerMicrosecond)
            : PacketTime.FromNanoseconds((seconds * 1_000_000_000L) + (fraction * (long)NanosecondsPerMicrosecond));
    }

    private static bool TryReadMagic(ReadOnlySpan<byte> start, out uint magic, out bool swapped)
    {
        swapped = false;
        if (!MemoryMarshal.TryRead(start, out magic))
        {
            return false;
        }

        if (IsMagic(magic))
        {
            return true;
        }

        magic = BinaryPrimitives.ReverseEndianness(magic);
        swapped = true;
        return IsMagic(magic);
    }

    private static bool IsMagic(uint magic) =>
        magic is MicrosecondMagic or NanosecondMagic or KuznetzovMagic or IxiaHardwareMagic or IxiaSoftwareMagic;

    private static bool TryGetLengthOrder(ushort major, ushort minor, out LengthOrder order)
    {
        order = (major, minor) switch
        {
            (2, < 3) => LengthOrder.OriginalFirst,
            (2, 3) => LengthOrder.SmallerIsCaptured,

            // Written by DG/UX.
            (543, 0) => LengthOrder.OriginalFirst,
            _ => LengthOrder.CapturedFirst,
        };
        return order != LengthOrder.CapturedFirst || (major == 2 && minor == 4);
    }

    private static ushort ReadUInt16(ReadOnlySpan<byte> source, bool swapped)
    {
        var value = MemoryMarshal.Read<ushort>(source);
        return swapped ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    private static uint ReadUInt32(ReadOnlySpan<byte> source, bool swapped)
    {
        var value = MemoryMarshal.Read<uint>(source);
        return swapped ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    private readonly record struct RecordHeader(uint Seconds, uint Fraction, uint CapturedLength, uint OriginalLength)
    {
        public RecordHeader Swap() => new(
            BinaryPrimitives.ReverseEndianness(Seconds),
            BinaryPrimitives.ReverseEndianness(Fraction),
            BinaryPrimitives.ReverseEndianness(CapturedLength),
            BinaryPrimitives.ReverseEndianness(OriginalLength));

        public RecordHeader Order(bool originalFirst) => originalFirst || CapturedLength > OriginalLength
            ? this with { CapturedLength = OriginalLength, OriginalLength = CapturedLength }
            : this;
    }
}
