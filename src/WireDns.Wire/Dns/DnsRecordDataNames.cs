namespace WireDns.Wire.Dns;

/// <summary>
/// Walks the names in a record's data: the targets of CNAME, NS, PTR, DNAME, MX, SRV, SVCB, HTTPS and their like, both names of SOA, RP,
/// MINFO and PX, the next name of NSEC, the signer of RRSIG, the algorithm of TSIG and TKEY. Types without names give none.
/// </summary>
/// <remarks>Use it in a <c>foreach</c>. The names were checked when the record was read.</remarks>
public ref struct DnsRecordDataNames
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly int _end;
    private int _position;
    private int _remaining;
    private DnsName _current;

    internal DnsRecordDataNames(scoped in DnsRecord record)
    {
        _message = record.Message;
        _end = record.DataOffset + record.Data.Length;
        _remaining = Locate(_message, record.Type, record.Class, record.DataOffset, _end, out _position);
    }

    /// <summary>The name that the walk stands on.</summary>
    public readonly DnsName Current => _current;

    /// <summary>The walk itself, so that it can stand in a <c>foreach</c>.</summary>
    public readonly DnsRecordDataNames GetEnumerator() => this;

    /// <summary>Moves to the next name; false if there is none.</summary>
    public bool MoveNext()
    {
        if (_remaining == 0)
        {
            return false;
        }

        _remaining--;
        return DnsName.Read(_message, _position, _end, out _current, out _position) == DnsError.None;
    }

    /// <summary>Checks the names in a record's data, which lies within the message.</summary>
    internal static DnsError Check(
        ReadOnlySpan<byte> message, DnsRecordType type, DnsClass dnsClass, int offset, int end, out int errorOffset)
    {
        var count = Locate(message, type, dnsClass, offset, end, out errorOffset);
        for (; count > 0; count--)
        {
            var error = errorOffset > end ? DnsError.NameCut : DnsName.Read(message, errorOffset, end, out _, out errorOffset);
            if (error != DnsError.None)
            {
                errorOffset = Math.Min(errorOffset, end);
                return error == DnsError.NameCut ? DnsError.RdataNameOverrun : error;
            }
        }

        return DnsError.None;
    }

    /// <summary>How many names follow each other from <paramref name="first"/> on, which may lie behind the data's end.</summary>
    private static int Locate(
        ReadOnlySpan<byte> message, DnsRecordType type, DnsClass dnsClass, int offset, int end, out int first)
    {
        first = offset;
        switch (type)
        {
            case DnsRecordType.A or DnsRecordType.AAAA or DnsRecordType.TXT or DnsRecordType.OPT:
                return 0;
            case DnsRecordType.NS or DnsRecordType.CNAME or DnsRecordType.PTR or DnsRecordType.DNAME or DnsRecordType.NSEC
                or DnsRecordType.MB or DnsRecordType.MD or DnsRecordType.MF or DnsRecordType.MG or DnsRecordType.MR
                or DnsRecordType.NSAPPTR or DnsRecordType.NXT or DnsRecordType.TSIG or DnsRecordType.TKEY:
                return CountUnlessEmpty(1, dnsClass, offset, end);
            case DnsRecordType.SOA or DnsRecordType.MINFO or DnsRecordType.RP or DnsRecordType.TALINK:
                return CountUnlessEmpty(2, dnsClass, offset, end);
            case DnsRecordType.MX or DnsRecordType.SVCB or DnsRecordType.HTTPS or DnsRecordType.KX or DnsRecordType.RT
                or DnsRecordType.AFSDB or DnsRecordType.LP:
                first = offset + 2;
                return CountUnlessEmpty(1, dnsClass, offset, end);
            case DnsRecordType.PX:
                first = offset + 2;
                return CountUnlessEmpty(2, dnsClass, offset, end);
            case DnsRecordType.DSYNC:
                first = offset + 5;
                return CountUnlessEmpty(1, dnsClass, offset, end);
            case DnsRecordType.SRV:
                first = offset + 6;
                return CountUnlessEmpty(1, dnsClass, offset, end);
            case DnsRecordType.RRSIG or DnsRecordType.SIG:
                first = offset + 18;
                return CountUnlessEmpty(1, dnsClass, offset, end);
            case DnsRecordType.NAPTR:
                // Order, preference and three strings.
                first = offset + 4;
                for (var i = 0; i < 3 && first < end; i++)
                {
                    first += message[first] + 1;
                }

                return CountUnlessEmpty(1, dnsClass, offset, end);
            default:
                return 0;
        }
    }

    // RFC 2136 §2.4 and §2.5: prerequisites and deletions have class ANY or NONE, and no data.
    private static int CountUnlessEmpty(int count, DnsClass dnsClass, int offset, int end) =>
        offset == end && dnsClass is (DnsClass.ANY or DnsClass.NONE) ? 0 : count;
}
