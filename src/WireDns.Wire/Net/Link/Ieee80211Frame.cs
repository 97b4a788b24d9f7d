using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>An IEEE 802.11 data frame (IEEE 802.11-2020 §9.2, §9.3.2). Management and control frames carry nothing to follow.</summary>
internal readonly ref struct Ieee80211Frame
{
    public const int SubframeHeaderLength = 14;

    private const int ThreeAddressesLength = 24;
    private const int FourthAddressLength = 6;
    private const byte VersionMask = 0x03;
    private const byte VersionAndTypeMask = 0x0f;
    private const byte DataType = 0x08;

    private Ieee80211Frame(ReadOnlySpan<byte> payload, bool isData, bool isProtected, bool isAggregate)
    {
        Payload = payload;
        IsData = isData;
        IsProtected = isProtected;
        IsAggregate = isAggregate;
    }

    /// <summary>The LLC header and what follows; for an aggregate (A-MSDU), its subframes.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the frame carries data.</summary>
    public bool IsData { get; }

    /// <summary>Whether the payload is encrypted (WEP, CCMP…).</summary>
    public bool IsProtected { get; }

    /// <summary>Whether the payload is a list of subframes (§9.3.2.2).</summary>
    public bool IsAggregate { get; }

    /// <summary>False where the bytes end within the header.</summary>
    /// <param name="bytes">The frame.</param>
    /// <param name="isPadded">Whether the header was padded to a multiple of 4 bytes, as a radiotap flag says.</param>
    /// <param name="frame">The frame that was read.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool isPadded, out Ieee80211Frame frame)
    {
        frame = default;
        if (bytes.Length < 2)
        {
            return false;
        }

        var control = bytes[0];
        var flags = bytes[1];
        if ((control & VersionMask) != 0 && (flags & VersionAndTypeMask) == DataType)
        {
            // Some access points hand the two bytes to their controller in reverse order. There is no version but 0.
            (control, flags) = (flags, control);
        }

        var isDataType = ((control >> 2) & 3) == 2;
        var hasNoData = (control & 0x40) != 0;
        if (!isDataType || hasNoData)
        {
            frame = new Ieee80211Frame(default, false, false, false);
            return true;
        }

        var length = ThreeAddressesLength;
        length += (flags & 3) == 3 ? FourthAddressLength : 0;
        var isAggregate = false;
        if ((control & 0x80) != 0)
        {
            if (bytes.Length < length + 2)
            {
                return false;
            }

            isAggregate = (bytes[length] & 0x80) != 0;

            // The order bit of a QoS frame says that HT control follows.
            length += (flags & 0x80) != 0 ? 6 : 2;
        }

        length = isPadded ? (length + 3) & ~3 : length;
        if (bytes.Length < length)
        {
            return false;
        }

        frame = new Ieee80211Frame(bytes[length..], true, (flags & 0x40) != 0, isAggregate);
        return true;
    }

    /// <summary>Removes the first subframe from an aggregate and gives its payload (an LLC header and what follows).</summary>
    /// <returns>False at the end, or where the rest is too short.</returns>
    public static bool TryTakeSubframe(scoped ref ReadOnlySpan<byte> aggregate, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (aggregate.Length < SubframeHeaderLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(aggregate[12..]);
        var rest = aggregate[SubframeHeaderLength..];
        payload = length < rest.Length ? rest[..length] : rest;

        // Subframes start at multiples of 4 bytes from each other.
        var padded = (SubframeHeaderLength + length + 3) & ~3;
        aggregate = padded < aggregate.Length ? aggregate[padded..] : default;
        return true;
    }
}
