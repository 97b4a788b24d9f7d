using System.Buffers.Binary;

namespace WireDns.Wire.Dns;

/// <summary>
/// The records of a message that <see cref="DnsSoundMessage"/> has accepted, without their names: a view that walks over them in a fraction of the time
/// of <see cref="DnsMessageReader"/>, because nothing is left to check. On any other message it ends early, and reads nothing outside.
/// </summary>
public ref struct DnsSoundRecords
{
    // RFC 1035 §3.2.1: type, class, time to live and length of the data.
    private const int FixedLength = 10;

    private readonly ReadOnlySpan<byte> _message;
    private int _position;
    private int _left;

    /// <summary>Begins before the first record.</summary>
    /// <param name="message">The message.</param>
    public DnsSoundRecords(ReadOnlySpan<byte> message)
    {
        _message = message;
        _position = DnsName.FindEnd(message, DnsHeader.LengthInBytes) + DnsQuestion.FixedLength;
        _left = DnsHeader.TryRead(message, out var header) && _position > DnsHeader.LengthInBytes ? header.RecordCount : 0;
    }

    /// <summary>The type.</summary>
    public DnsRecordType Type { get; private set; }

    /// <summary>The class as it stands: in multicast DNS the top bit is a flag.</summary>
    public DnsClass Class { get; private set; }

    /// <summary>The time to live in seconds; in an OPT record what EDNS has there (<see cref="DnsEdns"/>).</summary>
    public uint TimeToLive { get; private set; }

    /// <summary>Where the data begins, in bytes from the start of the message.</summary>
    public int DataOffset { get; private set; }

    /// <summary>The length of the data in bytes.</summary>
    public int DataLength { get; private set; }

    /// <summary>Moves to the next record, the sections in their order.</summary>
    public bool MoveNext()
    {
        var next = _left > 0 ? DnsName.FindEnd(_message, _position) : -1;
        if (next < 0 || _message.Length - next < FixedLength)
        {
            _left = 0;
            return false;
        }

        var fixedPart = _message.Slice(next, FixedLength);
        Type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(fixedPart);
        Class = (DnsClass)BinaryPrimitives.ReadUInt16BigEndian(fixedPart[2..]);
        TimeToLive = BinaryPrimitives.ReadUInt32BigEndian(fixedPart[4..]);
        DataOffset = next + FixedLength;
        DataLength = BinaryPrimitives.ReadUInt16BigEndian(fixedPart[8..]);
        _position = DataOffset + DataLength;
        _left--;
        if (_position > _message.Length)
        {
            _left = 0;
            return false;
        }

        return true;
    }
}
