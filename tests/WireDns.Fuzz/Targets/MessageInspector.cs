using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using WireDns.Wire.Dns;

namespace WireDns.Fuzz.Targets;

/// <summary>
/// Reads a message in every way there is, and checks that all agree with each other and with the plain way: questions, records, names,
/// presentation text, EDNS, verdict.
/// </summary>
internal sealed class MessageInspector
{
    // The densest text is that of a bitmap: a window of 34 octets names 256 types, each at most "TYPE65535" and a space.
    private const int MostTextPerOctet = 256 * 10 / 34 + 1;

    // A record with two compressed names of two octets each and a few numbers; a short extended error with its meaning.
    private const int MostTextBesides = (2 * DnsName.MaximumTextLength) + 256;

    private readonly NameInspector _names = new();
    private readonly byte[] _text = new byte[TextBound(ushort.MaxValue)];
    private readonly byte[] _again = new byte[TextBound(ushort.MaxValue)];

    /// <summary>Checks a message.</summary>
    public void Inspect(ReadOnlySpan<byte> message, FeatureMap features)
    {
        var reader = new DnsMessageReader(message);
        var header = reader.Header;
        var position = DnsHeader.LengthInBytes;
        var questions = 0;
        while (reader.TryReadQuestion(out var question))
        {
            Invariant.Holds(
                reader.BrokenQuestions > 0 ? question.Offset >= position : question.Offset == position, "a question starts where the one before it ends");
            position = _names.Inspect(message, question.Offset, message.Length, in question.Name);
            Invariant.Holds((ushort)question.Type == BinaryPrimitives.ReadUInt16BigEndian(message[position..]), "a question has its type");
            Invariant.Holds((ushort)question.Class == BinaryPrimitives.ReadUInt16BigEndian(message[(position + 2)..]), "a question has its class");
            position += 4;
            questions++;
            features.Add(1, Group((ushort)question.Type));
        }

        Invariant.Holds(questions == reader.QuestionsRead && questions <= header.QuestionCount, "questions are counted");
        var records = 0;
        while (reader.TryReadRecord(out var record))
        {
            // After broken questions, a record's position is known from its data alone.
            if (reader.BrokenQuestions == 0)
            {
                position = InspectRecord(message, position, in record, header, records, features);
            }

            records++;
        }

        Invariant.Holds(records == reader.RecordsRead, "records are counted");
        var verdict = reader.Finish();
        Invariant.Holds(verdict.QuestionsRead == questions && verdict.RecordsRead == records, "a verdict counts what was read");
        Invariant.Holds(questions + records == 0 || message.Length >= DnsHeader.LengthInBytes, "what is read follows a header");
        if (verdict.BrokenQuestions == 0)
        {
            InspectEnd(message, position, header, verdict);
        }

        InspectVerdict(message, verdict);
        foreach (var name in reader.BrokenNames)
        {
            _names.InspectForms(in name);
        }

        InspectStart(message);
        InspectLook(message, verdict);

        features.Add(2, (ulong)verdict.Error | ((ulong)Math.Min(questions, 3) << 8) | ((ulong)(records == 0 ? 0 : 1) << 10));
        features.Add(3, (ulong)header.Opcode | ((ulong)verdict.Error << 8));
        features.AddMagnitude(4, questions);
        features.AddMagnitude(5, records);
        features.AddMagnitude(6, verdict.TrailingBytes);
    }

    private static void InspectLook(ReadOnlySpan<byte> message, DnsMessageVerdict verdict)
    {
        var reader = new DnsMessageReader(message);
        var isUsual = verdict.Error == DnsError.None && reader.Header.QuestionCount == 1
            && reader.Header.AnswerCount + reader.Header.AuthorityCount + reader.Header.AdditionalCount <= DnsMessageReader.UncountedItems
            && reader.TryReadQuestion(out var question) && !question.Name.IsRoot;
        Invariant.Holds(DnsSoundMessage.TryRead(message, out var sound) == isUsual, "a look at a message sees what its reader finds");
        if (DnsGlance.TryRead(message, 1, out var glance) && glance.HasSoundRecords(message) && glance.HasSoundName(message))
        {
            Invariant.Holds(isUsual && glance.NameHash == sound.HashName(1), "a glance at a message that says it is sound is right, and has the hash of its name");
            InspectText(message, glance);
            InspectAddresses(message);
        }
    }

    private static void InspectAddresses(ReadOnlySpan<byte> message)
    {
        var areAddresses = true;
        for (var reader = new DnsMessageReader(message); reader.TryReadRecord(out var record) && record.Section == DnsSection.Answer;)
        {
            areAddresses &= record.IsAddress;
        }

        Invariant.Holds(areAddresses || !DnsGlance.HasOnlyAddresses(message), "a message that has nothing but addresses in its answers has no other record there");
    }

    private static void InspectText(ReadOnlySpan<byte> message, DnsGlance glance)
    {
        const int Offset = 16;
        Span<byte> buffer = stackalloc byte[DnsName.MaximumWireLength + (2 * Offset)];
        Span<byte> text = stackalloc byte[DnsName.MaximumTextLength];
        DnsName.TryRead(message, DnsHeader.LengthInBytes, out var name, out _, out _);
        text = text[..name.WriteText(text)];
        var isWritten = glance.TryWriteFoldedName(message, buffer, Offset, out var length);
        Invariant.Holds(!isWritten || Ascii.EqualsIgnoreCase(text, buffer.Slice(Offset, length)), "a glance writes the text of its name");
        Invariant.Holds(!isWritten || !buffer.Slice(Offset, length).ContainsAnyInRange((byte)'A', (byte)'Z'), "a glance writes small letters");
    }

    private int InspectRecord(
        ReadOnlySpan<byte> message, int position, in DnsRecord record, DnsHeader header, int index, FeatureMap features)
    {
        position = _names.Inspect(message, position, message.Length, in record.Name);
        var fixedPart = message.Slice(position, 10);
        Invariant.Holds((ushort)record.Type == BinaryPrimitives.ReadUInt16BigEndian(fixedPart), "a record has its type");
        Invariant.Holds((ushort)record.Class == BinaryPrimitives.ReadUInt16BigEndian(fixedPart[2..]), "a record has its class");
        Invariant.Holds(record.TimeToLive == BinaryPrimitives.ReadUInt32BigEndian(fixedPart[4..]), "a record has its TTL");
        Invariant.Holds(record.DataOffset == position + 10, "a record's data follows its length");
        Invariant.Holds(record.Data.Length == BinaryPrimitives.ReadUInt16BigEndian(fixedPart[8..]), "a record's data has its length");
        Invariant.Holds(record.Data.SequenceEqual(message.Slice(position + 10, record.Data.Length)), "a record's data is that of the message");
        var section = index < header.AnswerCount ? DnsSection.Answer
            : index < header.AnswerCount + header.AuthorityCount ? DnsSection.Authority
            : DnsSection.Additional;
        Invariant.Holds(record.Section == section, "a record is in its section");

        var names = 0;
        foreach (var name in record.DataNames)
        {
            _names.InspectForms(name);
            names++;
        }

        Invariant.Holds(names <= 2, "a record's data has two names at most");
        var text = InspectText(in record);
        if (DnsEdns.TryRead(in record, out var edns))
        {
            InspectOptions(edns, features);
        }

        features.Add(7, Group((ushort)record.Type) | ((ulong)names << 16) | (text.StartsWith("\\# "u8) ? 1UL << 20 : 0));
        features.Add(8, Group((ushort)record.Class));
        features.Add(9, Group((ushort)record.Type) | ((ulong)BitOperations.Log2((uint)text.Length + 1) << 16));
        return record.DataOffset + record.Data.Length;
    }

    private ReadOnlySpan<byte> InspectText(in DnsRecord record)
    {
        // No longer than a bound that depends on the data's length, and the same however much room there is.
        var bound = TextBound(record.Data.Length);
        Invariant.Holds(DnsRecordData.TryWriteText(in record, _text.AsSpan(0, bound), out var length), "a record's text is of bounded length");
        var text = _text.AsSpan(0, length);
        Invariant.Holds(!text.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e), "a record's text is printable ASCII");
        if (length < 2048)
        {
            Invariant.Holds(
                DnsRecordData.TryWriteText(in record, _again.AsSpan(0, length), out var again) && text.SequenceEqual(_again.AsSpan(0, again)),
                "a record's text fits where it fits");
            if (length > 0)
            {
                Invariant.Holds(
                    !DnsRecordData.TryWriteText(in record, _again.AsSpan(0, length - 1), out again) && again == 0,
                    "a record's text does not fit where it does not");
            }
        }

        return text;
    }

    private void InspectOptions(DnsEdns edns, FeatureMap features)
    {
        Span<byte> name = stackalloc byte[DnsEdnsOption.MaximumNameLength];
        var options = edns.Options;
        while (options.MoveNext())
        {
            var option = options.Current;
            Invariant.Holds(option.WriteName(name) > 0, "an option has a name");
            Invariant.Holds(
                option.TryWriteText(_again.AsSpan(0, (option.Data.Length * 4) + 64), out var length), "an option's text is as short as promised");
            Invariant.Holds(
                !_again.AsSpan(0, length).ContainsAnyExceptInRange((byte)0x20, (byte)0x7e), "an option's text is printable ASCII");
            features.Add(10, Group((ushort)option.Code) | ((ulong)BitOperations.Log2((uint)option.Data.Length + 1) << 16));
        }

        Invariant.Holds(options.IsMalformed == edns.AreOptionsMalformed, "options are malformed or not");
        features.Add(11, options.IsMalformed ? 1UL : 0);
    }

    // Where the reader stopped, there is nothing that it could have read.
    private void InspectEnd(ReadOnlySpan<byte> message, int position, DnsHeader header, DnsMessageVerdict verdict)
    {
        if (verdict.Error.IsReadable() && verdict.QuestionsRead == header.QuestionCount
            && verdict.RecordsRead == header.AnswerCount + header.AuthorityCount + header.AdditionalCount)
        {
            Invariant.Holds(
                verdict.QuestionsRead == header.QuestionCount
                && verdict.RecordsRead == header.AnswerCount + header.AuthorityCount + header.AdditionalCount,
                "a sound message has all that its header counts");
            Invariant.Holds(
                verdict.TrailingBytes == message.Length - position || header.Opcode == DnsOpcode.Dso, "a sound message ends with its last record");
            return;
        }

        Invariant.Holds(verdict.TrailingBytes == 0, "a broken message has no trailing bytes");
        if (verdict.Error is DnsError.PointerForward or DnsError.CompressionBound)
        {
            // The fault that ended the reading came after the first, or is about the message as a whole.
            return;
        }

        if (message.Length < DnsHeader.LengthInBytes || verdict.Error == DnsError.DsoCut)
        {
            return;
        }

        var isQuestion = verdict.QuestionsRead < header.QuestionCount;
        if (!_names.IsSound(message, position, message.Length, out var next))
        {
            return;
        }

        var left = message.Length - next;
        if (isQuestion)
        {
            Invariant.Holds(left < 4, "a question is refused for a reason");
            return;
        }

        // A record that is there in full is refused only for the names in its data.
        Invariant.Holds(
            left < 10 || left - 10 < BinaryPrimitives.ReadUInt16BigEndian(message[(next + 8)..])
            || verdict.Error is DnsError.RdataNameOverrun or DnsError.NameTooLong or DnsError.LabelType or DnsError.PointerOutside
                or DnsError.PointerIntoHeader or DnsError.PointerChain,
            "a record is refused for a reason");
    }

    private static void InspectVerdict(ReadOnlySpan<byte> message, DnsMessageVerdict verdict)
    {
        Invariant.Holds(new DnsMessageReader(message).Finish() == verdict, "a verdict does not depend on how a message is read");
        Invariant.Holds(verdict.ErrorOffset >= 0 && verdict.ErrorOffset <= message.Length, "a fault lies in the message");
        Invariant.Holds(verdict.IsMalformed == (verdict.Error != DnsError.None), "what is not cut and has a fault is malformed");
        Invariant.Holds(verdict.IsDelivered == (verdict.QuestionsRead > 0 || !verdict.IsMalformed || verdict.HasBrokenName), "what can be matched is delivered");
        Invariant.Holds((verdict.Error.ToReason().Length == 0) == (verdict.Error == DnsError.None), "a fault has a name");

        var cut = new DnsMessageReader(message, isCut: true).Finish();
        Invariant.Holds(cut.Error == verdict.Error && cut.RecordsRead == verdict.RecordsRead, "a snap length changes no fault");
        Invariant.Holds(cut.IsIncomplete != cut.IsMalformed, "what was cut is incomplete or malformed, and never both");

        if (verdict.TrailingBytes > 0)
        {
            var without = new DnsMessageReader(message[..^verdict.TrailingBytes]).Finish();

            // A name may point to labels that run on into them.
            Invariant.Holds(
                without == verdict with { TrailingBytes = 0 } || verdict.Error != DnsError.None || without.Error is DnsError.NameCut or DnsError.RdataNameOverrun or DnsError.PointerOutside,
                "trailing bytes change nothing");
        }
    }

    private static void InspectStart(ReadOnlySpan<byte> message)
    {
        var isPlausible = DnsMessageStart.IsPlausible(message, message.Length);
        for (var length = 4; length < message.Length && length <= 40; length += 3)
        {
            var isStartPlausible = DnsMessageStart.IsPlausible(message[..length], message.Length);
            Invariant.Holds(!isPlausible || isStartPlausible, "what is not there yet is not held against a start");
        }
    }

    // The numbers that mean something, and the others by their magnitude: all of them would be too many features to learn from.
    private static ulong Group(ushort number) => number < 300 ? number : 300UL + (ulong)BitOperations.Log2(number);

    private static int TextBound(int dataLength) => (dataLength * MostTextPerOctet) + MostTextBesides;
}
