using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Messages;

/// <summary>
/// The records of a response, as far as rules need them. Types, classes, times to live and addresses are read when one of them is first needed; owner
/// names and data are converted to text when a rule needs that, and an address when it needs the text of that one.
/// </summary>
internal sealed class AnswerFields(TextBuffer text)
{
    // RFC 3597 §5: how data of an unknown type or form is written.
    private static ReadOnlySpan<byte> UnknownForm => @"\# "u8;

    private byte[] _message = [];
    private int _messageLength;
    private bool _isMulticast;
    private bool _isSound;
    private AnswerText[] _answers = new AnswerText[16];
    private int[] _addresses = new int[16];
    private DataText[] _data = new DataText[16];
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

    /// <summary>Whether each data text is an address.</summary>
    public bool HasOnlyAddresses => AddressCount == _count;

    /// <summary>Number of data texts: one per record, plus the names in data that could only be shown in hexadecimal.</summary>
    public int DataCount
    {
        get
        {
            EnsureData();
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

    /// <summary>
    /// A number that stands for the types of the records in the answer section and their order, and for no others; 0 for no records, and for more than
    /// three, or seven of types below 256, as the usual ones are.
    /// </summary>
    public ulong TypesIdentity
    {
        get
        {
            const int Most = 3;
            const int MostSmall = 7;
            const int FirstLarge = 256;
            Read();
            if (_count is 0 or > MostSmall)
            {
                return 0;
            }

            ulong small = 0;
            ulong large = 0;
            var largest = 0;
            foreach (ref readonly var answer in _answers.AsSpan(0, _count))
            {
                small = (small << 8) | (byte)answer.Type;
                large = (large << 16) | (ushort)answer.Type;
                largest = Math.Max(largest, (ushort)answer.Type);
            }

            // The number of records is in the upper bits, which types do not reach; the uppermost says how many bits a type has.
            return largest < FirstLarge ? small | ((ulong)_count << 56) : _count <= Most ? large | ((ulong)_count << 48) | (1UL << 63) : 0;
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
        EnsureData();
        ref readonly var data = ref _data[index];
        return data.IsAddress ? WriteAddress(data.Answer) : data.Text;
    }

    /// <summary>The octets of a data text that is an address: 4 or 16. Empty for any other.</summary>
    public ReadOnlySpan<byte> DataAddress(int index)
    {
        EnsureData();
        return _data[index].IsAddress ? AddressOf(_data[index].Answer) : default;
    }

    /// <summary>An address from the answer section, as text.</summary>
    public TextRange AddressText(int index)
    {
        Read();
        return WriteAddress(_addresses[index]);
    }

    /// <summary>An address from the answer section, as 4 or 16 octets.</summary>
    public ReadOnlySpan<byte> Address(int index)
    {
        Read();
        return AddressOf(_addresses[index]);
    }

    /// <summary>The response code, including the upper bits from an OPT record.</summary>
    public DnsResponseCode ResponseCode(DnsHeader header)
    {
        Read();
        return (DnsResponseCode)((_extendedResponseCode << 4) | (int)header.ResponseCode);
    }

    /// <summary>Loads another message.</summary>
    /// <param name="message">The message, which must not change until the next call.</param>
    /// <param name="length">Its length in bytes; if 0, there are no records.</param>
    /// <param name="isMulticast">Whether it is multicast DNS.</param>
    /// <param name="isSound">Whether it has the usual shape and no fault (<see cref="ObservedMessage.IsPlain"/>).</param>
    public void Load(byte[] message, int length, bool isMulticast, bool isSound)
    {
        _isSound = isSound && !isMulticast;
        _isMulticast = isMulticast;
        _isRead = _hasNames = _hasData = _hasAnyRecord = false;
        _count = _addressCount = _dataCount = 0;
        _extendedResponseCode = 0;
        _message = message;
        _messageLength = length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Read()
    {
        if (!_isRead)
        {
            ReadRecords();
        }
    }

    private void ReadRecords()
    {
        _isRead = true;
        if (_isSound)
        {
            ReadSound();
            return;
        }

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
                Add(record.Type, record.Class, record.TimeToLive, record.DataOffset, record.Data.Length, record.IsAddress);
            }
        }
    }

    private void ReadSound()
    {
        if (_messageLength == 0)
        {
            return;
        }

        // RFC 1035 §4.1.1: the number of records in the answer section. Not of 16 bits, which would begin anew below 0.
        int left = BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(6));
        var records = new DnsSoundRecords(_message.AsSpan(0, _messageLength));
        for (; records.MoveNext(); left--)
        {
            if (records.Type == DnsRecordType.OPT)
            {
                _extendedResponseCode = (byte)(records.TimeToLive >> 24);
                continue;
            }

            _hasAnyRecord = true;
            if (left > 0)
            {
                var isAddress = (records.Type, records.DataLength) is (DnsRecordType.A, 4) or (DnsRecordType.AAAA, 16);
                Add(records.Type, records.Class, records.TimeToLive, records.DataOffset, records.DataLength, isAddress);
            }
        }
    }

    private void Add(DnsRecordType type, DnsClass dnsClass, uint timeToLive, int dataOffset, int dataLength, bool isAddress)
    {
        if (_count == _answers.Length)
        {
            Array.Resize(ref _answers, _count * 2);
            Array.Resize(ref _addresses, _count * 2);
        }

        if (isAddress)
        {
            _addresses[_addressCount++] = _count;
        }

        ref var answer = ref _answers[_count++];
        answer.Type = type;
        answer.Class = dnsClass;
        answer.TimeToLive = timeToLive;
        answer.DataOffset = dataOffset;
        answer.DataLength = dataLength;
        answer.IsAddress = isAddress;
        answer.Name = answer.Data = default;
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

    private void EnsureData()
    {
        Read();
        if (_hasData)
        {
            return;
        }

        _hasData = true;
        for (var i = 0; i < _count; i++)
        {
            if (_answers[i].IsAddress)
            {
                AddData(new DataText { IsAddress = true, Answer = i });
            }
            else if (TryReadNameOf(_answers[i], out var name))
            {
                AddData(new DataText { Text = Write(name) });
            }
            else
            {
                // Anything else is read with its record.
                _dataCount = 0;
                WriteData();
                return;
            }
        }
    }

    /// <summary>The name that is all of a record's data, as that of an alias is.</summary>
    private bool TryReadNameOf(in AnswerText answer, out DnsName name)
    {
        name = default;
        return answer is { Type: DnsRecordType.CNAME or DnsRecordType.PTR or DnsRecordType.NS, Class: DnsClass.IN }
            && DnsName.TryRead(Message, answer.DataOffset, out name, out var next, out var error)
            && error == DnsError.None && next == answer.DataOffset + answer.DataLength;
    }

    private void WriteData()
    {
        var index = 0;
        var reader = new DnsMessageReader(_message.AsSpan(0, _messageLength), isMulticast: _isMulticast);
        while (index < _count && TryReadAnswer(ref reader, out var record))
        {
            if (_answers[index].IsAddress)
            {
                AddData(new DataText { IsAddress = true, Answer = index++ });
                continue;
            }

            var data = WriteData(record);
            index++;
            AddData(new DataText { Text = data });
            if (text[data].StartsWith(UnknownForm))
            {
                // Data that is malformed after its names can only be shown in hexadecimal, which hides the names from rules.
                foreach (var name in record.DataNames)
                {
                    AddData(new DataText { Text = Write(name) });
                }
            }
        }
    }

    private ReadOnlySpan<byte> AddressOf(int answer) => _message.AsSpan(_answers[answer].DataOffset, _answers[answer].DataLength);

    private TextRange WriteAddress(int answer)
    {
        if (_answers[answer].Data.Length == 0)
        {
            var octets = AddressOf(answer);
            var address = octets.Length == 4 ? NetAddress.FromIpv4(octets) : NetAddress.FromIpv6(octets);
            var start = text.Length;
            address.TryFormat(text.Free(NetAddress.MaximumTextLength), out var length);
            text.Append(length);
            _answers[answer].Data = new TextRange(start, length);
        }

        return _answers[answer].Data;
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

    private void AddData(DataText data)
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
    public bool IsAddress;
    public TextRange Name;

    /// <summary>The text of an address, once it is written.</summary>
    public TextRange Data;
}

/// <summary>A text of <see cref="AnswerFields.Data"/>: an address, which is written when it is asked for, or a text that is.</summary>
internal struct DataText
{
    public bool IsAddress;
    public int Answer;
    public TextRange Text;
}
