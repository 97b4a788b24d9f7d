using System.Buffers.Binary;

namespace WireDns.Wire.Dns;

/// <summary>
/// Reads a message once from front to back: questions, then the records of all three sections, then <see cref="Finish"/>. The first fault
/// ends it (<see cref="Error"/>); what was read before stands.
/// </summary>
/// <remarks>
/// Whatever is left unread is checked, and not handed out, by the next call: <see cref="TryReadRecord"/> passes over questions and
/// <see cref="Finish"/> over everything. A loop over questions alone and <see cref="Finish"/> is the shortest way to a whole verdict.
/// Time is bounded by the message's length; nothing is allocated.
/// </remarks>
public ref struct DnsMessageReader
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly DnsHeader _header;
    private readonly bool _isCut;
    private int _position;

    /// <summary>Starts to read a message, header first.</summary>
    /// <param name="message">The message: a UDP payload, or a TCP frame without its length. It may have any length and content.</param>
    /// <param name="isCut">Whether the capture's snap length cut it: octets that are missing then are no fault of the sender.</param>
    public DnsMessageReader(ReadOnlySpan<byte> message, bool isCut = false)
    {
        _message = message;
        _isCut = isCut;
        if (DnsHeader.TryRead(message, out _header))
        {
            _position = DnsHeader.LengthInBytes;
        }
        else
        {
            Error = DnsError.HeaderCut;
            ErrorOffset = message.Length;
        }
    }

    /// <summary>The header; all zero where the message is too short to have one.</summary>
    public readonly DnsHeader Header => _header;

    /// <summary>The first fault that was met so far.</summary>
    public DnsError Error { get; private set; }

    /// <summary>Where the fault is, in bytes from the start of the message; 0 without one.</summary>
    public int ErrorOffset { get; private set; }

    /// <summary>Questions that were read and found sound so far; 0 to 65,535.</summary>
    public int QuestionsRead { get; private set; }

    /// <summary>Records that were read and found sound so far; 0 to 196,605.</summary>
    public int RecordsRead { get; private set; }

    /// <summary>
    /// Behind the header of a DSO message: its TLVs (RFC 8490 §5.4). Empty for any other message.
    /// </summary>
    public readonly ReadOnlySpan<byte> StatefulData => IsStateful ? _message[DnsHeader.LengthInBytes..] : default;

    /// <summary>
    /// Where <see cref="Error"/> lies in a question: the labels of its name before the fault, or all of them where the fault is behind
    /// the name. The root else. Some resolvers take names that break the rules, so these labels may be what was looked up.
    /// </summary>
    public readonly DnsName BrokenQuestionName
    {
        get
        {
            // The reader still stands at the start of the question.
            DnsName name = default;
            if (Error is not (DnsError.None or DnsError.HeaderCut) && QuestionsRead < _header.QuestionCount)
            {
                DnsName.Read(_message, _position, _message.Length, out name, out _);
            }

            return name;
        }
    }

    // RFC 8490 §5.4: the counts of a DSO message are zero. One that has sections is read as what its counts say.
    private readonly bool IsStateful =>
        _header.Opcode == DnsOpcode.Dso && _header.AreCountsZero && _message.Length >= DnsHeader.LengthInBytes;

    /// <summary>Reads the next question; false after the last or at a fault.</summary>
    public bool TryReadQuestion(out DnsQuestion question)
    {
        if (QuestionsRead >= _header.QuestionCount || Error != DnsError.None)
        {
            question = default;
            return false;
        }

        var error = DnsQuestion.Read(_message, _position, out question, out var next);
        if (error != DnsError.None)
        {
            question = default;
            return Fail(error, next);
        }

        _position = next;
        QuestionsRead++;
        return true;
    }

    /// <summary>
    /// Reads the next record of the answer, authority and additional sections, in this order; false after the last or at a fault.
    /// </summary>
    public bool TryReadRecord(out DnsRecord record)
    {
        if (QuestionsRead < _header.QuestionCount)
        {
            PassQuestions();
        }

        if (RecordsRead >= _header.RecordCount || Error != DnsError.None)
        {
            record = default;
            return false;
        }

        var error = DnsRecord.Read(_message, _position, out record, out var next);
        if (error != DnsError.None)
        {
            record = default;
            return Fail(error, next);
        }

        record.Section = RecordsRead < _header.AnswerCount ? DnsSection.Answer
            : RecordsRead < _header.AnswerCount + _header.AuthorityCount ? DnsSection.Authority
            : DnsSection.Additional;
        _position = next;
        RecordsRead++;
        return true;
    }

    /// <summary>Checks whatever is left of the message and says what is to be made of the whole. May be called again.</summary>
    public DnsMessageVerdict Finish()
    {
        if (QuestionsRead < _header.QuestionCount)
        {
            PassQuestions();
        }

        if (RecordsRead < _header.RecordCount && Error == DnsError.None)
        {
            PassRecords();
        }

        if (IsStateful && Error == DnsError.None)
        {
            PassStatefulData();
        }

        var isSound = Error == DnsError.None;
        return new DnsMessageVerdict
        {
            Error = Error,
            ErrorOffset = ErrorOffset,
            QuestionsRead = QuestionsRead,
            RecordsRead = RecordsRead,
            TrailingBytes = isSound ? _message.Length - _position : 0,
            IsIncomplete = _isCut && (isSound || Error.IsCut()),
        };
    }

    private void PassQuestions()
    {
        while (TryReadQuestion(out _))
        {
        }
    }

    private void PassRecords()
    {
        do
        {
            while (QuestionsRead > 0 && RecordsRead < _header.RecordCount && DnsRecord.FindPlainEnd(_message, _position) is > 0 and var end)
            {
                _position = end;
                RecordsRead++;
            }
        }
        while (TryReadRecord(out _));
    }

    private void PassStatefulData()
    {
        while (_position < _message.Length)
        {
            var rest = _message[_position..];
            if (rest.Length < 4 || rest.Length - 4 < BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))
            {
                Fail(DnsError.DsoCut, _message.Length);
                return;
            }

            _position += 4 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        }
    }

    private bool Fail(DnsError error, int offset)
    {
        Error = error;
        ErrorOffset = offset;
        return false;
    }
}
