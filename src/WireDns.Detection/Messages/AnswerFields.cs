using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>
/// The records of a response, as far as rules need them. Types, classes, times to live and addresses are read when one of them is first needed; owner
/// names and data are converted to text when a rule needs that.
/// </summary>
internal sealed class AnswerFields(TextBuffer text)
{
    // RFC 3597 §5: how data of an unknown type or form is written.
    private static ReadOnlySpan<byte> UnknownForm => @"\# "u8;

    private byte[] _message = [];
    private int _messageLength;
    private bool _isMulticast;
    private AnswerText[] _answers = new AnswerText[16];
    private int[] _addresses = new int[16];
    private TextRange[] _data = new TextRange[16];
    private int _count;
    private int _addressCount;
    private int _dataCount;
    private bool _isRead;
    private bool _hasNames;
    private bool _hasData;
    private bool _hasAnyRecord;
    private byte _extendedResponseCode;

    /// <summary>The response; empty if there is none.</summary>
    public ReadOnlySpan<byte> Message => _message.AsSpan(0, _messageLength);

    /// <summary>Number of records in the answer section, without OPT records.</summary>
    public int Count
    {
        get
        {
            Read();
            return _count;
        }
    }

    /// <summary>Number of A and AAAA records in the answer section.</summary>
    public int AddressCount
    {
        get
        {
            Read();
            return _addressCount;
        }
    }

    /// <summary>Number of data texts: one per record, plus the names in data that could only be shown in hexadecimal.</summary>
    public int DataCount
    {
        get
        {
            WriteData();
            return _dataCount;
        }
    }

    /// <summary>Whether any section has a record other than OPT.</summary>
    public bool HasAnyRecord
    {
        get
        {
            Read();
            return _hasAnyRecord;
        }
    }

    /// <summary>A record of the answer section, by index from 0, without its texts.</summary>
    public AnswerText this[int index]
    {
        get
        {
            Read();
            return _answers[index];
        }
    }

    /// <summary>The owner name of a record in the answer section.</summary>
    public TextRange Name(int index)
    {
        WriteNames();
        return _answers[index].Name;
    }

    /// <summary>A data text, by index from 0 to <see cref="DataCount"/> − 1.</summary>
    public TextRange Data(int index)
    {
        WriteData();
        return _data[index];
    }

    /// <summary>An address from the answer section, as text.</summary>
    public TextRange AddressText(int index)
    {
        WriteData();
        return _answers[_addresses[index]].Data;
    }

    /// <summary>An address from the answer section, as 4 or 16 octets.</summary>
    public ReadOnlySpan<byte> Address(int index)
    {
        Read();
        ref readonly var answer = ref _answers[_addresses[index]];
        return _message.AsSpan(answer.DataOffset, answer.DataLength);
    }

    /// <summary>The response code, including the upper bits from an OPT record.</summary>
    public DnsResponseCode ResponseCode(DnsHeader header)
    {
        Read();
        return (DnsResponseCode)((_extendedResponseCode << 4) | (int)header.ResponseCode);
    }

    /// <summary>Loads another message, which is copied. If it is empty, there are no records.</summary>
    public void Load(ReadOnlySpan<byte> message, bool isMulticast)
    {
        _isMulticast = isMulticast;
        _isRead = _hasNames = _hasData = _hasAnyRecord = false;
        _count = _addressCount = _dataCount = 0;
        _extendedResponseCode = 0;
        if (message.Length > _message.Length)
        {
            _message = new byte[Math.Max(message.Length, 4096)];
        }

        message.CopyTo(_message);
        _messageLength = message.Length;
    }

    private void Read()
    {
        if (_isRead)
        {
            return;
        }

        _isRead = true;
        var reader = new DnsMessageReader(_message.AsSpan(0, _messageLength), isMulticast: _isMulticast);
        while (reader.TryReadRecord(out var record))
        {
            if (DnsEdns.TryRead(record, out var edns))
            {
                _extendedResponseCode = edns.ExtendedResponseCode;
                continue;
            }

            _hasAnyRecord = true;
            if (record.Section == DnsSection.Answer)
            {
                Add(record);
            }
        }
    }

    private void Add(DnsRecord record)
    {
        if (_count == _answers.Length)
        {
            Array.Resize(ref _answers, _count * 2);
            Array.Resize(ref _addresses, _count * 2);
        }

        if (record.IsAddress)
        {
            _addresses[_addressCount++] = _count;
        }

        _answers[_count++] = new AnswerText
        {
            Type = record.Type,
            Class = record.Class,
            TimeToLive = record.TimeToLive,
            DataOffset = record.DataOffset,
            DataLength = record.Data.Length,
        };
    }

    private void WriteNames()
    {
        Read();
        if (_hasNames)
        {
            return;
        }

        _hasNames = true;
        var index = 0;
        var reader = new DnsMessageReader(_message.AsSpan(0, _messageLength), isMulticast: _isMulticast);
        while (index < _count && TryReadAnswer(ref reader, out var record))
        {
            _answers[index++].Name = Write(record.Name);
        }
    }

    private void WriteData()
    {
        Read();
        if (_hasData)
        {
            return;
        }

        _hasData = true;
        var index = 0;
        var reader = new DnsMessageReader(_message.AsSpan(0, _messageLength), isMulticast: _isMulticast);
        while (index < _count && TryReadAnswer(ref reader, out var record))
        {
            var data = WriteData(record);
            _answers[index++].Data = data;
            AddData(data);
            if (text[data].StartsWith(UnknownForm))
            {
                // Data that is malformed after its names can only be shown in hexadecimal, which hides the names from rules.
                foreach (var name in record.DataNames)
                {
                    AddData(Write(name));
                }
            }
        }
    }

    // The same records that Add has taken, in the same order.
    private static bool TryReadAnswer(ref DnsMessageReader reader, out DnsRecord record)
    {
        while (reader.TryReadRecord(out record) && record.Section == DnsSection.Answer)
        {
            if (record.Type != DnsRecordType.OPT)
            {
                return true;
            }
        }

        return false;
    }

    private TextRange Write(in DnsName name)
    {
        var start = text.Length;
        text.Append(name.WriteText(text.Free(DnsName.MaximumTextLength)));
        return new TextRange(start, text.Length - start);
    }

    private TextRange WriteData(DnsRecord record)
    {
        var start = text.Length;
        var room = 256;
        int length;
        while (!DnsRecordData.TryWriteText(record, text.Free(room), out length))
        {
            room = Math.Max(room, text.Free(room).Length) * 2;
        }

        text.Append(length);
        return new TextRange(start, length);
    }

    private void AddData(TextRange data)
    {
        if (_dataCount == _data.Length)
        {
            Array.Resize(ref _data, _dataCount * 2);
        }

        _data[_dataCount++] = data;
    }
}

/// <summary>A record of the answer section: where its data is, and those of its texts that have been written.</summary>
internal struct AnswerText
{
    public DnsRecordType Type;
    public DnsClass Class;
    public uint TimeToLive;
    public int DataOffset;
    public int DataLength;
    public TextRange Name;
    public TextRange Data;
}
