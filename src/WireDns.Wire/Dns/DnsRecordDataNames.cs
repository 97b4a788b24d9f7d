using System.Runtime.CompilerServices;

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

    /// <summary>The current name.</summary>
    public readonly DnsName Current => _current;

    /// <summary>The walk itself, for <c>foreach</c>.</summary>
    public readonly DnsRecordDataNames GetEnumerator() => this;

    /// <summary>Moves to the next name; false if there is none.</summary>
    public bool MoveNext()
    {
        if (_remaining == 0)
        {
            return false;
        }

        _remaining--;
        return DnsName.Read(_message, _position, _end, out _current, out _position).IsReadable();
    }

    /// <summary>Checks the names in a record's data, which is within the message, and adds up their pointers and octets.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="record">The record.</param>
    /// <param name="end">Where the data ends.</param>
    /// <param name="next">The end of the data; if a name is not sound, where its fault is.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static DnsError Check(ReadOnlySpan<byte> message, ref DnsRecord record, int end, out int next)
    {
        // Most records: no call is needed.
        if (AreAbsent(record.Type))
        {
            next = end;
            return DnsError.None;
        }

        return CheckNames(message, ref record, end, out next);
    }

    private static DnsError CheckNames(ReadOnlySpan<byte> message, ref DnsRecord record, int end, out int next)
    {
        var count = Locate(message, record.Type, record.Class, record.DataOffset, end, out next);
        var note = DnsError.None;
        for (; count > 0; count--)
        {
            DnsName name = default;
            var error = next > end ? DnsError.NameCut : DnsName.Read(message, next, end, out name, out next);
            record.Pointers += name.Pointers;
            record.DataNameOctets += name.LabelOctets;
            if (!error.IsReadable())
            {
                next = Math.Min(next, end);
                return error == DnsError.NameCut ? DnsError.RdataNameOverrun : error;
            }

            note = error == DnsError.None ? note : error;
        }

        next = end;
        return note;
    }

    /// <summary>Whether the type is one of the most common ones, whose data holds no names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreAbsent(DnsRecordType type) =>
        type is DnsRecordType.A or DnsRecordType.AAAA or DnsRecordType.TXT or DnsRecordType.OPT;

    /// <summary>How many names follow each other from <paramref name="first"/> on, which may be past the end of the data.</summary>
    private static int Locate(
        ReadOnlySpan<byte> message, DnsRecordType type, DnsClass dnsClass, int offset, int end, out int first)
    {
        first = offset;
        switch (type)
        {
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
