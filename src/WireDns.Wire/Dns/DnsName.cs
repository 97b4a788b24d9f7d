using System.Text;

namespace WireDns.Wire.Dns;

/// <summary>
/// A domain name within a message: a view over the message's bytes, valid as long as they are. It is checked once when it is read;
/// after that no member can fail. <c>default</c> is the root.
/// </summary>
/// <remarks>
/// Compression pointers are followed anywhere after the header, as real resolvers do. One that points forward, past the run of labels that
/// it ends, is noted (<see cref="DnsError.PointerForward"/>, RFC 1035 §4.1.4), and the name is read all the same. The bounds of
/// <see cref="MaximumPointers"/> and <see cref="MaximumWireLength"/> octets end every loop.
/// </remarks>
public readonly ref struct DnsName
{
    /// <summary>The most octets of a name on the wire after expansion, its root included (RFC 1035 §2.3.4).</summary>
    public const int MaximumWireLength = 255;

    /// <summary>
    /// The most octets that <see cref="WriteText"/> writes: 255 octets have at least four labels, so 250 octets, each as <c>\DDD</c>, and three dots.
    /// </summary>
    public const int MaximumTextLength = 1003;

    /// <summary>
    /// The most pointers of one name. A useful one ends a run of labels, and a name has at most 127 labels; without a bound, pointers to
    /// pointers would cost time that grows with the square of a message's size.
    /// </summary>
    public const int MaximumPointers = 128;

    /// <summary>The most octets of a label (RFC 1035 §2.3.4).</summary>
    internal const int MaximumLabelLength = 63;

    // RFC 1035 §4.1.4: two bits that make an octet and the next a pointer.
    private const byte PointerType = 0xc0;

    private readonly ReadOnlySpan<byte> _message;

    // Bit n is set if octet n of the wire form is a label's length. Meaningful for a name of at most 64 octets in one run.
    private readonly ulong _lengthOctets;
    private readonly int _start;
    private readonly byte _labelOctets;
    private readonly byte _labelCount;
    private readonly byte _pointers;
    private readonly bool _isCompressed;

    private DnsName(
        ReadOnlySpan<byte> message, int start, int labelOctets, int labelCount, int pointers, bool isCompressed, ulong lengthOctets)
    {
        _pointers = (byte)pointers;
        _message = message;
        _start = start;
        _labelOctets = (byte)labelOctets;
        _labelCount = (byte)labelCount;
        _isCompressed = isCompressed;
        _lengthOctets = lengthOctets;
    }

    /// <summary>Whether this is the root, the name without labels.</summary>
    public bool IsRoot => _labelCount == 0;

    /// <summary>Octets on the wire after expansion, length octets and root included; 1 to 255.</summary>
    public int WireLength => _labelOctets + 1;

    /// <summary>Labels without the root; 0 to 127.</summary>
    public int LabelCount => _labelCount;

    /// <summary>Length octets of labels and labels, without the root; 0 to 254.</summary>
    internal int LabelOctets => _labelOctets;

    /// <summary>
    /// Pointers that were followed to read it; 0 to 128. A name that is only a pointer to labels in one run counts as 0: all such names
    /// together cost no more than the octets that they expand to.
    /// </summary>
    internal int Pointers => _pointers;

    /// <summary>
    /// Reads the name at <paramref name="offset"/> of <paramref name="message"/>, a whole message that begins with its header.
    /// </summary>
    /// <param name="message">The whole message.</param>
    /// <param name="offset">Where the name starts, in bytes from the start of the message; 0 or more.</param>
    /// <param name="name">The name; if it is not sound, its labels before the fault.</param>
    /// <param name="next">The offset after the name, in bytes; if the name cannot be read, where its fault is.</param>
    /// <param name="error">The fault, if there is one: a name with a forward pointer is read all the same.</param>
    /// <returns>Whether the whole name could be read.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, int offset, out DnsName name, out int next, out DnsError error)
    {
        error = Read(message, offset, message.Length, out name, out next);
        return error.IsReadable();
    }

    /// <summary>
    /// Where a name ends in the message: after its root or its first pointer, wherever that points. -1 if that cannot be told: the message
    /// ends first, or a label has a type of unknown length.
    /// </summary>
    internal static int FindEnd(ReadOnlySpan<byte> message, int offset)
    {
        while ((uint)offset < (uint)message.Length)
        {
            int length = message[offset];
            if (length > MaximumLabelLength)
            {
                return length >= PointerType && offset + 2 <= message.Length ? offset + 2 : -1;
            }

            offset += length + 1;
            if (length == 0)
            {
                return offset;
            }
        }

        return -1;
    }

    /// <summary>
    /// Reads the name at <paramref name="offset"/>. Up to its first pointer it must be before <paramref name="end"/>.
    /// </summary>
    internal static DnsError Read(ReadOnlySpan<byte> message, int offset, int end, out DnsName name, out int next)
    {
        // The usual names: labels and the root in one run, or a pointer to such a run. The general reader handles all others.
        var start = offset;
        var run = message[..end];
        if (offset + 1 < end && message[offset] >= PointerType)
        {
            var target = ((message[offset] & 0x3f) << 8) | message[offset + 1];
            if (target < offset && target >= DnsHeader.LengthInBytes)
            {
                start = target;
                run = message;
            }
        }

        var position = start;
        var labels = 0;
        ulong lengthOctets = 0;
        while ((uint)position < (uint)run.Length && position - start < MaximumWireLength)
        {
            int length = run[position];
            if (length == 0)
            {
                name = new DnsName(message, start, position - start, labels, pointers: 0, isCompressed: false, lengthOctets);
                next = start == offset ? position + 1 : offset + 2;
                return DnsError.None;
            }

            if (length > MaximumLabelLength)
            {
                break;
            }

            // The shift wraps after the 64th octet; nobody uses the bits of longer names.
            lengthOctets |= 1UL << (position - start);
            position += length + 1;
            labels++;
        }

        return ReadAny(message, offset, end, out name, out next);
    }

    private static DnsError ReadAny(ReadOnlySpan<byte> message, int offset, int end, out DnsName name, out int next)
    {
        var start = offset;
        var runStart = offset;
        var position = offset;
        var octets = 0;
        var labels = 0;
        var pointers = 0;
        var isCompressed = false;
        var isForward = false;
        ulong lengthOctets = 0;
        var error = DnsError.None;
        next = -1;
        while (error == DnsError.None)
        {
            int length = (uint)position < (uint)end ? message[position] : byte.MaxValue;
            if (length == 0)
            {
                name = new DnsName(message, start, octets, labels, pointers, isCompressed, lengthOctets);
                next = next < 0 ? position + 1 : next;
                return isForward ? DnsError.PointerForward : DnsError.None;
            }

            if (position >= end)
            {
                error = DnsError.NameCut;
            }
            else if (length > MaximumLabelLength)
            {
                error = ReadPointer(message, position, end, runStart, out var target);
                if (error == DnsError.None && ++pointers > MaximumPointers)
                {
                    error = DnsError.PointerChain;
                }

                if (error == DnsError.None)
                {
                    next = next < 0 ? position + 2 : next;
                    end = message.Length;
                    isForward |= target >= runStart;

                    // A name that begins with a pointer is the name that it points to, which usually has no pointer of its own.
                    start = labels == 0 ? target : start;
                    isCompressed |= labels > 0;
                    runStart = target;
                    position = target;
                }
            }
            else if (octets + length + 1 >= MaximumWireLength)
            {
                error = DnsError.NameTooLong;
            }
            else if (length >= end - position)
            {
                error = DnsError.NameCut;
                position = end;
            }
            else
            {
                lengthOctets |= 1UL << octets;
                octets += length + 1;
                labels++;
                position += length + 1;
            }
        }

        // The labels before the fault. They have no root in the message; nobody asks a compressed name for one.
        name = new DnsName(message, start, octets, labels, Math.Min(pointers, MaximumPointers), true, lengthOctets);
        next = position;
        return error;
    }

    private static DnsError ReadPointer(ReadOnlySpan<byte> message, int position, int end, int runStart, out int target)
    {
        target = 0;
        if (message[position] < PointerType)
        {
            return DnsError.LabelType;
        }

        if (position + 1 >= end)
        {
            return DnsError.NameCut;
        }

        target = ((message[position] & 0x3f) << 8) | message[position + 1];
        return target < DnsHeader.LengthInBytes ? DnsError.PointerIntoHeader
            : target >= message.Length ? DnsError.PointerOutside
            : target >= runStart && target <= position ? DnsError.PointerChain
            : DnsError.None;
    }

    /// <summary>The labels from the left, without the root.</summary>
    public DnsLabelEnumerator GetEnumerator() => new(_message, _start, _labelCount);

    /// <summary>
    /// Gives the name in wire form without a copy, if the message has it so: labels and root in one run, without a pointer.
    /// </summary>
    public bool TryGetWire(out ReadOnlySpan<byte> wire)
    {
        if (_isCompressed)
        {
            wire = default;
            return false;
        }

        wire = _message.IsEmpty ? [0] : _message.Slice(_start, _labelOctets + 1);
        return true;
    }

    /// <summary>Writes the name in wire form without compression, case kept, and returns its length in bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <see cref="WireLength"/>.</exception>
    public int WriteWire(Span<byte> destination)
    {
        if (TryGetWire(out var wire))
        {
            wire.CopyTo(destination);
            return wire.Length;
        }

        var position = 0;
        foreach (var label in this)
        {
            destination[position] = (byte)label.Length;
            label.CopyTo(destination[(position + 1)..]);
            position += label.Length + 1;
        }

        destination[position] = 0;
        return position + 1;
    }

    /// <summary>
    /// Writes the name as ASCII text and returns its length in bytes: labels with dots between them, case kept, no dot at the end, the
    /// root as <c>.</c>. Within labels a dot is <c>\.</c>, a backslash <c>\\</c>, an octet outside 0x21 to 0x7e <c>\DDD</c> (decimal),
    /// and any other octet itself.
    /// </summary>
    /// <param name="destination">At least <see cref="MaximumTextLength"/> bytes; bytes after the text may be overwritten.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public int WriteText(Span<byte> destination)
    {
        if (destination.Length < MaximumTextLength)
        {
            throw new ArgumentException($"shorter than {MaximumTextLength} bytes", nameof(destination));
        }

        return !_isCompressed
            && DnsNameText.TryWritePlain(_message.Slice(_start, _labelOctets), _lengthOctets, destination, out var length)
            ? length
            : DnsNameText.WriteEscaped(this, destination);
    }

    /// <summary>
    /// Writes what <see cref="WriteText"/> writes into a destination of any length; false if it is too short for the text.
    /// </summary>
    public bool TryWriteText(Span<byte> destination, out int bytesWritten)
    {
        if (destination.Length >= MaximumTextLength)
        {
            bytesWritten = WriteText(destination);
            return true;
        }

        Span<byte> text = stackalloc byte[MaximumTextLength];
        bytesWritten = WriteText(text);
        if (text[..bytesWritten].TryCopyTo(destination))
        {
            return true;
        }

        bytesWritten = 0;
        return false;
    }

    /// <summary>Whether both are the same name, without regard to the case of ASCII letters (RFC 4343).</summary>
    public bool EqualsIgnoreCase(scoped in DnsName other)
    {
        if (_labelOctets != other._labelOctets || _labelCount != other._labelCount)
        {
            return false;
        }

        if (!_isCompressed && !other._isCompressed)
        {
            return DnsNameFolding.AreEqual(
                _message.Slice(_start, _labelOctets), other._message.Slice(other._start, other._labelOctets));
        }

        Span<byte> left = stackalloc byte[MaximumWireLength];
        Span<byte> right = stackalloc byte[MaximumWireLength];
        return DnsNameFolding.AreEqual(left[..WriteWire(left)], right[..other.WriteWire(right)]);
    }

    /// <summary>
    /// A 64-bit hash that is the same for names equal under <see cref="EqualsIgnoreCase"/>. Use a secret seed where the hash picks a slot in a table.
    /// </summary>
    public ulong HashIgnoreCase(ulong seed)
    {
        if (!_isCompressed)
        {
            return DnsNameFolding.Hash(_message.Slice(_start, _labelOctets), seed);
        }

        Span<byte> wire = stackalloc byte[MaximumWireLength];
        return DnsNameFolding.Hash(wire[..(WriteWire(wire) - 1)], seed);
    }

    /// <summary>The text of <see cref="WriteText"/>. Allocates.</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaximumTextLength];
        return Encoding.ASCII.GetString(text[..WriteText(text)]);
    }
}
