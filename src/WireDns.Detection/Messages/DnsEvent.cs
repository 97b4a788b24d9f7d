using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>
/// A DNS message as Sigma sees it: answers "field X?" with views. One object per worker, reloaded for each message. Allocates nothing once its
/// buffers have grown to the size that the traffic needs.
/// </summary>
/// <remarks>
/// Loading copies the message and reads its header. What rules ask for (the question, its name as text, answers) is read on demand, and kept until the
/// next message.
/// </remarks>
internal sealed class DnsEvent : ISigmaEvent
{
    // RFC 1035 §4.1.1 and RFC 4035 §3.2, as bits of the second 16-bit word of the header.
    private const uint Truncated = 0x200;
    private const uint RecursionDesired = 0x100;
    private const uint AuthenticData = 0x20;
    private const uint CheckingDisabled = 0x10;

    private readonly TextBuffer _text = new();
    private readonly AnswerFields _answers;
    private readonly FlowFields _flow;
    private readonly DomainFields _domains;
    private readonly ZeekFields _zeek;
    private byte[] _message = new byte[4096];
    private int _messageLength;
    private bool _isMulticast;

    // Of a message of the usual shape, the question and its name are read when they are asked for.
    private bool _hasQuestion;
    private bool _hasName;
    private QuestionText[] _questions = new QuestionText[4];
    private int _questionCount;

    // Broken names follow those of the questions, and have neither a type nor a class.
    private int _nameCount;
    private bool _isMalformed;
    private bool _hasEscapes;
    private ulong _nameHash;
    private int _endOfName;
    private DnsHeader _header;

    /// <param name="suffixes">The public suffix list, read when a rule first asks for part of a name.</param>
    public DnsEvent(Lazy<PublicSuffixList> suffixes)
    {
        _answers = new AnswerFields(_text);
        _flow = new FlowFields(_text);
        _domains = new DomainFields(suffixes, _text);
        _zeek = new ZeekFields(_text);
    }

    /// <summary>The fields that the hash of a name stands for (<see cref="GetIdentity"/>), if the message has the usual shape.</summary>
    public static ReadOnlySpan<int> IdentifiedByName =>
        [(int)DnsField.QuestionName, (int)DnsField.Subdomain, (int)DnsField.RegisteredDomain, (int)DnsField.PublicSuffix];

    /// <summary>Whether rules ask for fields of the answers; otherwise a response has none. Default: false.</summary>
    public bool KeepsMessage { get; set; }

    /// <summary>Nanoseconds from the query to this response; null if the query was not seen.</summary>
    public long? RoundTripNanoseconds { get; set; }

    /// <summary>The flags of the query that this response answers; null if it was not seen, and for a query.</summary>
    public ushort? QueryFlags { get; set; }

    /// <summary>The event for per-message code: generic code compiled for this struct makes no interface calls.</summary>
    public View AsView => new(this);

    /// <summary>Whether the loaded message is a response.</summary>
    public bool IsResponse => _header.IsResponse;

    /// <summary>Loads a message. Match only if IsDelivered.</summary>
    public void Load(in ObservedMessage message)
    {
        _text.Clear();
        _hasEscapes = false;
        RoundTripNanoseconds = null;
        QueryFlags = null;
        _header = message.Header;
        _isMalformed = message.Verdict.IsMalformed;
        _nameHash = message.IsPlain ? message.NameHash : 0;
        _endOfName = 0;
        _isMulticast = DnsMulticast.IsBetween(message.Payload.SourcePort, message.Payload.DestinationPort);
        Keep(message.Payload.Data);
        _flow.Load(message);
        _hasQuestion = _hasName = !message.IsPlain;
        _questionCount = _nameCount = message.IsPlain ? 1 : 0;
        if (!message.IsPlain)
        {
            ReadQuestions(message);
        }

        var isKept = (KeepsMessage || _nameCount == 0) && message.IsResponse && message.Verdict.IsDelivered;
        _answers.Load(_message, isKept ? _messageLength : 0, _isMulticast, message.IsPlain);
        _domains.Clear();
        _zeek.Clear();
    }

    /// <summary>
    /// The name of the first question in wire form, if the message has the usual shape. Otherwise false: ask for <see cref="DnsField.QuestionName"/>.
    /// </summary>
    public bool TryGetWireName(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (_nameHash == 0)
        {
            return false;
        }

        var end = _endOfName;
        if (end == 0)
        {
            for (end = DnsHeader.LengthInBytes; _message[end] > 0; end += _message[end] + 1)
            {
            }

            _endOfName = ++end;
        }

        name = _message.AsSpan(DnsHeader.LengthInBytes..end);
        return true;
    }

    private void Keep(ReadOnlySpan<byte> message)
    {
        if (message.Length > _message.Length)
        {
            _message = new byte[message.Length];
        }

        message.CopyTo(_message);
        _messageLength = message.Length;
    }

    /// <inheritdoc/>
    public int CountValues(int fieldId)
    {
        switch ((DnsField)fieldId)
        {
            case DnsField.QuestionName or DnsField.QuestionLength or DnsField.QuestionOctets:
                return _nameCount;
            case DnsField.QuestionType or DnsField.QuestionTypeNumber or DnsField.QuestionClass or DnsField.QuestionClassNumber:
                return _questionCount;
            case DnsField.RecordType:
                return _questionCount + _answers.Count;
            case DnsField.AnswerData:
                return _answers.DataCount;
            case DnsField.AnswerName or DnsField.AnswerType or DnsField.AnswerClass or DnsField.AnswerTimeToLive:
                return _answers.Count;
            case DnsField.ResolvedAddress:
                return _answers.AddressCount;
            case DnsField.ResponseCode or DnsField.ResponseCodeNumber or DnsField.QueryStatus or DnsField.Rejected or DnsField.AnswerCount:
                return _header.IsResponse ? 1 : 0;
            case DnsField.RoundTripTime:
                return RoundTripNanoseconds is null ? 0 : 1;
            case DnsField.MessageTime:
                return _flow.HasTime ? 1 : 0;
            case DnsField.MessageKind:
                return MessageKinds.Count(_header.IsResponse);
            case DnsField.HeaderFlags:
                return HeaderFlags.Count(_header);
            case DnsField.Subdomain or DnsField.RegisteredDomain or DnsField.PublicSuffix:
                return Domains().Count((DnsField)fieldId);
            case DnsField.SysmonEventId or DnsField.DnsClientEventId or DnsField.DnsServerEventId or DnsField.AnyEventId:
                return EventIds.Count((DnsField)fieldId, _header.IsResponse);
            case >= (DnsField)ZeekFields.FirstId:
                return CountSpellings((DnsField)(fieldId - ZeekFields.FirstId));
            case >= (DnsField)SourceConstants.FirstId:
                return SourceConstants.Count(fieldId);
            default:
                return 1;
        }
    }

    /// <inheritdoc/>
    public FieldValue GetValue(int fieldId, int index) => (DnsField)fieldId switch
    {
        DnsField.QuestionName => FieldValue.FromText(_text[Names()[index].Name]),
        DnsField.QuestionType => TypeText(Question(index).Type),
        DnsField.QuestionTypeNumber => FieldValue.FromNumber((ushort)Question(index).Type),
        DnsField.QuestionClass => ClassText(Question(index).Class),
        DnsField.QuestionClassNumber => FieldValue.FromNumber((ushort)Question(index).Class),
        DnsField.QuestionLength => FieldValue.FromNumber(Math.Max(0, Question(index).Octets - 2)),
        DnsField.QuestionOctets => FieldValue.FromNumber(Question(index).Octets),
        DnsField.RecordType => TypeText(index < _questionCount ? Question(index).Type : _answers[index - _questionCount].Type),
        DnsField.AnswerData => FieldValue.FromText(_text[_answers.Data(index)]),
        DnsField.AnswerName => FieldValue.FromText(_text[_answers.Name(index)]),
        DnsField.AnswerType => TypeText(_answers[index].Type),
        DnsField.AnswerClass => ClassText(_answers[index].Class),
        DnsField.AnswerTimeToLive => FieldValue.FromNumber(_answers[index].TimeToLive),
        DnsField.AnswerCount => FieldValue.FromNumber(_answers.Count),
        DnsField.ResolvedAddress => FieldValue.FromText(_text[_answers.AddressText(index)]),
        DnsField.ResponseCode => FieldValue.FromText(_text.Append(DnsMnemonics.Write(_answers.ResponseCode(_header), _text.Free(16)))),
        DnsField.ResponseCodeNumber => FieldValue.FromNumber((long)_answers.ResponseCode(_header)),
        DnsField.QueryStatus => FieldValue.FromNumber(QueryStatus()),
        DnsField.Rejected => FieldValue.FromBoolean(!_answers.HasAnyRecord),
        DnsField.RoundTripTime => FieldValue.FromNumber(new SigmaNumber((RoundTripNanoseconds ?? 0) / 1e9)),
        DnsField.Opcode => FieldValue.FromText(_text.Append(DnsMnemonics.Write(_header.Opcode, _text.Free(16)))),
        DnsField.OpcodeNumber => FieldValue.FromNumber((long)_header.Opcode),
        DnsField.MessageId => FieldValue.FromNumber(_header.Id),
        DnsField.HeaderFlags => FieldValue.FromText(HeaderFlags.Get(_header, index)),
        DnsField.AuthoritativeAnswer => FieldValue.FromBoolean(_header.IsAuthoritativeAnswer),
        DnsField.TruncatedAnswer => FieldValue.FromBoolean((FlagsOfQuery & Truncated) != 0),
        DnsField.TruncatedMessage => FieldValue.FromBoolean(_header.IsTruncated),
        DnsField.Malformed => FieldValue.FromBoolean(_isMalformed),
        DnsField.RecursionDesired => FieldValue.FromBoolean((FlagsOfQuery & RecursionDesired) != 0),
        DnsField.RecursionAvailable => FieldValue.FromBoolean(_header.IsRecursionAvailable),
        DnsField.AuthenticData => FieldValue.FromBoolean((_header.Flags & AuthenticData) != 0),
        DnsField.CheckingDisabled => FieldValue.FromBoolean((_header.Flags & CheckingDisabled) != 0),
        // As in Zeek: three bits, two of which are AD and CD today.
        DnsField.ReservedBits => FieldValue.FromNumber((FlagsOfQuery & 0x70) >> 4),
        DnsField.Subdomain or DnsField.RegisteredDomain or DnsField.PublicSuffix =>
            FieldValue.FromText(_text[Domains().Get((DnsField)fieldId, index)]),
        DnsField.SysmonEventId or DnsField.DnsClientEventId or DnsField.DnsServerEventId or DnsField.AnyEventId =>
            FieldValue.FromNumber(EventIds.Get((DnsField)fieldId, index, _answers.ResponseCode(_header) != 0)),
        DnsField.MessageKind => FieldValue.FromText(MessageKinds.Get(index)),
        >= (DnsField)ZeekFields.FirstId => GetSpelling((DnsField)(fieldId - ZeekFields.FirstId), index),
        >= (DnsField)SourceConstants.FirstId => FieldValue.FromText(SourceConstants.Get(fieldId, index)),
        _ => _flow.Get((DnsField)fieldId),
    };

    /// <inheritdoc/>
    public ReadOnlySpan<byte> GetAddress(int fieldId, int index) => (DnsField)fieldId switch
    {
        DnsField.ResolvedAddress => _answers.Address(index),
        DnsField.AnswerData => _answers.DataAddress(index),
        DnsField.ClientAddress or DnsField.ServerAddress => _flow.GetAddress((DnsField)fieldId),
        _ => default,
    };

    /// <inheritdoc/>
    public bool HasOnlyAddresses(int fieldId) => fieldId == (int)DnsField.AnswerData && _answers.HasOnlyAddresses;

    /// <inheritdoc/>
    public ulong GetIdentity(int fieldId) => (DnsField)fieldId switch
    {
        DnsField.QuestionName or DnsField.Subdomain or DnsField.RegisteredDomain or DnsField.PublicSuffix => _nameHash,
        DnsField.AnswerType => _answers.TypesIdentity,
        _ => 0,
    };

    /// <summary>The parts of the questions' names.</summary>
    private DomainFields Domains()
    {
        _domains.Ensure(Names(), _nameHash);
        return _domains;
    }

    private ref readonly QuestionText Question(int index)
    {
        if (!_hasQuestion)
        {
            _hasQuestion = true;
            var reader = new DnsMessageReader(_message.AsSpan(0, _messageLength), isMulticast: _isMulticast);
            reader.TryReadQuestion(out var question);
            _questions[0] = new QuestionText(default, question.Name.WireLength, question.Type, question.Class);
        }

        return ref _questions[index];
    }

    /// <summary>The questions and broken names, with their texts.</summary>
    private ReadOnlySpan<QuestionText> Names()
    {
        if (!_hasName)
        {
            _hasName = true;
            ref readonly var question = ref Question(0);
            DnsName.TryRead(_message.AsSpan(0, _messageLength), DnsHeader.LengthInBytes, out var name, out _, out _);
            _questions[0] = question with { Name = Write(name) };
        }

        return _questions.AsSpan(0, _nameCount);
    }

    private void ReadQuestions(in ObservedMessage message)
    {
        var reader = ObservedMessage.ReaderOf(message.Payload);
        while (reader.TryReadQuestion(out var question))
        {
            Add(_questionCount++, question.Name, question.Type, question.Class);
        }

        _nameCount = _questionCount;
        if (message.Verdict is { HasBrokenName: true, IsMalformed: true })
        {
            foreach (var name in reader.BrokenNames)
            {
                Add(_nameCount++, name, default, default);
            }
        }
    }

    private void Add(int index, in DnsName name, DnsRecordType type, DnsClass dnsClass)
    {
        if (index == _questions.Length)
        {
            Array.Resize(ref _questions, _questions.Length * 2);
        }

        _questions[index] = new QuestionText(Write(name), name.WireLength, type, dnsClass);
    }

    private TextRange Write(in DnsName name)
    {
        var start = _text.Length;
        var length = _text.Append(name.WriteText(_text.Free(DnsName.MaximumTextLength))).Length;
        // An unescaped octet takes one character, and so does a length octet (the dot before a label).
        _hasEscapes |= length > name.WireLength - 2 && !name.IsRoot;
        return new TextRange(start, length);
    }

    // Zeek takes these flags from the query only; if the query was not seen, the message's own flags are used.
    private uint FlagsOfQuery => QueryFlags ?? _header.Flags;

    // How many values a field has in Zeek's spelling, in addition to ours.
    private int CountSpellings(DnsField field) => field switch
    {
        DnsField.QuestionName => !Names().IsEmpty && !_hasEscapes ? 0 : _zeek.Names(Names(), _answers.Message).Count,
        DnsField.AnswerData => _zeek.Answers(_answers.Message).Count,
        _ => CountValues((int)field),
    };

    private FieldValue GetSpelling(DnsField field, int index)
    {
        var room = _text.Free(ZeekWords.MaximumLength);
        return field switch
        {
            DnsField.QuestionName => FieldValue.FromText(_text[_zeek.Names(Names(), _answers.Message)[index]]),
            DnsField.AnswerData => FieldValue.FromText(_text[_zeek.Answers(_answers.Message)[index]]),
            DnsField.QuestionType => Spelling(ZeekWords.Write(Question(index).Type, room), field, index),
            DnsField.QuestionClass => Spelling(ZeekWords.Write(Question(index).Class, room), field, index),
            DnsField.ResponseCode => Spelling(ZeekWords.Write(_answers.ResponseCode(_header), room), field, index),
            DnsField.Opcode => Spelling(ZeekWords.Write(_header.Opcode, room), field, index),
            _ => FieldValue.FromText(GetValue((int)field, index).Text is [(byte)'t', ..] ? "T"u8 : "F"u8),
        };
    }

    // Falls back to our spelling if Zeek's is the same.
    private FieldValue Spelling(int length, DnsField field, int index) =>
        length > 0 ? FieldValue.FromText(_text.Append(length)) : GetValue((int)field, index);

    private FieldValue TypeText(DnsRecordType type)
    {
        var mnemonic = DnsMnemonics.Get(type);
        return FieldValue.FromText(mnemonic.IsEmpty ? _text.Append(DnsMnemonics.Write(type, _text.Free(16))) : mnemonic);
    }

    private FieldValue ClassText(DnsClass dnsClass)
    {
        var mnemonic = DnsMnemonics.Get(dnsClass);
        return FieldValue.FromText(mnemonic.IsEmpty ? _text.Append(DnsMnemonics.Write(dnsClass, _text.Free(16))) : mnemonic);
    }

    // What the Windows DNS client reports: 0, 9000 + RCODE, or DNS_INFO_NO_RECORDS.
    private long QueryStatus()
    {
        var code = (long)_answers.ResponseCode(_header);
        return code != 0 ? 9000 + code : _answers.Count > 0 ? 0 : 9501;
    }

    /// <inheritdoc cref="AsView"/>
    public readonly struct View(DnsEvent @event) : ISigmaEvent
    {
        /// <inheritdoc/>
        public int CountValues(int fieldId) => @event.CountValues(fieldId);

        /// <inheritdoc/>
        public FieldValue GetValue(int fieldId, int index) => @event.GetValue(fieldId, index);

        /// <inheritdoc/>
        public ReadOnlySpan<byte> GetAddress(int fieldId, int index) => @event.GetAddress(fieldId, index);

        /// <inheritdoc/>
        public bool HasOnlyAddresses(int fieldId) => @event.HasOnlyAddresses(fieldId);

        /// <inheritdoc/>
        public ulong GetIdentity(int fieldId) => @event.GetIdentity(fieldId);
    }
}

/// <summary>A question whose name has been converted to text.</summary>
/// <param name="Name">The name as text.</param>
/// <param name="Octets">
/// The length of the name on the wire without compression, 1 to 255 octets: its labels with their length octets, and the root.
/// </param>
/// <param name="Type">The type.</param>
/// <param name="Class">The class.</param>
internal readonly record struct QuestionText(TextRange Name, int Octets, DnsRecordType Type, DnsClass Class);
