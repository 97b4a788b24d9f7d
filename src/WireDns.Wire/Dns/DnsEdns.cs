namespace WireDns.Wire.Dns;

/// <summary>
/// The header extension in an OPT record (RFC 6891 §6.1): a view over the record, wherever it is in the message and whatever owns it.
/// </summary>
public readonly ref struct DnsEdns
{
    private readonly DnsRecord _record;

    private DnsEdns(scoped in DnsRecord record) => _record = record;

    /// <summary>The largest UDP payload that the sender accepts, in bytes, as sent.</summary>
    public int UdpPayloadSize => (ushort)_record.Class;

    /// <summary>The upper eight bits of the response code as they stand.</summary>
    public byte ExtendedResponseCode => (byte)(_record.TimeToLive >> 24);

    /// <summary>EDNS version, 0 to 255; only 0 is defined.</summary>
    public byte Version => (byte)(_record.TimeToLive >> 16);

    /// <summary>The sixteen flag bits as they stand.</summary>
    public ushort Flags => (ushort)_record.TimeToLive;

    /// <summary>DO: the sender accepts DNSSEC records (RFC 3225).</summary>
    public bool IsDnssecOk => (Flags & 0x8000) != 0;

    /// <summary>CO: the sender accepts compact denial (RFC 9824 §5.1).</summary>
    public bool IsCompactAnswersOk => (Flags & 0x4000) != 0;

    /// <summary>The options in their order, up to the first that reaches past the record.</summary>
    public DnsEdnsOptions Options => new(_record.Data);

    /// <summary>Whether an option reaches past the record. That makes the options malformed, not the message.</summary>
    public bool AreOptionsMalformed
    {
        get
        {
            var options = Options;
            while (options.MoveNext())
            {
            }

            return options.IsMalformed;
        }
    }

    /// <summary>Gives the view of an OPT record; false for a record of another type.</summary>
    public static bool TryRead(scoped in DnsRecord record, out DnsEdns edns)
    {
        edns = record.Type == DnsRecordType.OPT ? new DnsEdns(record) : default;
        return record.Type == DnsRecordType.OPT;
    }

    /// <summary>The whole response code of twelve bits: this record's eight above the header's four.</summary>
    public DnsResponseCode GetResponseCode(DnsHeader header) =>
        (DnsResponseCode)((ExtendedResponseCode << 4) | (int)header.ResponseCode);
}
