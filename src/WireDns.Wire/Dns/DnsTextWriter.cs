using System.Buffers.Text;
using System.Globalization;

namespace WireDns.Wire.Dns;

/// <summary>
/// Writes presentation text into a span. Once something does not fit, <see cref="IsOverflow"/> is set and the rest is dropped.
/// </summary>
internal ref struct DnsTextWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Whether something did not fit.</summary>
    public bool IsOverflow { get; private set; }

    private readonly Span<byte> Free => _destination[Length..];

    /// <summary>Goes back to an empty text.</summary>
    public void Clear()
    {
        Length = 0;
        IsOverflow = false;
    }

    public void Write(byte octet)
    {
        if (Length < _destination.Length)
        {
            _destination[Length++] = octet;
        }
        else
        {
            IsOverflow = true;
        }
    }

    public void Write(scoped ReadOnlySpan<byte> text)
    {
        if (!IsOverflow && text.TryCopyTo(Free))
        {
            Length += text.Length;
        }
        else
        {
            IsOverflow = true;
        }
    }

    /// <summary>A space, unless the text is empty.</summary>
    public void WriteSeparator()
    {
        if (Length > 0)
        {
            Write((byte)' ');
        }
    }

    public void WriteDecimal(ulong number, scoped ReadOnlySpan<char> format = default) =>
        Advance(number.TryFormat(Free, out var length, format, CultureInfo.InvariantCulture), length);

    public void WriteHex(scoped ReadOnlySpan<byte> octets) => Advance(Convert.TryToHexString(octets, Free, out var length), length);

    public void WriteBase64(scoped ReadOnlySpan<byte> octets) =>
        Advance(Base64.EncodeToUtf8(octets, Free, out _, out var length) == System.Buffers.OperationStatus.Done, length);

    /// <summary>Base 32 with the extended hex alphabet, without padding (RFC 4648 §7, RFC 5155 §3.3).</summary>
    public void WriteBase32Hex(scoped ReadOnlySpan<byte> octets)
    {
        var bits = 0;
        var bitCount = 0;
        foreach (var octet in octets)
        {
            bits = (bits << 8) | octet;
            for (bitCount += 8; bitCount >= 5;)
            {
                bitCount -= 5;
                Write("0123456789ABCDEFGHIJKLMNOPQRSTUV"u8[(bits >> bitCount) & 0x1f]);
            }

            bits &= 0x1f;
        }

        if (bitCount > 0)
        {
            Write("0123456789ABCDEFGHIJKLMNOPQRSTUV"u8[(bits << (5 - bitCount)) & 0x1f]);
        }
    }

    public void WriteName(scoped DnsName name) => Advance(name.TryWriteText(Free, out var length), length);

    public void WriteType(DnsRecordType type)
    {
        Span<byte> text = stackalloc byte[DnsMnemonics.MaximumTextLength];
        Write(text[..DnsMnemonics.Write(type, text)]);
    }

    public void WriteResponseCode(DnsResponseCode code)
    {
        Span<byte> text = stackalloc byte[DnsMnemonics.MaximumTextLength];
        Write(text[..DnsMnemonics.Write(code, text)]);
    }

    /// <summary>A character string in quotes, escaped (RFC 1035 §5.1).</summary>
    public void WriteQuoted(scoped ReadOnlySpan<byte> octets)
    {
        Write((byte)'"');
        foreach (var octet in octets)
        {
            WriteQuotedOctet(octet);
        }

        Write((byte)'"');
    }

    /// <summary>
    /// An octet within quotes: a quote or a backslash gets a backslash before it; anything but printable ASCII becomes <c>\DDD</c>.
    /// </summary>
    public void WriteQuotedOctet(byte octet)
    {
        if (octet is < 0x20 or > 0x7e)
        {
            Write((byte)'\\');
            Write((byte)('0' + (octet / 100)));
            Write((byte)('0' + (octet / 10 % 10)));
            Write((byte)('0' + (octet % 10)));
            return;
        }

        if (octet is (byte)'"' or (byte)'\\')
        {
            Write((byte)'\\');
        }

        Write(octet);
    }

    /// <summary>Dotted decimal of four octets.</summary>
    public void WriteIpv4(scoped ReadOnlySpan<byte> address)
    {
        Span<byte> text = stackalloc byte[AddressText.MaximumIpv4Length];
        Write(text[..AddressText.WriteIpv4(address, text)]);
    }

    /// <summary>The text of RFC 5952 of sixteen octets.</summary>
    public void WriteIpv6(scoped ReadOnlySpan<byte> address)
    {
        Span<byte> text = stackalloc byte[AddressText.MaximumIpv6Length];
        Write(text[..AddressText.WriteIpv6(address, text)]);
    }

    /// <summary>Seconds since 1970 as YYYYMMDDHHmmSS in UTC (RFC 4034 §3.2).</summary>
    public void WriteTime(uint seconds)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        Advance(time.TryFormat(Free, out var length, "yyyyMMddHHmmss", CultureInfo.InvariantCulture), length);
    }

    private void Advance(bool isWritten, int length)
    {
        if (isWritten && !IsOverflow)
        {
            Length += length;
        }
        else
        {
            IsOverflow = true;
        }
    }
}
