using System.Buffers.Binary;
using WireDns.Wire;

namespace WireDns.Capture.Files;

/// <summary>
/// The records of a snoop file, as Solaris writes them (RFC 1761): big endian, each padded to a multiple of 4 bytes.
/// </summary>
internal sealed class SnoopFraming : PacketFraming
{
    /// <summary>Length of the file header in bytes: identification, version, datalink type.</summary>
    public const int HeaderLength = 16;

    /// <summary>Length of the identification in bytes.</summary>
    public const int IdentificationLength = 8;

    // §4: original length, included length, record length, cumulative drops, seconds, microseconds.
    private const int RecordHeaderLength = 24;

    // The most padding, and what other writers put after the packet; a record that claims more is damaged.
    private const int MaximumTrailerLength = 4096;
    private const uint Version = 2;

    private readonly LinkType _linkType;

    private SnoopFraming(LinkType linkType)
    {
        _linkType = linkType;
        Interfaces = [new CaptureInterface { LinkType = linkType }];
        InterfaceCount = 1;
    }

    public override CaptureFormat Format => CaptureFormat.Snoop;

    /// <summary>Whether these are the first bytes of a file of this format.</summary>
    public static bool HasIdentification(ReadOnlySpan<byte> start) => start.StartsWith("snoop\0\0\0"u8);

    /// <summary>Reads the file header.</summary>
    /// <param name="header">The header, or all there is of it; begins with the identification.</param>
    /// <param name="fault">What is wrong with it, if the result is null.</param>
    public static SnoopFraming? Read(ReadOnlySpan<byte> header, out CaptureFault? fault)
    {
        if (header.Length < HeaderLength)
        {
            fault = new CaptureFault($"the file ends inside its header, which has {HeaderLength} bytes, after {header.Length}");
            return null;
        }

        var version = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        if (version != Version)
        {
            fault = new CaptureFault($"version {version} of the snoop format is not known ({Version} is)");
            return null;
        }

        fault = null;
        return new SnoopFraming(ToLinkType(BinaryPrimitives.ReadUInt32BigEndian(header[12..])));
    }

    public override int Parse(PacketBatch batch, int start, int end)
    {
        var buffer = batch.Buffer.AsSpan(0, end);
        var position = start;
        while (end - position >= RecordHeaderLength)
        {
            var header = buffer[position..];
            var original = BinaryPrimitives.ReadUInt32BigEndian(header);
            var captured = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
            var record = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
            if (captured > MaximumCapturedLength)
            {
                Fault = new CaptureFault(
                    $"the record says that {captured} bytes were captured; more than {MaximumCapturedLength} is damage");
                break;
            }

            if (record < RecordHeaderLength + captured || record > RecordHeaderLength + captured + MaximumTrailerLength)
            {
                Fault = new CaptureFault($"the record says that it has {record} bytes, of which {captured} are a packet");
                break;
            }

            if (record > end - position)
            {
                break;
            }

            Add(batch, position + RecordHeaderLength, (int)captured, original, header[16..]);
            position += (int)record;
        }

        return position;
    }

    public override CaptureFault? FaultAtEnd(ReadOnlySpan<byte> rest) => rest.Length switch
    {
        // A header alone is a cut file: its writer had a packet to write.
        0 => PacketNumber > 0 ? null : new CaptureFault("the file ends after its header, before the first packet"),
        < RecordHeaderLength => new CaptureFault(
            $"the file ends inside a record's header, which has {RecordHeaderLength} bytes, after {rest.Length}"),
        _ => new CaptureFault($"the file ends inside a record, {rest.Length - RecordHeaderLength} bytes after the record's header"),
    };

    private void Add(PacketBatch batch, int offset, int captured, uint original, ReadOnlySpan<byte> time)
    {
        PacketNumber++;
        ref var record = ref batch.Add();
        record.Offset = offset;
        record.CapturedLength = captured;
        record.OriginalLength = (int)Math.Clamp(original, (uint)captured, int.MaxValue);
        record.InterfaceIndex = 0;
        var seconds = BinaryPrimitives.ReadUInt32BigEndian(time);
        var microseconds = BinaryPrimitives.ReadUInt32BigEndian(time[4..]);
        record.Time = PacketTime.FromNanoseconds((seconds * 1_000_000_000L) + (microseconds * 1000L));
        record.LinkType = _linkType;
        record.NumberInBatch = (int)(PacketNumber - batch.NumberBase);
    }

    // The datalink types of RFC 1761 §4, and the later ones of Solaris.
    private static LinkType ToLinkType(uint datalinkType) => datalinkType switch
    {
        0 or 4 => LinkType.Ethernet,
        2 => LinkType.TokenRing,
        5 => LinkType.CiscoHdlc,
        8 => LinkType.Fddi,
        18 => LinkType.SunAtm,
        26 => LinkType.IpOverInfiniBand,
        28 => LinkType.Ipv4,
        29 => LinkType.Ipv6,
        _ => (LinkType)(-1),
    };
}
