using System.Buffers.Binary;

namespace WireDns.TestTraffic.Generation;

/// <summary>Puts the headers of an IP fragment in front of its data, with the same parameters for both families.</summary>
internal static class FragmentHeader
{
    // RFC 8200 §4.5.
    private const byte NextHeaderFragment = 44;
    private const byte NextHeaderDestinationOptions = 60;
    private const int ExtensionLength = 8;

    // RFC 791 §3.1: the flag MF above a 13-bit offset. IPv6 has the flag M below the offset.
    private const ushort Ipv4MoreFragments = 0x2000;

    /// <summary>Where a fragment's data is in its frame.</summary>
    public static int DataOffset(bool ipv6, bool hasDestinationOptions = false) =>
        Frame.EthernetLength + Frame.IpLength(ipv6)
        + (ipv6 ? ExtensionLength : 0) + (ipv6 && hasDestinationOptions ? ExtensionLength : 0);

    /// <summary>
    /// Writes the headers of a fragment of UDP; returns the frame's length. Over IPv6 an empty Destination Options
    /// header may precede the Fragment header.
    /// </summary>
    /// <param name="frame">The frame, the fragment's data at <see cref="DataOffset"/>.</param>
    /// <param name="source">Who sends.</param>
    /// <param name="destination">To whom.</param>
    /// <param name="identification">The datagram's identification; of IPv4 the low 16 bits.</param>
    /// <param name="offset">The data's place in the datagram, in octets: a multiple of 8, at most 65,528.</param>
    /// <param name="moreFragments">Whether this is not the datagram's end.</param>
    /// <param name="dataLength">The data's length in octets.</param>
    /// <param name="hasDestinationOptions">See above; nothing over IPv4.</param>
    public static int Write(
        Span<byte> frame,
        in Host source,
        in Host destination,
        uint identification,
        int offset,
        bool moreFragments,
        int dataLength,
        bool hasDestinationOptions = false)
    {
        if (!source.IsIpv6)
        {
            var field = (ushort)((offset / 8) | (moreFragments ? Ipv4MoreFragments : 0));
            var start = Frame.WriteIp(frame, source, destination, Frame.Udp, dataLength, (ushort)identification, field);
            return Frame.Pad(frame, start + dataLength);
        }

        var extensions = hasDestinationOptions ? 2 * ExtensionLength : ExtensionLength;
        var first = hasDestinationOptions ? NextHeaderDestinationOptions : NextHeaderFragment;
        var position = Frame.WriteIp(frame, source, destination, first, extensions + dataLength, identification: 0);
        if (hasDestinationOptions)
        {
            // RFC 8200 §4.6: next header, no further 8 octets, a PadN option of four zeros.
            ReadOnlySpan<byte> options = [NextHeaderFragment, 0, 1, 4, 0, 0, 0, 0];
            options.CopyTo(frame[position..]);
            position += ExtensionLength;
        }

        var header = frame.Slice(position, ExtensionLength);
        header[0] = Frame.Udp;
        header[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(offset | (moreFragments ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], identification);
        return Frame.Pad(frame, position + ExtensionLength + dataLength);
    }
}
