using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>The records of a response as text, written when a rule first asks for one of them.</summary>
internal sealed class AnswerFields(TextBuffer text)
{
    // RFC 3597 §5: how data of no known form is written.
    private static ReadOnlySpan<byte> UnknownForm => @"\# "u8;

    private AnswerText[] _answers = new AnswerText[16];
    private TextRange[] _addresses = new TextRange[16];
    private TextRange[] _data = new TextRange[16];
    private bool _isRead;
    private byte _extendedResponseCode;

    /// <summary>Records in the answer section.</summary>
    public int Count { get; private set; }

    /// <summary>Texts of data: one for each record, and the names in data that could only be shown as hexadecimal digits.</summary>
    public int DataCount { get; private set; }

    /// <summary>A and AAAA records in the answer section.</summary>
    public int AddressCount { get; private set; }

    /// <summary>Whether any section has a record other than OPT.</summary>
    public bool HasAnyRecord { get; private set; }

    /// <summary>A record of the answer section.</summary>
    public AnswerText this[int index] => _answers[index];

    /// <summary>A text of data.</summary>
    public TextRange Data(int index) => _data[index];

    /// <summary>An address of the answer section.</summary>
    public TextRange Address(int index) => _addresses[index];

    /// <summary>The response code, with the bits that an OPT record adds.</summary>
    public DnsResponseCode ResponseCode(DnsHeader header) => (DnsResponseCode)((_extendedResponseCode << 4) | (int)header.ResponseCode);

    /// <summary>Forgets the records: another message is loaded.</summary>
    public void Clear()
    {
        _isRead = false;
        Count = 0;
        DataCount = 0;
        AddressCount = 0;
        HasAnyRecord = false;
        _extendedResponseCode = 0;
    }

    /// <summary>Reads the records of a message, once; of an empty message none.</summary>
    public void Ensure(ReadOnlySpan<byte> message)
    {
        if (_isRead)
        {
            return;
        }

        _isRead = true;
        var reader = new DnsMessageReader(message);
        while (reader.TryReadRecord(out var record))
        {
            if (record.Type == DnsRecordType.OPT)
            {
                _extendedResponseCode = (byte)(record.TimeToLive >> 24);
                continue;
            }

            HasAnyRecord = true;
            if (record.Section == DnsSection.Answer)
            {
                Add(record);
            }
        }
    }

    private void Add(DnsRecord record)
    {
        if (Count == _answers.Length)
        {
            Array.Resize(ref _answers, Count * 2);
            Array.Resize(ref _addresses, Count * 2);
        }

        var start = text.Length;
        text.Append(record.Name.WriteText(text.Free(DnsName.MaximumTextLength)));
        var name = new TextRange(start, text.Length - start);
        var data = Write(record);
        _answers[Count++] = new AnswerText(name, record.Type, record.Class, record.TimeToLive);
        AddData(data);
        if (text[data].StartsWith(UnknownForm))
        {
            AddNames(record);
        }

        if ((record.Type == DnsRecordType.A && record.Data.Length == 4) || (record.Type == DnsRecordType.AAAA && record.Data.Length == 16))
        {
            _addresses[AddressCount++] = data;
        }
    }

    // Data that breaks behind its names has no form of its own, and its digits hide them from rules.
    private void AddNames(DnsRecord record)
    {
        foreach (var name in record.DataNames)
        {
            var start = text.Length;
            text.Append(name.WriteText(text.Free(DnsName.MaximumTextLength)));
            AddData(new TextRange(start, text.Length - start));
        }
    }

    private void AddData(TextRange data)
    {
        if (DataCount == _data.Length)
        {
            Array.Resize(ref _data, DataCount * 2);
        }

        _data[DataCount++] = data;
    }

    private TextRange Write(DnsRecord record)
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
}
