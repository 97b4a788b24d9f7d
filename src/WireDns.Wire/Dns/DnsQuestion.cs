namespace WireDns.Wire.Dns;

/// <summary>A question (RFC 1035 §4.1.2), or the zone of an UPDATE (RFC 2136 §2.3): a view over the message.</summary>
public readonly ref struct DnsQuestion
{
    internal DnsQuestion(DnsName name, DnsRecordType type, DnsClass dnsClass, int offset)
    {
        Name = name;
        Type = type;
        Class = dnsClass;
        Offset = offset;
    }

    /// <summary>The name asked for.</summary>
    public DnsName Name { get; }

    /// <summary>The type asked for; any value may occur.</summary>
    public DnsRecordType Type { get; }

    /// <summary>The class asked for; any value may occur. Multicast DNS sets its top bit (RFC 6762 §5.4).</summary>
    public DnsClass Class { get; }

    /// <summary>Where the question starts, in bytes from the start of the message.</summary>
    public int Offset { get; }
}
