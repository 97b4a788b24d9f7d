using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using WireDns.Detection.Messages;
using WireDns.Terminal;
using WireDns.Wire.Dns;
using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>A DNS message, field by field up to its first fault, and the whole of it as octets.</summary>
internal sealed class MessageReport
{
    private readonly ReportWriter _writer;
    private readonly byte[] _message;
    private readonly bool _isCut;
    private readonly bool _isMulticast;
    private readonly FieldTable _table;
    private readonly RecordDataReport _data;
    private readonly DnsHeader _header;
    private readonly DnsMessageVerdict _verdict;
    private int _questionsWritten;

    public MessageReport(ReportWriter writer, InspectedMessage message)
    {
        _writer = writer;
        _message = message.Data;
        _isCut = message.Origin.IsTruncated;
        _table = new FieldTable(writer, _message);
        _data = new RecordDataReport(_table);
        _isMulticast = DnsMulticast.IsBetween(message.Origin.SourcePort, message.Origin.DestinationPort);
        _verdict = new DnsMessageReader(_message, _isCut, _isMulticast).Finish();
        DnsHeader.TryRead(_message, out _header);
    }

    /// <summary>Writes the whole report.</summary>
    public void Write()
    {
        if (_message.Length >= DnsHeader.LengthInBytes)
        {
            new HeaderReport(_table, _header).Write();
            WriteSections();
        }
        else
        {
            WriteFault(0);
        }

        _table.Title("octets");
        HexDump.Write(_writer, _message, _verdict.Error == DnsError.None ? -1 : _verdict.ErrorOffset, _verdict.Error.ToReason());
    }

    private void WriteSections()
    {
        var reader = new DnsMessageReader(_message, _isCut, _isMulticast);
        var position = DnsHeader.LengthInBytes;
        while (reader.TryReadQuestion(out var question) && _writer.IsOpen)
        {
            position = WriteBrokenQuestions(position, question.Offset);
            WriteEntryTitle(DnsWords.Question(_header.Opcode), _questionsWritten + 1, _header.QuestionCount, question.Name.ToString(), question.Type);
            position = WriteName(question.Offset);
            position = WriteTypeAndClass(position, isQuestion: true);
            _questionsWritten++;
        }

        // Those after the last one that can be read.
        position = WriteBrokenQuestions(position, _message.Length);

        while (reader.TryReadRecord(out var record) && _writer.IsOpen)
        {
            var (index, count) = Place(reader.RecordsRead, record.Section);
            WriteEntryTitle(DnsWords.Section(_header.Opcode, record.Section), index, count, record.Name.ToString(), record.Type);
            WriteRecord(record.Offset, record);
            position = record.DataOffset + record.Data.Length;
        }

        if (_verdict.Error == DnsError.DsoCut || !reader.StatefulData.IsEmpty)
        {
            position = WriteStatefulData();
        }

        if (_verdict.Error != DnsError.None)
        {
            WriteBroken(position);
            WriteFault(position);
        }
        else if (position < _message.Length)
        {
            _table.Title("after the message");
            _table.Row(position, _message.Length - position, "trailing", [new Part(Octets(_message.Length - position)
                + (_isCut ? " of a message that the snap length cut" : " that belong to no section"), Style.Fault)]);
        }
    }

    // A question whose name breaks and whose end shows does not hide the next one.
    private int WriteBrokenQuestions(int position, int end)
    {
        while (position < end && _questionsWritten < _verdict.QuestionsRead + _verdict.BrokenQuestions && _writer.IsOpen)
        {
            WriteBrokenTitle(DnsWords.Question(_header.Opcode), ++_questionsWritten, _header.QuestionCount);
            WriteName(position);
            position = WriteTypeAndClass(position + NameDrawing.LengthAt(_message, position), isQuestion: true);
        }

        return position;
    }

    private void WriteRecord(int position, in DnsRecord record)
    {
        position = WriteName(position);
        if (DnsEdns.TryRead(record, out var edns))
        {
            WriteEdns(position, edns);
        }
        else
        {
            position = WriteTypeAndClass(position, isQuestion: false);
            WriteTimeToLive(position);
        }

        position = record.DataOffset - 2;
        _table.Row(position, 2, "RDLENGTH", [new Part(Octets(record.Data.Length))]);
        if (record.Type == DnsRecordType.OPT)
        {
            WriteEdnsOptions(record.DataOffset, record.Data.Length, edns);
            return;
        }

        var text = new ArrayBufferWriter<byte>(256);
        DnsRecordData.WriteText(record, text);
        _table.Below("RDATA", new Part(Encoding.ASCII.GetString(text.WrittenSpan), Style.Value));
        _data.Write(record.Type, record.DataOffset, record.DataOffset + record.Data.Length);
    }

    private int WriteName(int position)
    {
        var isSound = DnsName.TryRead(_message, position, out var name, out var next, out _);
        _table.Row(position, isSound ? next - position : NameDrawing.LengthAt(_message, position), "name", [
            isSound ? new Part(name.ToString(), Style.Value) : new Part(name.IsRoot ? "" : name.ToString() + " … ", Style.Value),
            new Part(isSound ? "" : "not a name", Style.Fault)], NameDrawing.Draw(_message, position));
        return next;
    }

    private int WriteTypeAndClass(int position, bool isQuestion)
    {
        var type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(position));
        var dnsClass = (DnsClass)BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(position + 2));
        _table.Row(position, 2, "type", [new Part(DnsMnemonics.Text(type), Style.Value), Number((ushort)type)]);
        var isFlagSet = _isMulticast && ((ushort)dnsClass & 0x8000) != 0;
        _table.Row(position + 2, 2, "class", [
            new Part(DnsMnemonics.Text(isFlagSet ? dnsClass & (DnsClass)0x7fff : dnsClass)), Number((ushort)dnsClass),
            new Part(!isFlagSet ? "" : isQuestion ? ", a unicast response is wanted" : ", takes the place of records in caches", Style.Faint)]);
        return position + 4;
    }

    private void WriteTimeToLive(int position)
    {
        var seconds = BinaryPrimitives.ReadUInt32BigEndian(_message.AsSpan(position));
        var duration = DnsWords.Duration(seconds);
        _table.Row(position, 4, "TTL", [new Part(Invariant($"{seconds} s")),
            new Part(duration.Length == 0 ? "" : $"  ({duration})", Style.Faint)]);
    }

    // An OPT record has no class and no TTL (RFC 6891 §6.1.3).
    private void WriteEdns(int position, DnsEdns edns)
    {
        _table.Row(position, 2, "type", [new Part("OPT", Style.Value), Number((ushort)DnsRecordType.OPT)]);
        _table.Row(position + 2, 2, "UDP payload size", [new Part(Octets(edns.UdpPayloadSize))]);
        _table.Row(position + 4, 1, "extended RCODE", [
            new Part(edns.ExtendedResponseCode.ToString(CultureInfo.InvariantCulture)),
            new Part($"  (with the header's four bits: {DnsMnemonics.Text(edns.GetResponseCode(_header))})", Style.Faint)]);
        _table.Row(position + 5, 1, "version", [new Part(edns.Version.ToString(CultureInfo.InvariantCulture))]);
        var other = edns.Flags & 0x3fff;
        _table.Row(position + 6, 2, "flags", [new Part(Invariant($"0x{edns.Flags:x4}")),
            new Part((edns.IsDnssecOk ? "  DO: takes DNSSEC records" : "") + (edns.IsCompactAnswersOk ? "  CO: takes compact denial" : "")
                + (other == 0 ? "" : "  and bits without a meaning"), Style.Faint)]);
    }

    private void WriteEdnsOptions(int position, int length, DnsEdns edns)
    {
        Span<byte> name = stackalloc byte[DnsEdnsOption.MaximumNameLength];
        var end = position + length;
        foreach (var option in edns.Options)
        {
            var text = new byte[(4 * option.Data.Length) + 64];
            option.TryWriteText(text, out var written);
            _table.Row(position, 4 + option.Data.Length, "  option", [
                new Part(Encoding.ASCII.GetString(name[..option.WriteName(name)]), Style.Value), Number((ushort)option.Code),
                new Part($", {Octets(option.Data.Length)}: ", Style.Faint), new Part(Encoding.ASCII.GetString(text, 0, written))]);
            position += 4 + option.Data.Length;
        }

        if (position < end)
        {
            _table.Row(position, end - position, "  option", [new Part("reaches past the record", Style.Fault)]);
        }
    }

    // RFC 8490 §5.4: after the header, type and length of 16 bits each, and data.
    private int WriteStatefulData()
    {
        var position = DnsHeader.LengthInBytes;
        _table.Title("stateful operations");
        while (_message.Length - position >= 4 && _writer.IsOpen)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(position + 2));
            if (_message.Length - position - 4 < length)
            {
                break;
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(position));
            var name = type switch
            {
                1 => "KeepAlive",
                2 => "RetryDelay",
                3 => "EncryptionPadding",
                0x40 => "SUBSCRIBE",
                0x41 => "PUSH",
                0x42 => "UNSUBSCRIBE",
                0x43 => "RECONFIRM",
                _ => "DSO-TYPE",
            };
            _table.Row(position, 4 + length, "TLV", [new Part(name, Style.Value), Number(type), new Part($", {Octets(length)}", Style.Faint)]);
            position += 4 + length;
        }

        return position;
    }

    // The entry that holds the fault, as far as it can be read before the fault.
    private void WriteBroken(int position)
    {
        if (_verdict.Error is DnsError.QuestionMissing or DnsError.RecordMissing or DnsError.DsoCut || position >= _message.Length)
        {
            return;
        }

        var isQuestion = _questionsWritten < _header.QuestionCount;
        if (isQuestion)
        {
            WriteBrokenTitle(DnsWords.Question(_header.Opcode), _questionsWritten + 1, _header.QuestionCount);
        }
        else
        {
            var section = SectionOf(_verdict.RecordsRead);
            var (index, count) = Place(_verdict.RecordsRead + 1, section);
            WriteBrokenTitle(DnsWords.Section(_header.Opcode, section), index, count);
        }

        if (!DnsName.TryRead(_message, position, out _, out _, out _))
        {
            WriteName(position);
            return;
        }

        position = WriteName(position);
        if (_message.Length - position < (isQuestion ? 4 : 10))
        {
            _table.Row(position, _message.Length - position, isQuestion ? "type, class" : "type …", [new Part("cut", Style.Fault)]);
            return;
        }

        var type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(position));
        position = WriteTypeAndClass(position, isQuestion);
        WriteTimeToLive(position);
        var length = BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(position + 4));
        var left = _message.Length - position - 6;
        _table.Row(position + 4, 2, "RDLENGTH", [
            new Part(Octets(length)), new Part(length > left ? $"  and {Octets(left)} are left" : "", Style.Fault)]);
        _data.Write(type, position + 6, position + 6 + Math.Min(length, left));
    }

    private void WriteFault(int start)
    {
        var offset = _verdict.ErrorOffset;
        var left = _message.Length - offset;
        _table.Title(_verdict.IsIncomplete ? "cut" : "fault");
        var words = _verdict.IsIncomplete
            ? "the capture's snap length cut the message here: no fault of its sender"
            : DnsWords.Fault(_verdict.Error, _header, _verdict);
        _table.Row(offset, Math.Min(left, 2), _verdict.Error.ToReason(), [new Part(words, Style.Fault)]);
        if (left > 2 && offset >= start && _verdict.Error != DnsError.PointerForward && _verdict.BrokenQuestions == 0)
        {
            _table.Below("", new Part($"from here on, {Octets(left)} are not read", Style.Faint));
        }
    }

    private DnsSection SectionOf(int index) => index < _header.AnswerCount ? DnsSection.Answer
        : index < _header.AnswerCount + _header.AuthorityCount ? DnsSection.Authority
        : DnsSection.Additional;

    private (int Index, int Count) Place(int recordsRead, DnsSection section) => section switch
    {
        DnsSection.Answer => (recordsRead, _header.AnswerCount),
        DnsSection.Authority => (recordsRead - _header.AnswerCount, _header.AuthorityCount),
        _ => (recordsRead - _header.AnswerCount - _header.AuthorityCount, _header.AdditionalCount),
    };

    private void WriteEntryTitle(string what, int index, int count, string name, DnsRecordType type) => _table.Title(
        Invariant($"{what} {index} of {count}"), new Part(": "), new Part(name, Style.Value), new Part(" " + DnsMnemonics.Text(type)));

    private void WriteBrokenTitle(string what, int index, int count) => _table.Title(
        Invariant($"{what} {index} of {count}"), new Part(", broken", Style.Fault));

    private static Part Number(int number) => new(Invariant($" ({number})"), Style.Faint);

    private static string Octets(int number) => Invariant($"{number:N0} octet{(number == 1 ? "" : "s")}");
}
