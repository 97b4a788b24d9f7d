using System.Buffers.Binary;

namespace WireDns.Wire.Dns;

/// <summary>
/// Reads a message once from front to back: questions, then the records of all three sections, then <see cref="Finish"/>. The first fault
/// is <see cref="Error"/>. Two faults are only noted: a pointer forward, and a broken name in a question whose end is known. Every other
/// fault ends the reading; what was read before it stays valid.
/// </summary>
/// <remarks>
/// What the caller does not read is checked all the same: <see cref="TryReadRecord"/> skips the questions that are left, and
/// <see cref="Finish"/> everything. A loop over questions alone and <see cref="Finish"/> is the shortest way to a whole verdict. Time is
/// bounded by the message's length, by <see cref="MaximumPointers"/> and by <see cref="MaximumNameOctets"/>; nothing is allocated.
/// </remarks>
public ref struct DnsMessageReader
{
    /// <summary>The most compression pointers in all names of one message together. A zone transfer of full size takes about 30,000.</summary>
    public const int MaximumPointers = 65_536;

    /// <summary>The most octets in all names of one message together, after expansion. A zone transfer of full size has about 300,000.</summary>
    public const int MaximumNameOctets = 1 << 20;

    /// <summary>
    /// A message with at most this many questions and records stays within <see cref="MaximumNameOctets"/>: each has at most three names of
    /// 255 octets.
    /// </summary>
    public const int UncountedItems = 1024;

    private readonly ReadOnlySpan<byte> _message;
    private readonly DnsHeader _header;
    private readonly bool _isCut;
    private readonly bool _isMulticast;
    private bool _isStopped;
    private int _position;
    private int _firstBroken;
    private int _pointers;
    private int _nameOctets;

    /// <summary>Reads the header of a message.</summary>
    /// <param name="message">The message: a UDP payload, or a TCP frame without its length. It may have any length and content.</param>
    /// <param name="isCut">Whether the capture cut it, so that missing octets are not the sender's fault.</param>
    /// <param name="isMulticast">Whether it is one of multicast DNS, where the top bit of a class is a flag (<see cref="DnsMulticast"/>).</param>
    public DnsMessageReader(ReadOnlySpan<byte> message, bool isCut = false, bool isMulticast = false)
    {
        _message = message;
        _isCut = isCut;
        _isMulticast = isMulticast;
        if (DnsHeader.TryRead(message, out _header))
        {
            _position = DnsHeader.LengthInBytes;
        }
        else
        {
            Stop(DnsError.HeaderCut, message.Length);
        }
    }

    /// <summary>The header; all zero where the message is too short to have one.</summary>
    public readonly DnsHeader Header => _header;

    /// <summary>The first fault so far.</summary>
    public DnsError Error { get; private set; }

    /// <summary>Where the fault is, in bytes from the start of the message; 0 without one.</summary>
    public int ErrorOffset { get; private set; }

    /// <summary>Questions read so far; 0 to 65,535.</summary>
    public int QuestionsRead { get; private set; }

    /// <summary>Questions with a broken name so far; 0 to 65,535.</summary>
    public int BrokenQuestions { get; private set; }

    /// <summary>Records read so far; 0 to 196,605.</summary>
    public int RecordsRead { get; private set; }

    /// <summary>
    /// The TLVs of a DSO message, which follow its header (RFC 8490 §5.4). Empty for any other message.
    /// </summary>
    public readonly ReadOnlySpan<byte> StatefulData => IsStateful ? _message[DnsHeader.LengthInBytes..] : default;

    /// <summary>
    /// The broken names of questions, as far as they go; all of them once the questions were read. The whole name where only type and class
    /// are missing.
    /// </summary>
    public readonly DnsBrokenNames BrokenNames => _firstBroken == 0
        ? default
        : new DnsBrokenNames(_message, _firstBroken, QuestionsRead + BrokenQuestions + 1);

    // RFC 8490 §5.4: the counts of a DSO message are zero. One with other counts is read as they say.
    private readonly bool IsStateful =>
        _header.Opcode == DnsOpcode.Dso && _header.AreCountsZero && _message.Length >= DnsHeader.LengthInBytes;

    /// <summary>
    /// Reads the next question; false after the last or at a fault that ends the reading. A question whose name is broken, but whose end is
    /// known, is skipped.
    /// </summary>
    public bool TryReadQuestion(out DnsQuestion question)
    {
        while (QuestionsRead + BrokenQuestions < _header.QuestionCount && !_isStopped)
        {
            var error = DnsQuestion.Read(_message, _position, out question, out var next);
            _pointers += question.Name.Pointers;
            _nameOctets += question.Name.LabelOctets;
            if (IsBoundExceeded())
            {
                Stop(DnsError.CompressionBound, _position);
                break;
            }

            if (error.IsReadable())
            {
                if (_isMulticast)
                {
                    question.TakeMulticastBit();
                }

                // After a broken name, where the next question starts is a guess: it counts as one only if it looks like one.
                if (BrokenQuestions > 0 && DnsMnemonics.Get(question.Class).IsEmpty)
                {
                    _isStopped = true;
                    break;
                }

                if (error != DnsError.None)
                {
                    Note(error, _position);
                }

                _position = next;
                QuestionsRead++;
                return true;
            }

            if (!TryPassBroken(error, next))
            {
                break;
            }
        }

        question = default;
        return false;
    }

    /// <summary>
    /// Reads the next record of the answer, authority and additional sections, in this order; false after the last or at a fault that ends
    /// the reading.
    /// </summary>
    public bool TryReadRecord(out DnsRecord record)
    {
        if (QuestionsRead + BrokenQuestions < _header.QuestionCount)
        {
            PassQuestions();
        }

        if (RecordsRead >= _header.RecordCount || _isStopped)
        {
            record = default;
            return false;
        }

        var error = DnsRecord.Read(_message, _position, out record, out var next);
        _pointers += record.Pointers;
        _nameOctets += record.Name.LabelOctets + record.DataNameOctets;
        if (!error.IsReadable() || IsBoundExceeded())
        {
            record = default;
            return error.IsReadable() ? Stop(DnsError.CompressionBound, _position) : Stop(error, next);
        }

        if (error != DnsError.None)
        {
            Note(error, _position);
        }

        if (_isMulticast)
        {
            record.TakeMulticastBit();
        }

        record.Section = RecordsRead < _header.AnswerCount ? DnsSection.Answer
            : RecordsRead < _header.AnswerCount + _header.AuthorityCount ? DnsSection.Authority
            : DnsSection.Additional;
        _position = next;
        RecordsRead++;
        return true;
    }

    /// <summary>Checks the rest of the message and returns the verdict on all of it. May be called again.</summary>
    public DnsMessageVerdict Finish()
    {
        if (QuestionsRead + BrokenQuestions < _header.QuestionCount)
        {
            PassQuestions();
        }

        if (RecordsRead < _header.RecordCount && !_isStopped)
        {
            PassRecords();
        }

        if (IsStateful && !_isStopped)
        {
            PassStatefulData();
        }

        return new DnsMessageVerdict
        {
            Error = Error,
            ErrorOffset = ErrorOffset,
            QuestionsRead = QuestionsRead,
            BrokenQuestions = BrokenQuestions,
            HasBrokenName = _firstBroken != 0 && BrokenNames.MoveNext(),
            RecordsRead = RecordsRead,
            TrailingBytes = _isStopped ? 0 : _message.Length - _position,
            IsIncomplete = _isCut && (Error == DnsError.None || Error.IsCut()),
        };
    }

    // A broken question whose end can be found does not hide the next one.
    private bool TryPassBroken(DnsError error, int errorOffset)
    {
        _firstBroken = _firstBroken == 0 ? _position : _firstBroken;
        var end = DnsName.FindEnd(_message, _position);
        if (end < 0 || _message.Length - end < DnsQuestion.FixedLength)
        {
            return Stop(error, errorOffset);
        }

        Note(error, errorOffset);
        BrokenQuestions++;
        _position = end + DnsQuestion.FixedLength;
        return true;
    }

    private void PassQuestions()
    {
        while (TryReadQuestion(out _))
        {
        }
    }

    private void PassRecords()
    {
        // A record owned by the first question's name need not be read if that name is sound and has no pointer.
        var hasPlainQuestion = QuestionsRead > 0 && _firstBroken == 0 && _pointers == 0 && _header.RecordCount <= UncountedItems;
        do
        {
            while (hasPlainQuestion && RecordsRead < _header.RecordCount
                && DnsRecord.FindPlainEnd(_message, _position) is > 0 and var end)
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
                Stop(DnsError.DsoCut, _message.Length);
                return;
            }

            _position += 4 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        }
    }

    // Octets matter only in a message of many questions and records: fewer cannot exceed the bound.
    private readonly bool IsBoundExceeded() => _pointers > MaximumPointers
        || (_nameOctets > MaximumNameOctets && _header.QuestionCount + _header.RecordCount > UncountedItems);

    private void Note(DnsError error, int offset)
    {
        if (Error == DnsError.None)
        {
            Error = error;
            ErrorOffset = offset;
        }
    }

    private bool Stop(DnsError error, int offset)
    {
        Note(error, offset);
        _isStopped = true;
        return false;
    }
}
