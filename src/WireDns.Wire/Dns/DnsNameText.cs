using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace WireDns.Wire.Dns;

/// <summary>Names as text. The rules are those of <see cref="DnsName.WriteText"/>.</summary>
internal static class DnsNameText
{
    // Text positions that the mask of length octets covers: bit 0 is the first length, which is not in the text.
    private const int MaximumMaskedTextLength = 63;

    private static readonly SearchValues<byte> PlainOctets = SearchValues.Create(
        "!\"#$%&'()*+,-/0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private static readonly SearchValues<byte> PlainOctetsAndDot = SearchValues.Create(
        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    /// <summary>
    /// Writes a name of one run without octets to escape: its wire form, with dots for the length octets between labels. False for any
    /// other name, and for one that is too short for this way.
    /// </summary>
    /// <param name="labels">The wire form without the root.</param>
    /// <param name="lengthOctets">Bit n is set where octet n of <paramref name="labels"/> is a length.</param>
    /// <param name="destination">At least as long as <paramref name="labels"/>.</param>
    /// <param name="length">Length of the text, in bytes.</param>
    public static bool TryWritePlain(ReadOnlySpan<byte> labels, ulong lengthOctets, Span<byte> destination, out int length)
    {
        // Two loads that overlap in the middle cover any length between one and two vectors, and never reach past the name.
        length = labels.Length - 1;
        var dots = lengthOctets >> 1;
        if (length is < 8 or > MaximumMaskedTextLength)
        {
            return length > MaximumMaskedTextLength && TryWriteLong(labels, destination[..length]);
        }

        var text = labels[1..];
        if (length >= Vector256<byte>.Count)
        {
            var tail = length - Vector256<byte>.Count;
            return TryReplace(Vector256.Create(text), (uint)dots, out var first)
                & TryReplace(Vector256.Create(text[tail..]), (uint)(dots >> tail), out var last)
                && Store(first, destination) && Store(last, destination[tail..]);
        }

        if (length >= Vector128<byte>.Count)
        {
            var tail = length - Vector128<byte>.Count;
            return TryReplace(Vector128.Create(text), (ushort)dots, out var first)
                & TryReplace(Vector128.Create(text[tail..]), (ushort)(dots >> tail), out var last)
                && Store(first, destination) && Store(last, destination[tail..]);
        }

        // Eight octets from either end in one vector.
        var rest = length - sizeof(ulong);
        var both = Vector128.Create(
            BinaryPrimitives.ReadUInt64LittleEndian(text), BinaryPrimitives.ReadUInt64LittleEndian(text[rest..])).AsByte();
        if (!TryReplace(both, (ushort)((byte)dots | ((uint)(byte)(dots >> rest) << 8)), out var replaced))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(destination, replaced.AsUInt64()[0]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[rest..], replaced.AsUInt64()[1]);
        return true;
    }

    // The same for a name of any length.
    private static bool TryWriteLong(ReadOnlySpan<byte> labels, Span<byte> text)
    {
        labels[1..].CopyTo(text);
        var dots = 0;
        for (int place = labels[0]; place < text.Length; place += labels[place + 1] + 1)
        {
            text[place] = (byte)'.';
            dots++;
        }

        return text.IndexOfAnyExcept(PlainOctetsAndDot) < 0 && text.Count((byte)'.') == dots;
    }

    /// <summary>Writes any name, label by label.</summary>
    public static int WriteEscaped(DnsName name, Span<byte> destination)
    {
        if (name.IsRoot)
        {
            destination[0] = (byte)'.';
            return 1;
        }

        var position = 0;
        foreach (var label in name)
        {
            if (position > 0)
            {
                destination[position++] = (byte)'.';
            }

            position += WriteLabel(label, destination[position..]);
        }

        return position;
    }

    /// <summary>Writes one label; <paramref name="destination"/> must have four bytes for each octet.</summary>
    public static int WriteLabel(ReadOnlySpan<byte> label, Span<byte> destination)
    {
        var position = 0;
        while (true)
        {
            var plain = label.IndexOfAnyExcept(PlainOctets);
            if (plain < 0)
            {
                label.CopyTo(destination[position..]);
                return position + label.Length;
            }

            label[..plain].CopyTo(destination[position..]);
            position += plain;
            label = label[plain..];

            // One by one: a search from each would take ten times as long for a name that has only such octets.
            do
            {
                position += WriteEscape(label[0], destination[position..]);
                label = label[1..];
            }
            while (!label.IsEmpty && IsEscaped(label[0]));
        }
    }

    private static bool IsEscaped(byte octet) => octet is < 0x21 or > 0x7e or (byte)'.' or (byte)'\\';

    private static int WriteEscape(byte octet, Span<byte> destination)
    {
        destination[0] = (byte)'\\';
        if (octet is (byte)'.' or (byte)'\\')
        {
            destination[1] = octet;
            return 2;
        }

        destination[1] = (byte)('0' + (octet / 100));
        destination[2] = (byte)('0' + (octet / 10 % 10));
        destination[3] = (byte)('0' + (octet % 10));
        return 4;
    }

    private static bool TryReplace(Vector128<byte> octets, ushort dots, out Vector128<byte> replaced)
    {
        // Not by a shuffle of octets, which the first x86-64 processors do not have.
        const ulong EachOctet = 0x0101_0101_0101_0101;
        var bits = Vector128.Create(1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, (byte)128);
        var spread = Vector128.Create((byte)dots * EachOctet, ((uint)dots >> 8) * EachOctet).AsByte();
        var isDot = Vector128.Equals(spread & bits, bits);
        var isSpecial = Vector128.GreaterThan(octets - Vector128.Create((byte)0x21), Vector128.Create((byte)(0x7e - 0x21)))
            | Vector128.Equals(octets, Vector128.Create((byte)'.'))
            | Vector128.Equals(octets, Vector128.Create((byte)'\\'));
        replaced = Vector128.ConditionalSelect(isDot, Vector128.Create((byte)'.'), octets);
        return Vector128.AndNot(isSpecial, isDot) == Vector128<byte>.Zero;
    }

    private static bool TryReplace(Vector256<byte> octets, uint dots, out Vector256<byte> replaced)
    {
        var isLowerSound = TryReplace(octets.GetLower(), (ushort)dots, out var lower);
        var isUpperSound = TryReplace(octets.GetUpper(), (ushort)(dots >> 16), out var upper);
        replaced = Vector256.Create(lower, upper);
        return isLowerSound & isUpperSound;
    }

    private static bool Store(Vector128<byte> vector, Span<byte> destination)
    {
        vector.CopyTo(destination);
        return true;
    }

    private static bool Store(Vector256<byte> vector, Span<byte> destination)
    {
        vector.CopyTo(destination);
        return true;
    }
}
