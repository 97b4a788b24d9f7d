using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace WireDns.Wire.Dns;

/// <summary>
/// A glance at a message: what its header and its question say if the question's name ends at the first octet that is zero. It is a
/// <see cref="DnsSoundMessage"/> if <see cref="HasSoundName"/> and <see cref="HasSoundRecords"/> are true. A caller that knows the name by its hash
/// from a sound message need not ask for the first: no other name has these octets. It refers to nothing.
/// </summary>
public readonly struct DnsGlance
{
    private const int QuestionOffset = DnsHeader.LengthInBytes;
    private const int RecordsAfterName = 1 + sizeof(uint);

    private readonly ulong _header;
    private readonly int _nameLength;
    private readonly int _records;

    private DnsGlance(ulong header, int nameLength, int records, ulong nameHash)
    {
        _header = header;
        _nameLength = nameLength;
        _records = records;
        NameHash = nameHash;
    }

    /// <summary>The hash of the name that <see cref="DnsSoundMessage.HashName"/> gives.</summary>
    public ulong NameHash { get; }

    /// <inheritdoc cref="DnsHeader.Id"/>
    public ushort Id => (ushort)(_header >> 48);

    /// <inheritdoc cref="DnsHeader.IsResponse"/>
    public bool IsResponse => (_header & (0x8000UL << 32)) != 0;

    /// <summary>Glances at a message of opcode QUERY with one question.</summary>
    /// <param name="message">The message, not cut; it may have any length and content.</param>
    /// <param name="seed">The seed of the name's hash.</param>
    /// <param name="glance">What was seen, if the result is true.</param>
    /// <returns>False if the message is another, or too short for its question.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> message, ulong seed, out DnsGlance glance)
    {
        // The opcode in the second word and QDCOUNT in the third of the four at the start.
        const ulong OpcodeAndQuestions = 0x0000_7800_ffff_0000;
        const ulong QueryWithOneQuestion = 0x0000_0000_0001_0000;
        Unsafe.SkipInit(out glance);
        var nameLength = FindZero(message);
        if ((uint)(nameLength - 1) >= DnsName.MaximumWireLength - 1 || message.Length - nameLength < QuestionOffset + RecordsAfterName)
        {
            return false;
        }

        // All reads are before the end of the question, which is within the message.
        ref var start = ref MemoryMarshal.GetReference(message);
        var header = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref start));
        if ((header & OpcodeAndQuestions) != QueryWithOneQuestion)
        {
            return false;
        }

        var others = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, 8)));
        var hash = DnsNameFolding.Hash(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref start, QuestionOffset), nameLength), seed);
        glance = new DnsGlance(header, nameLength, (int)((header & ushort.MaxValue) + (others >> 16) + (others & ushort.MaxValue)), hash);
        return true;
    }

    /// <summary>The question's type in the upper 16 bits, its class in the lower ones.</summary>
    /// <param name="message">The message that was glanced at.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint TypeAndClassIn(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32BigEndian(message[(QuestionOffset + _nameLength + 1)..]);

    /// <summary>Whether the labels of the name end where the name was taken to end.</summary>
    /// <inheritdoc cref="TypeAndClassIn"/>
    public bool HasSoundName(ReadOnlySpan<byte> message) => DnsSoundMessage.MeasureName(message) == _nameLength;

    /// <summary>
    /// Writes the name as text, with small letters in the place of capital ones. False if the labels do not end where the name was taken to end, as
    /// <see cref="HasSoundName"/> says, or if the text is not the octets themselves: where one is escaped, or where a label has 46 octets.
    /// </summary>
    /// <param name="message">The message that was glanced at.</param>
    /// <param name="destination">
    /// The text goes to octet <paramref name="offset"/> of it. The octets around the text are overwritten, sixteen before it and sixteen after it.
    /// </param>
    /// <param name="offset">At least 16.</param>
    /// <param name="length">The length of the text.</param>
    public bool TryWriteFoldedName(ReadOnlySpan<byte> message, Span<byte> destination, int offset, out int length)
    {
        length = _nameLength - 1;
        var start = QuestionOffset;
        var wire = message.Slice(start, _nameLength);
        var text = destination.Slice(offset - Vector128<byte>.Count, length + (2 * Vector128<byte>.Count));
        var special = 0;
        ref var from = ref MemoryMarshal.GetReference(message);
        ref var to = ref MemoryMarshal.GetReference(text);

        // Blocks of sixteen octets, from the end to the start. The first of them in the name may begin in the header, which is not counted.
        for (var left = _nameLength; left > 0; left -= Vector128<byte>.Count)
        {
            var position = start + left - Vector128<byte>.Count;
            var before = Math.Max(0, -position);
            var octets = Vector128.LoadUnsafe(ref from, (nuint)(uint)(position + before));
            var isPlain = Vector128.LessThanOrEqual(octets - Vector128.Create((byte)0x21), Vector128.Create((byte)(0x7e - 0x21)));
            var isSpecial = Vector128.Equals(octets, Vector128.Create((byte)'.')) | Vector128.Equals(octets, Vector128.Create((byte)'\\')) | ~isPlain;
            var counted = left >= Vector128<byte>.Count ? uint.MaxValue : uint.MaxValue << (Vector128<byte>.Count - left - before);
            counted &= (uint)ushort.MaxValue >> before;
            special += BitOperations.PopCount(isSpecial.ExtractMostSignificantBits() & counted);
            DnsNameFolding.Fold(octets).StoreUnsafe(ref to, (nuint)(uint)(left - 1 + before));
        }

        // Each length octet becomes a dot. Those that are printable themselves were not counted as special.
        var isSound = true;
        for (var label = 0; ;)
        {
            var octets = wire[label];
            special -= octets is < 0x21 or (byte)'.' ? 1 : 0;
            Unsafe.Add(ref to, (nint)(uint)(label + Vector128<byte>.Count - 1)) = (byte)'.';
            label += octets + 1;
            if (label >= wire.Length)
            {
                isSound = label == wire.Length && octets <= DnsName.MaximumLabelLength;
                break;
            }

            if (octets > DnsName.MaximumLabelLength)
            {
                return false;
            }
        }

        return isSound && special == 0;
    }

    /// <summary>Whether all records are sound.</summary>
    /// <inheritdoc cref="TypeAndClassIn"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasSoundRecords(ReadOnlySpan<byte> message) =>
        _records == 0 || DnsSoundMessage.AreRecordsSound(message, QuestionOffset + _nameLength + RecordsAfterName, _records);

    /// <summary>
    /// Whether a message asks for addresses (A or AAAA), and its answer section has nothing but such addresses that are owned by the question's name, by a pointer
    /// to it. True where that section is empty.
    /// </summary>
    /// <param name="message">A message with a sound question of which the name ends at the first octet that is zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">The message is shorter than its question.</exception>
    public static bool HasOnlyAddresses(ReadOnlySpan<byte> message)
    {
        var position = QuestionOffset + FindZero(message) + RecordsAfterName;
        var type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(message[(position - sizeof(uint))..]);
        if (type is not (DnsRecordType.A or DnsRecordType.AAAA))
        {
            return false;
        }

        // ANCOUNT is the last field of the header's first eight octets.
        for (var left = BinaryPrimitives.ReadUInt16BigEndian(message[6..]); left > 0 && position > 0; left--)
        {
            position = DnsRecord.FindPlainAddressEnd(message, position);
        }

        return position > 0;
    }

    /// <summary>Octets before the first zero octet after the header; -1 if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FindZero(ReadOnlySpan<byte> message)
    {
        var last = message.Length - Vector128<byte>.Count;
        if (last < QuestionOffset)
        {
            return message.Length > QuestionOffset ? message[QuestionOffset..].IndexOf((byte)0) : -1;
        }

        // Sixteen octets at a time. The last sixteen may overlap those before them, which hold no zero.
        ref var start = ref MemoryMarshal.GetReference(message);
        var position = QuestionOffset;
        while (true)
        {
            var zeros = Vector128.Equals(Vector128.LoadUnsafe(ref start, (nuint)(uint)position), Vector128<byte>.Zero).ExtractMostSignificantBits();
            if (zeros != 0)
            {
                return position - QuestionOffset + BitOperations.TrailingZeroCount(zeros);
            }

            if (position == last)
            {
                return -1;
            }

            position = Math.Min(position + Vector128<byte>.Count, last);
        }
    }
}
