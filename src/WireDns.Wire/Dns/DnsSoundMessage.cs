using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace WireDns.Wire.Dns;

/// <summary>
/// A message of the shape that nearly all have: one question, whose name is not the root, and nothing wrong anywhere. A view over the
/// message's bytes, checked as thoroughly as <see cref="DnsMessageReader"/> checks, in a fraction of its time.
/// </summary>
public readonly ref struct DnsSoundMessage
{
    private const int QuestionOffset = DnsHeader.LengthInBytes;

    // Type and class.
    private const int QuestionFixedLength = 4;

    private readonly ReadOnlySpan<byte> _labels;
    private readonly DnsHeader _header;

    private DnsSoundMessage(ReadOnlySpan<byte> labels, uint typeAndClass, DnsHeader header)
    {
        _labels = labels;
        _header = header;
        TypeAndClass = typeAndClass;
    }

    /// <summary>The question's type in the upper 16 bits, its class in the lower ones.</summary>
    public uint TypeAndClass { get; }

    /// <summary>The header.</summary>
    [UnscopedRef]
    public ref readonly DnsHeader Header => ref _header;

    /// <summary>
    /// Looks at a message. True means that <see cref="DnsMessageReader"/> finds one question and no fault; false says nothing: ask the reader.
    /// </summary>
    /// <param name="bytes">The message, not cut; it may have any length and content.</param>
    /// <param name="message">The message, where the result is true.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DnsSoundMessage message)
    {
        message = default;
        if (!DnsHeader.TryRead(bytes, out var header) || header.QuestionCount != 1)
        {
            return false;
        }

        var length = MeasureName(bytes);
        if (length is <= 0 or >= DnsName.MaximumWireLength || bytes.Length - length < QuestionOffset + 1 + QuestionFixedLength)
        {
            return false;
        }

        var position = QuestionOffset + length + 1 + QuestionFixedLength;
        if (!AreRecordsSound(bytes, position, header.RecordCount))
        {
            return false;
        }

        var typeAndClass = BinaryPrimitives.ReadUInt32BigEndian(bytes[(QuestionOffset + length + 1)..]);
        message = new DnsSoundMessage(bytes.Slice(QuestionOffset, length), typeAndClass, header);
        return true;
    }

    /// <summary>The hash of the question's name that <see cref="DnsName.HashIgnoreCase"/> gives.</summary>
    public ulong HashName(ulong seed) => DnsNameFolding.Hash(_labels, seed);

    /// <summary>Octets of the labels of the first question's name, which is not compressed; -1 if there is no such name.</summary>
    internal static int MeasureName(ReadOnlySpan<byte> bytes)
    {
        var position = QuestionOffset;
        while ((uint)position < (uint)bytes.Length && bytes[position] is var label and <= DnsName.MaximumLabelLength)
        {
            if (label == 0)
            {
                return position - QuestionOffset;
            }

            position += label + 1;
        }

        return -1;
    }

    /// <summary>Whether a number of sound records follow each other from a position on.</summary>
    internal static bool AreRecordsSound(ReadOnlySpan<byte> bytes, int position, int count)
    {
        // So few records cannot exceed the bound on octets; a message with more goes to the reader, which counts them.
        if (count > DnsMessageReader.UncountedItems)
        {
            return false;
        }

        var pointers = 0;
        for (; count > 0; count--)
        {
            var end = DnsRecord.FindPlainEnd(bytes, position);
            position = end > 0 ? end : DnsRecord.FindEnd(bytes, position, ref pointers);
            if (position < 0)
            {
                return false;
            }
        }

        return pointers <= DnsMessageReader.MaximumPointers;
    }
}
