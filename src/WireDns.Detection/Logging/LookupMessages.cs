using System.Buffers.Binary;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Logging;

/// <summary>
/// Makes the messages of logged lookups again, as far as rules can tell: those of an unusual shape from their octets, the others from what the log says of them. Bytes
/// that no rule can ask for may differ: compression, the records of the authority and additional sections. One thread at a time.
/// </summary>
public sealed class LookupMessages
{
    // A name, type, class, time to live and length of data (RFC 1035 §3.2.1), or an OPT record (RFC 6891 §6.1.2).
    private const int RecordRoom = DnsName.MaximumWireLength + 10;
    private const ushort DnssecOk = 0x8000;

    // RFC 1035 §4.1.1: bits 12 to 15 of the flags, and the highest number of records of a section.
    private const int CodeMask = 0xf;
    private const int MaximumRecords = ushort.MaxValue;

    // RFC 1035 §4.1.4: a pointer to the name after the header.
    private const ushort PointerToQuestion = 0xc000 | DnsHeader.LengthInBytes;

    private byte[] _message = new byte[4096];
    private PayloadOrigin _origin;

    /// <summary>Records that could not be made again, because their texts are none that WireDns writes.</summary>
    public long Unreadable { get; private set; }

    /// <summary>The query of a lookup that has one. Valid until the next call.</summary>
    public TransportPayload Query(LoggedLookup lookup)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        Describe(lookup, lookup.Client, lookup.ClientPort, lookup.Server, lookup.ServerPort, lookup.QueryTime, lookup.QueryPacketNumber, lookup.IsQueryCut);
        if (!lookup.QueryOctets.IsEmpty)
        {
            return new TransportPayload(lookup.QueryOctets.Span, in _origin);
        }

        var length = Begin(lookup, lookup.QueryFlags ?? 0, lookup.QueryName.IsEmpty ? lookup.Name.Span : lookup.QueryName.Span);
        var additional = 0;
        if (lookup is { IsDnssecOk: true, ResponseFlags: null })
        {
            AddOptions(lookup, 0, ref length);
            additional = 1;
        }

        Count(0, 0, additional);
        return new TransportPayload(_message.AsSpan(0, length), in _origin);
    }

    /// <summary>The response of a lookup that has one. Valid until the next call.</summary>
    public TransportPayload Response(LoggedLookup lookup)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        Describe(lookup, lookup.Server, lookup.ServerPort, lookup.Client, lookup.ClientPort, lookup.ResponseTime, lookup.ResponsePacketNumber, lookup.IsResponseCut);
        if (!lookup.ResponseOctets.IsEmpty)
        {
            return new TransportPayload(lookup.ResponseOctets.Span, in _origin);
        }

        var length = Begin(lookup, lookup.ResponseFlags ?? 0, lookup.Name.Span);
        var answers = 0;
        foreach (var answer in lookup.Answers)
        {
            answers += TryAdd(answer, lookup.Name, ref length) ? 1 : 0;
        }

        // That there are such records is all that a rule can ask.
        if (lookup.HasOtherRecords)
        {
            AddRecord(DnsRecordType.NULL, DnsClass.IN, 0, ref length);
        }

        var additional = 0;
        if (lookup.IsDnssecOk || lookup.ResponseCode > CodeMask)
        {
            AddOptions(lookup, lookup.ResponseCode >> 4, ref length);
            additional = 1;
        }

        Count(answers, lookup.HasOtherRecords ? 1 : 0, additional);
        return new TransportPayload(_message.AsSpan(0, length), in _origin);
    }

    private void Describe(
        LoggedLookup lookup, NetAddress source, ushort sourcePort, NetAddress destination, ushort destinationPort, PacketTime time, long packet, bool isCut)
    {
        _origin.Transport = lookup.Transport;
        (_origin.Source, _origin.SourcePort) = (source, sourcePort);
        (_origin.Destination, _origin.DestinationPort) = (destination, destinationPort);
        (_origin.Time, _origin.PacketNumber, _origin.IsTruncated) = (time, packet, isCut);
        _origin.SetTunnels(lookup.Tunnels, lookup.Tunnels.Length);
        _origin.SetVlanIds(lookup.VlanIds, lookup.VlanIds.Length);
    }

    // The header and the question.
    private int Begin(LoggedLookup lookup, ushort flags, ReadOnlySpan<char> name)
    {
        var header = _message.AsSpan(0, DnsHeader.LengthInBytes);
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header, lookup.MessageId);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], flags);
        if (name.IsEmpty)
        {
            return header.Length;
        }

        if (!DnsPresentation.TryReadName(name, _message.AsSpan(header.Length), out var length))
        {
            Unreadable++;
            return header.Length;
        }

        BinaryPrimitives.WriteUInt16BigEndian(header[4..], 1);
        length += header.Length;
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(length), (ushort)lookup.Type);
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(length + 2), (ushort)lookup.Class);
        return length + 4;
    }

    private void Count(int answers, int authority, int additional)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(6), (ushort)Math.Min(answers, MaximumRecords));
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(8), (ushort)authority);
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(10), (ushort)additional);
    }

    private bool TryAdd(in LoggedAnswer answer, ReadOnlyMemory<char> question, ref int length)
    {
        Reserve(length + RecordRoom + answer.Data.Length + 16);
        var position = length;
        if (answer.Name.Span.SequenceEqual(question.Span) && question.Span is not ".")
        {
            BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(position), PointerToQuestion);
            position += 2;
        }
        else if (DnsPresentation.TryReadName(answer.Name.Span, _message.AsSpan(position), out var nameLength))
        {
            position += nameLength;
        }
        else
        {
            Unreadable++;
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(position), (ushort)answer.Type);
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(position + 2), (ushort)DnsClass.IN);
        BinaryPrimitives.WriteUInt32BigEndian(_message.AsSpan(position + 4), answer.TimeToLive);
        if (!DnsPresentation.TryReadData(answer.Type, answer.Data.Span, _message.AsSpan(position + 10), out var dataLength) || dataLength > ushort.MaxValue)
        {
            Unreadable++;
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(position + 8), (ushort)dataLength);
        length = position + 10 + dataLength;
        return true;
    }

    private void AddOptions(LoggedLookup lookup, int code, ref int length) =>
        AddRecord(DnsRecordType.OPT, (DnsClass)1232, ((uint)code << 24) | (lookup.IsDnssecOk ? DnssecOk : 0u), ref length);

    // A record of the root without data.
    private void AddRecord(DnsRecordType type, DnsClass @class, uint timeToLive, ref int length)
    {
        Reserve(length + RecordRoom);
        var record = _message.AsSpan(length, 11);
        record.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(record[1..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(record[3..], (ushort)@class);
        BinaryPrimitives.WriteUInt32BigEndian(record[5..], timeToLive);
        length += record.Length;
    }

    private void Reserve(int length)
    {
        if (length > _message.Length)
        {
            Array.Resize(ref _message, Math.Max(length, _message.Length * 2));
        }
    }
}
