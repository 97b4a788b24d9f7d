using System.Buffers.Binary;

namespace WireDns.Wire.Dns;

/// <summary>
/// Reads rdata from front to back. A read past its end fails, gives zero or nothing, and makes all further reads fail.
/// </summary>
internal ref struct DnsRdataReader
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly int _end;
    private int _position;

    /// <summary>Reads the octets of a message from <paramref name="offset"/> to <paramref name="end"/>.</summary>
    public DnsRdataReader(ReadOnlySpan<byte> message, int offset, int end)
    {
        _message = message;
        _position = offset;
        _end = end;
    }

    /// <summary>Reads octets that are not part of a message.</summary>
    public DnsRdataReader(ReadOnlySpan<byte> octets)
        : this(octets, 0, octets.Length)
    {
    }

    /// <summary>Whether a read failed.</summary>
    public bool IsFailed { get; private set; }

    /// <summary>Unread octets; 0 after a failure.</summary>
    public readonly int Remaining => _end - _position;

    public void Fail()
    {
        IsFailed = true;
        _position = _end;
    }

    public byte ReadByte() => Read(1) is [var octet] ? octet : (byte)0;

    public ushort ReadUInt16() => Read(2) is { Length: 2 } octets ? BinaryPrimitives.ReadUInt16BigEndian(octets) : (ushort)0;

    public uint ReadUInt32() => Read(4) is { Length: 4 } octets ? BinaryPrimitives.ReadUInt32BigEndian(octets) : 0;

    public ulong ReadUInt48() => ((ulong)ReadUInt16() << 32) | ReadUInt32();

    public ulong ReadUInt64() => ((ulong)ReadUInt32() << 32) | ReadUInt32();

    /// <summary>Reads this many octets; none if fewer are left, which is a failure.</summary>
    public ReadOnlySpan<byte> Read(int length)
    {
        if (length > Remaining || IsFailed)
        {
            Fail();
            return default;
        }

        var octets = _message.Slice(_position, length);
        _position += length;
        return octets;
    }

    public ReadOnlySpan<byte> ReadRest() => Read(Remaining);

    /// <summary>A character string: a length octet and as many octets (RFC 1035 §3.3).</summary>
    public ReadOnlySpan<byte> ReadString() => Read(ReadByte());

    /// <summary>A name, which may be compressed.</summary>
    public DnsName ReadName()
    {
        if (!IsFailed && DnsName.Read(_message, _position, _end, out var name, out var next).IsReadable())
        {
            _position = next;
            return name;
        }

        Fail();
        return default;
    }

    /// <summary>
    /// A name that must not be compressed: where names repeat, a compressed one would let a short record make a long text.
    /// </summary>
    public DnsName ReadUncompressedName()
    {
        var before = _position;
        var name = ReadName();
        if (_position - before == name.WireLength)
        {
            return name;
        }

        Fail();
        return default;
    }
}
