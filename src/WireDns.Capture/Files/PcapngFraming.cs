using System.Buffers.Binary;
using System.Runtime.InteropServices;
using WireDns.Wire;

namespace WireDns.Capture.Files;

/// <summary>
/// The blocks of a pcapng file (draft-ietf-opsawg-pcapng): any number of sections, each in its own byte order and with
/// its own interfaces. Packets are in Enhanced, Simple and (obsolete) Packet Blocks; everything else is skipped by its
/// length.
/// </summary>
internal sealed class PcapngFraming : PacketFraming
{
    /// <summary>The same value in both byte orders.</summary>
    public const uint SectionHeaderType = 0x0a0d0d0a;

    private const uint ByteOrderMagic = 0x1a2b3c4d;

    private const uint InterfaceDescriptionType = 1;
    private const uint PacketType = 2;
    private const uint SimplePacketType = 3;
    private const uint EnhancedPacketType = 6;

    // Type and length come first, the length again at the end.
    private const int BlockHeaderLength = 8;
    private const int BlockTrailerLength = 4;
    private const int MinimumBlockLength = BlockHeaderLength + BlockTrailerLength;

    // The section header's length cannot be read before its byte order is known, which comes after it.
    private const int SectionHeaderPrefix = 12;

    // §4.1: type, length, byte-order magic, version, section length, trailer.
    private const int MinimumSectionHeaderLength = 28;

    // The longest block that must be seen as a whole: a packet of 256 KiB with its options, generously. Others may have any length.
    private const uint MaximumBlockLength = 16 * 1024 * 1024;

    private readonly PcapngInterfaces _interfaces = new();
    private bool _swapped;

    // What is left of a block that is being skipped, without its trailer; and the trailer, if it is still to come.
    private long _toSkip;
    private uint _expectedTrailer;

    public override CaptureFormat Format => CaptureFormat.Pcapng;

    /// <summary>Whether these are the first bytes of a file of this format.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> start) =>
        MemoryMarshal.TryRead(start, out uint type) && type == SectionHeaderType;

    public override int Parse(PacketBatch batch, int start, int end)
    {
        var buffer = batch.Buffer.AsSpan(0, end);
        var position = start;
        while (TrySkip(buffer, ref position) && Fault is null && end - position >= BlockHeaderLength)
        {
            var window = buffer[position..];
            var type = MemoryMarshal.Read<uint>(window);
            if (type == SectionHeaderType)
            {
                if (window.Length < SectionHeaderPrefix || !TryReadByteOrder(window[BlockHeaderLength..]))
                {
                    break;
                }
            }
            else
            {
                type = ToHost(type);
            }

            var length = ToHost(MemoryMarshal.Read<uint>(window[4..]));
            if (length < MinimumBlockLength || (length & 3) != 0)
            {
                Fault = new CaptureFault($"a block of {length} bytes cannot be; the length is at least {MinimumBlockLength} and a multiple of 4");
                break;
            }

            if (!IsRead(type))
            {
                _toSkip = length - BlockTrailerLength;
                _expectedTrailer = length;
                continue;
            }

            if (length > MaximumBlockLength)
            {
                Fault = new CaptureFault($"a block of type {type} with {length} bytes; more than {MaximumBlockLength} is damage");
                break;
            }

            if (length > (uint)window.Length)
            {
                break;
            }

            if (!HasTrailer(window[((int)length - BlockTrailerLength)..], length))
            {
                break;
            }

            var body = window[BlockHeaderLength..((int)length - BlockTrailerLength)];
            switch (type)
            {
                case EnhancedPacketType or PacketType:
                    ReadTimedPacket(batch, type, body, position + BlockHeaderLength);
                    break;
                case SimplePacketType:
                    ReadSimplePacket(batch, body, position + BlockHeaderLength);
                    break;
                case InterfaceDescriptionType:
                    _interfaces.Describe(body, _swapped);
                    break;
                default:
                    ReadSectionHeader(body);
                    break;
            }

            position += (int)length;
        }

        Interfaces = _interfaces.All;
        InterfaceCount = _interfaces.Count;
        return position;
    }

    public override CaptureFault? FaultAtEnd(ReadOnlySpan<byte> rest)
    {
        if (rest.Length == 0 && _toSkip == 0 && _expectedTrailer == 0)
        {
            return null;
        }

        if (rest.Length is > 0 and < BlockHeaderLength && _expectedTrailer == 0)
        {
            return new CaptureFault($"the file ends inside a block's header, after {rest.Length} of {BlockHeaderLength} bytes");
        }

        return new CaptureFault("the file ends inside a block");
    }

    private static bool IsRead(uint type) =>
        type is EnhancedPacketType or SimplePacketType or PacketType or InterfaceDescriptionType or SectionHeaderType;

    /// <summary>Continues to skip; false if the window ends before the block does.</summary>
    private bool TrySkip(ReadOnlySpan<byte> buffer, ref int position)
    {
        if (_expectedTrailer == 0)
        {
            return true;
        }

        var skipped = (int)Math.Min(_toSkip, buffer.Length - position);
        position += skipped;
        _toSkip -= skipped;
        if (_toSkip > 0 || buffer.Length - position < BlockTrailerLength)
        {
            return false;
        }

        if (!HasTrailer(buffer[position..], _expectedTrailer))
        {
            return false;
        }

        _expectedTrailer = 0;
        position += BlockTrailerLength;
        return true;
    }

    private bool HasTrailer(ReadOnlySpan<byte> trailer, uint length)
    {
        var repeated = ToHost(MemoryMarshal.Read<uint>(trailer));
        if (repeated == length)
        {
            return true;
        }

        Fault = new CaptureFault($"a block begins with length {length} and ends with length {repeated}");
        return false;
    }

    private bool TryReadByteOrder(ReadOnlySpan<byte> source)
    {
        var magic = MemoryMarshal.Read<uint>(source);
        if (magic == ByteOrderMagic)
        {
            _swapped = false;
            return true;
        }

        if (magic == BinaryPrimitives.ReverseEndianness(ByteOrderMagic))
        {
            _swapped = true;
            return true;
        }

        Fault = new CaptureFault($"a section header with byte-order magic 0x{magic:x8}, which is that of neither order");
        return false;
    }

    // The section's length (§4.1) is not read: writers get it wrong, and the block lengths give the same answer.
    private void ReadSectionHeader(ReadOnlySpan<byte> body)
    {
        if (body.Length < MinimumSectionHeaderLength - MinimumBlockLength)
        {
            Fault = new CaptureFault($"a section header of {body.Length + MinimumBlockLength} bytes; it has {MinimumSectionHeaderLength} at least");
            return;
        }

        var major = ToHost(MemoryMarshal.Read<ushort>(body[4..]));
        var minor = ToHost(MemoryMarshal.Read<ushort>(body[6..]));

        // §4.1: the version is 1.0; 1.2 was written by mistake and means the same. Nobody can know what another major version means.
        if (major != 1)
        {
            Fault = new CaptureFault($"version {major}.{minor} of pcapng is not known (1.0 is)");
            return;
        }

        _interfaces.BeginSection();
    }

    // §4.3: interface id, time stamp (high, low), captured length, original length, packet, options. The obsolete Packet
    // Block (appendix A) differs in the interface id: 16 bits, and a drop counter of 16 bits.
    private void ReadTimedPacket(PacketBatch batch, uint type, ReadOnlySpan<byte> body, int offset)
    {
        const int Fields = 20;
        if (body.Length < Fields)
        {
            AddSkipped(batch, LinkType.BlockTooShort);
            return;
        }

        var interfaceId = type == EnhancedPacketType ? ToHost(MemoryMarshal.Read<uint>(body)) : ToHost(MemoryMarshal.Read<ushort>(body));
        var ticks = ((ulong)ToHost(MemoryMarshal.Read<uint>(body[4..])) << 32) | ToHost(MemoryMarshal.Read<uint>(body[8..]));
        var captured = ToHost(MemoryMarshal.Read<uint>(body[12..]));
        var original = ToHost(MemoryMarshal.Read<uint>(body[16..]));
        var interfaces = _interfaces.Section;
        if (interfaceId >= (uint)interfaces.Length)
        {
            AddSkipped(batch, LinkType.UnknownInterface);
            return;
        }

        ref readonly var description = ref interfaces[(int)interfaceId];
        var time = description.Scale.ToTime(ticks);
        if (captured > (uint)(body.Length - Fields))
        {
            AddSkipped(batch, LinkType.LengthBeyondBlock, description.Index, time);
            return;
        }

        Add(batch, in description, time, (int)captured, original, offset + Fields);
    }

    // §4.4: original length, packet. It is of the first interface and has no time.
    private void ReadSimplePacket(PacketBatch batch, ReadOnlySpan<byte> body, int offset)
    {
        const int Fields = 4;
        if (body.Length < Fields)
        {
            AddSkipped(batch, LinkType.BlockTooShort);
            return;
        }

        var interfaces = _interfaces.Section;
        if (interfaces.IsEmpty)
        {
            AddSkipped(batch, LinkType.UnknownInterface);
            return;
        }

        ref readonly var description = ref interfaces[0];
        var original = ToHost(MemoryMarshal.Read<uint>(body));
        var limit = description.SnapLength == 0 ? uint.MaxValue : description.SnapLength;
        var captured = (int)Math.Min(Math.Min(original, limit), (uint)(body.Length - Fields));
        Add(batch, in description, default, captured, original, offset + Fields);
    }

    private void Add(PacketBatch batch, in PcapngInterface description, PacketTime time, int captured, uint original, int offset)
    {
        PacketNumber++;
        ref var record = ref batch.Add();
        record.Offset = offset;
        record.CapturedLength = captured;
        record.OriginalLength = (int)Math.Clamp(original, (uint)captured, int.MaxValue);
        record.InterfaceIndex = description.Index;
        record.Time = time;
        record.LinkType = description.LinkType;
        record.NumberInBatch = (int)(PacketNumber - batch.NumberBase);
    }

    // A block that announced a packet and cannot be read: it has its number, no bytes, and a link type that says why.
    private void AddSkipped(PacketBatch batch, LinkType why, int interfaceIndex = Packet.NoInterface, PacketTime time = default)
    {
        PacketNumber++;
        ref var record = ref batch.Add();
        record = new PacketRecord
        {
            LinkType = why,
            InterfaceIndex = interfaceIndex,
            Time = time,
            NumberInBatch = (int)(PacketNumber - batch.NumberBase),
        };
    }

    private uint ToHost(uint value) => _swapped ? BinaryPrimitives.ReverseEndianness(value) : value;

    private ushort ToHost(ushort value) => _swapped ? BinaryPrimitives.ReverseEndianness(value) : value;
}
