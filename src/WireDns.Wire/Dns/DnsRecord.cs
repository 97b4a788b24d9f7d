namespace WireDns.Wire.Dns;

/// <summary>
/// A resource record (RFC 1035 §4.1.3): a view over the message. Names in its data were checked; the rest of the data is as the sender
/// wrote it.
/// </summary>
public readonly ref struct DnsRecord
{
    private readonly int _dataLength;

    internal DnsRecord(
        ReadOnlySpan<byte> message,
        DnsName name,
        DnsRecordType type,
        DnsClass dnsClass,
        uint timeToLive,
        DnsSection section,
        int dataOffset,
        int dataLength)
    {
        Message = message;
        Name = name;
        Type = type;
        Class = dnsClass;
        TimeToLive = timeToLive;
        Section = section;
        DataOffset = dataOffset;
        _dataLength = dataLength;
    }

    /// <summary>The owner.</summary>
    public DnsName Name { get; }

    /// <summary>The type; any value may occur.</summary>
    public DnsRecordType Type { get; }

    /// <summary>
    /// The class; any value may occur. In an OPT record the sender's UDP payload size (<see cref="DnsEdns"/>); multicast DNS uses its top
    /// bit.
    /// </summary>
    public DnsClass Class { get; }

    /// <summary>Seconds that the record may be kept, as sent. In an OPT record extended response code, version and flags.</summary>
    public uint TimeToLive { get; }

    /// <summary>The section that the record stands in.</summary>
    public DnsSection Section { get; }

    /// <summary>Where the data starts, in bytes from the start of the message.</summary>
    public int DataOffset { get; }

    /// <summary>The data as it stands; 0 to 65,535 bytes. Names in it may be compressed.</summary>
    public ReadOnlySpan<byte> Data => Message.Slice(DataOffset, _dataLength);

    /// <summary>The whole message, which compressed names in the data point into.</summary>
    public ReadOnlySpan<byte> Message { get; }

    /// <summary>The names in the data, in their order, for the types that have some at a known place.</summary>
    public DnsRecordDataNames DataNames => new(this);
}
