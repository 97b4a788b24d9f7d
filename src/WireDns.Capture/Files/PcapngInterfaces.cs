using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using WireDns.Wire;

namespace WireDns.Capture.Files;

/// <summary>
/// The interfaces of a pcapng file. Ids start over in every section; the index of an interface in the whole file does not. If a section
/// repeats the interfaces of the one before it, as in joined files, they keep their indexes.
/// </summary>
internal sealed class PcapngInterfaces
{
    // An interface block takes 20 bytes of file and more memory here, so their number is bounded: no host has that many interfaces.
    private const int MaximumInterfaces = 65_536;

    // §4.2: link type, reserved, snap length.
    private const int FixedLength = 8;

    private const int OptionHeaderLength = 4;
    private const ushort EndOfOptions = 0;
    private const ushort NameOption = 2;
    private const ushort DescriptionOption = 3;
    private const ushort ResolutionOption = 9;
    private const ushort OffsetOption = 14;

    // Microseconds, without the option.
    private const byte DefaultResolution = 6;

    private PcapngInterface[] _section = [];
    private int _sectionCount;
    private bool _sectionIsFull;

    /// <summary>The interfaces of this section, by id.</summary>
    public ReadOnlySpan<PcapngInterface> Section => _section.AsSpan(0, _sectionCount);

    /// <summary>Every interface so far. Entries do not change; the array is replaced when it is full.</summary>
    public CaptureInterface[] All { get; private set; } = [];

    /// <summary>Number of entries in <see cref="All"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets the ids, not the interfaces.</summary>
    public void BeginSection()
    {
        _sectionCount = 0;
        _sectionIsFull = false;
    }

    /// <summary>
    /// Adds the interface of a block to the section. A block that is too short takes its id all the same, as an interface of link type -1,
    /// so that later ids stay right.
    /// </summary>
    public void Describe(ReadOnlySpan<byte> body, bool swapped)
    {
        if (_sectionIsFull)
        {
            return;
        }

        var linkType = (LinkType)(-1);
        uint snapLength = 0;
        var resolution = DefaultResolution;
        long offsetInSeconds = 0;
        string? name = null;
        string? text = null;
        if (body.Length >= FixedLength)
        {
            linkType = (LinkType)ToHost(MemoryMarshal.Read<ushort>(body), swapped);
            snapLength = ToHost(MemoryMarshal.Read<uint>(body[4..]), swapped);
            var options = body[FixedLength..];
            while (TryReadOption(ref options, swapped, out var code, out var value))
            {
                switch (code)
                {
                    case NameOption:
                        name = ToText(value);
                        break;
                    case DescriptionOption:
                        text = ToText(value);
                        break;
                    case ResolutionOption when value.Length >= 1:
                        resolution = value[0];
                        break;
                    case OffsetOption when value.Length >= 8:
                        offsetInSeconds = ToHost(MemoryMarshal.Read<long>(value), swapped);
                        break;
                }
            }
        }

        var index = IndexOf(new CaptureInterface { LinkType = linkType, Name = name, Description = text, SnapLength = snapLength });
        if (index < 0)
        {
            // Nor may a later one take this one's id.
            _sectionIsFull = true;
            return;
        }

        if (_sectionCount == _section.Length)
        {
            Array.Resize(ref _section, Math.Max(4, _section.Length * 2));
        }

        _section[_sectionCount++] = new PcapngInterface
        {
            Index = index,
            LinkType = linkType,
            SnapLength = snapLength,
            Scale = new TimestampScale(resolution, offsetInSeconds),
        };
    }

    private int IndexOf(CaptureInterface description)
    {
        if (_sectionCount < Count && All[_sectionCount] == description)
        {
            return _sectionCount;
        }

        if (Count == MaximumInterfaces)
        {
            return -1;
        }

        if (Count == All.Length)
        {
            // A copy, not a resize in place: batches that were handed out keep the array that they were filled with.
            var grown = new CaptureInterface[Math.Max(4, All.Length * 2)];
            All.CopyTo(grown, 0);
            All = grown;
        }

        All[Count] = description;
        return Count++;
    }

    // §3.5: code, length, value, padding to four bytes. An option that reaches beyond the block ends the list; those before it count.
    private static bool TryReadOption(ref ReadOnlySpan<byte> options, bool swapped, out ushort code, out ReadOnlySpan<byte> value)
    {
        value = default;
        code = EndOfOptions;
        if (options.Length < OptionHeaderLength)
        {
            return false;
        }

        code = ToHost(MemoryMarshal.Read<ushort>(options), swapped);
        int length = ToHost(MemoryMarshal.Read<ushort>(options[2..]), swapped);
        if (code == EndOfOptions || length > options.Length - OptionHeaderLength)
        {
            return false;
        }

        value = options.Slice(OptionHeaderLength, length);
        options = options[Math.Min(options.Length, OptionHeaderLength + ((length + 3) & ~3))..];
        return true;
    }

    private static string ToText(ReadOnlySpan<byte> value)
    {
        value = value[..Math.Min(value.Length, CaptureInterface.MaximumTextLength)];

        // Some writers count the terminating zero.
        var end = value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
    }

    private static ushort ToHost(ushort value, bool swapped) => swapped ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static uint ToHost(uint value, bool swapped) => swapped ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static long ToHost(long value, bool swapped) => swapped ? BinaryPrimitives.ReverseEndianness(value) : value;
}

/// <summary>What reading a packet needs of its interface.</summary>
internal readonly struct PcapngInterface
{
    /// <summary>Index in the source, over all sections.</summary>
    public required int Index { get; init; }

    public required LinkType LinkType { get; init; }

    public required uint SnapLength { get; init; }

    public required TimestampScale Scale { get; init; }
}
