using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

public sealed class DnsMessageReaderTests
{
    private const string Question = "0377777707 6578616d706c65 03636f6d 00 0001 0001";
    private const string Answer = "c00c 0001 0001 0000003c 0004 cb007107";
    private const string Response = "3039 8180 0001 0001 0000 0000" + Question + Answer;

    [Fact]
    public void Reads_questions_and_records_of_all_sections_in_their_order()
    {
        var message = Hex(
            "0001 8180 0002 0001 0001 0001" + Question + "c010 001c 0003"
            + Answer
            + "c010 0002 0001 00015180 0006 036e7331 c010"
            + "00 0029 04d0 01008000 0000");
        var decoded = DecodedMessage.From(message);
        Assert.Equal(
            [
                new DecodedQuestion("www.example.com", DnsRecordType.A, DnsClass.IN),
                new DecodedQuestion("example.com", DnsRecordType.AAAA, DnsClass.CH),
            ],
            decoded.Questions);
        Assert.Equal(
            [
                new DecodedRecord(DnsSection.Answer, "www.example.com", DnsRecordType.A, DnsClass.IN, 60, "203.0.113.7"),
                new DecodedRecord(DnsSection.Authority, "example.com", DnsRecordType.NS, DnsClass.IN, 86400, "ns1.example.com"),
                new DecodedRecord(DnsSection.Additional, ".", DnsRecordType.OPT, (DnsClass)1232, 0x01008000, ""),
            ],
            decoded.Records);
        Assert.Equal(new DnsMessageVerdict { QuestionsRead = 2, RecordsRead = 3 }, decoded.Verdict);
        Assert.True(decoded.Verdict.IsDelivered);
        Assert.False(decoded.Verdict.IsMalformed);
    }

    [Fact]
    public void Records_can_be_read_without_the_questions()
    {
        var reader = new DnsMessageReader(Hex(Response));
        Assert.True(reader.TryReadRecord(out var record));
        Assert.Equal("www.example.com", record.Name.ToString());
        Assert.Equal(1, reader.QuestionsRead);
        Assert.Equal(45, record.DataOffset);
        Assert.Equal([0xcb, 0, 0x71, 7], record.Data.ToArray());
        Assert.False(reader.TryReadRecord(out _));
        Assert.False(reader.TryReadQuestion(out _));
        Assert.Equal(DnsError.None, reader.Error);
    }

    [Fact]
    public void The_verdict_is_the_same_however_much_was_read_before()
    {
        var message = Hex(Response + "ffff");
        var untouched = new DnsMessageReader(message).Finish();
        var questions = new DnsMessageReader(message);
        Assert.True(questions.TryReadQuestion(out var question));
        Assert.Equal(12, question.Offset);
        Assert.Equal(untouched, questions.Finish());
        Assert.Equal(untouched, questions.Finish());
        Assert.Equal(untouched, DecodedMessage.From(message).Verdict);
        Assert.Equal(new DnsMessageVerdict { QuestionsRead = 1, RecordsRead = 1, TrailingBytes = 2 }, untouched);
    }

    [Theory]
    [InlineData("0000 0000 0000 0000 0000 00", DnsError.HeaderCut, 11, 0, 0, Label = "no header")]
    [InlineData("", DnsError.HeaderCut, 0, 0, 0, Label = "nothing")]
    [InlineData("0000 0000 0002 0000 0000 0000" + Question, DnsError.QuestionMissing, 33, 1, 0, Label = "two questions announced, one there")]
    [InlineData("0000 0000 0001 0000 0000 0000", DnsError.QuestionMissing, 12, 0, 0, Label = "no question there")]
    [InlineData("0000 0000 0001 0000 0000 0000 00 0001 00", DnsError.QuestionCut, 16, 0, 0, Label = "question without its class")]
    [InlineData("0000 0000 0001 0000 0000 0000 03 61", DnsError.NameCut, 14, 0, 0, Label = "question's name cut")]
    [InlineData("0000 8000 0001 0002 0000 0000" + Question + Answer, DnsError.RecordMissing, 49, 1, 1, Label = "two answers announced, one there")]
    [InlineData("0000 8000 0000 0001 0000 0000 00 0001 0001 00000000 00", DnsError.RecordCut, 22, 0, 0, Label = "record cut within RDLENGTH")]
    [InlineData("0000 8000 0000 0001 0000 0000 c0", DnsError.NameCut, 12, 0, 0, Label = "record cut within its owner")]
    [InlineData("0000 8000 0000 0001 0000 0000 00 0001 0001 00000000 0005 01020304", DnsError.RdataCut, 27, 0, 0, Label = "RDLENGTH past the end")]
    [InlineData("0000 8000 0000 0001 0000 0000 00 0005 0001 00000000 0002 0161 00", DnsError.RdataNameOverrun, 25, 0, 0, Label = "CNAME past RDLENGTH")]
    [InlineData("0000 8000 0000 0001 0000 0000 00 0005 0001 00000000 0000", DnsError.RdataNameOverrun, 23, 0, 0, Label = "CNAME without data")]
    [InlineData("0000 8000 0000 0001 0000 0000 00 0021 0001 00000000 0002 0000", DnsError.RdataNameOverrun, 25, 0, 0, Label = "SRV too short for a target")]
    [InlineData("0000 8000 0000 0001 0000 0000 00 000f 0001 00000000 0004 000a c019", DnsError.PointerChain, 25, 0, 0, Label = "MX target points at itself")]
    [InlineData("0000 8000 0000 0001 0000 0000 00 0006 0001 00000000 0003 00 0361", DnsError.RdataNameOverrun, 26, 0, 0, Label = "SOA, second name cut")]
    [InlineData("0000 8000 0000 0001 0000 0000 00 0023 0001 00000000 0007 0001 0002 00 00 09", DnsError.RdataNameOverrun, 30, 0, 0, Label = "NAPTR, third string past RDLENGTH")]
    [InlineData("0000 8000 0000 0001 0000 0000 00 0041 0001 00000000 0004 0001 c000", DnsError.PointerIntoHeader, 25, 0, 0, Label = "HTTPS target points into the header")]
    [InlineData("0000 3000 0000 0000 0000 0000 0001 0009 00", DnsError.DsoCut, 17, 0, 0, Label = "DSO TLV past the end")]
    [InlineData("0000 3000 0000 0000 0000 0000 0001", DnsError.DsoCut, 14, 0, 0, Label = "DSO TLV without its length")]
    public void Stops_at_the_first_fault_and_says_where(
        string hex, DnsError error, int errorOffset, int questions, int records)
    {
        var verdict = DecodedMessage.From(Hex(hex)).Verdict;
        Assert.Equal(
            new DnsMessageVerdict { Error = error, ErrorOffset = errorOffset, QuestionsRead = questions, RecordsRead = records }, verdict);
        Assert.True(verdict.IsMalformed);
        Assert.Equal(questions > 0, verdict.IsDelivered);
        Assert.Equal(verdict, new DnsMessageReader(Hex(hex)).Finish());
    }

    [Theory]
    [InlineData("0005", "00 0161 00", Label = "the root, a label before slack")]
    [InlineData("0001", "010203", Label = "A of three octets")]
    [InlineData("0001", "", Label = "A without data")]
    [InlineData("0010", "", Label = "TXT without data")]
    [InlineData("0010", "09", Label = "TXT with a string past its end")]
    [InlineData("0029", "0001 0009 00", Label = "OPT with an option past its end")]
    [InlineData("ff00", "c017", Label = "a type without names that looks like a loop")]
    [InlineData("0006", "0000", Label = "SOA cut after its names")]
    public void Takes_data_that_is_odd_but_holds_its_names(string type, string data)
    {
        var octets = Hex(data);
        byte[] message =
        [
            .. Hex("0000 8000 0000 0001 0000 0000 00" + type + "0001 00000000"),
            0, (byte)octets.Length, .. octets,
        ];
        Assert.Equal(new DnsMessageVerdict { RecordsRead = 1 }, new DnsMessageReader(message).Finish());
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(254, true)]
    [InlineData(1, false)]
    public void An_update_deletes_without_data(int dnsClass, bool isSound)
    {
        byte[] message =
        [
            .. Hex("0001 2800 0001 0000 0001 0000" + Question + "c00c 0005 00"), (byte)dnsClass, 0, 0, 0, 0, 0, 0,
        ];
        Assert.Equal(isSound ? DnsError.None : DnsError.RdataNameOverrun, new DnsMessageReader(message).Finish().Error);
    }

    [Theory]
    [InlineData(Response, 49, DnsError.None, true, Label = "sound whole")]
    [InlineData(Response, 47, DnsError.RdataCut, true, Label = "answer cut")]
    [InlineData(Response, 33, DnsError.RecordMissing, true, Label = "no answer")]
    [InlineData(Response, 31, DnsError.QuestionCut, false, Label = "question cut")]
    [InlineData(Response, 20, DnsError.NameCut, false, Label = "name cut")]
    [InlineData(Response, 12, DnsError.QuestionMissing, false, Label = "header only")]
    [InlineData(Response, 5, DnsError.HeaderCut, false, Label = "header cut")]
    public void What_the_snap_length_cut_is_incomplete_and_not_malformed(
        string hex, int length, DnsError error, bool isDelivered)
    {
        var verdict = new DnsMessageReader(Hex(hex).AsSpan(0, length), isCut: true).Finish();
        Assert.Equal(error, verdict.Error);
        Assert.True(verdict.IsIncomplete);
        Assert.False(verdict.IsMalformed);
        Assert.Equal(isDelivered, verdict.IsDelivered);
    }

    [Fact]
    public void A_broken_name_is_malformed_also_where_the_snap_length_cut_the_message()
    {
        var verdict = new DnsMessageReader(Hex("0000 0000 0001 0000 0000 0000 c00c"), isCut: true).Finish();
        Assert.True(verdict.IsMalformed);
        Assert.False(verdict.IsIncomplete);
    }

    [Fact]
    public void Tlvs_of_a_stateful_operation_are_not_after_the_message()
    {
        var reader = new DnsMessageReader(Hex("0001 3000 0000 0000 0000 0000 0001 0008 00003a98 00003a98"));
        Assert.Equal(12, reader.StatefulData.Length);
        var verdict = reader.Finish();
        Assert.Equal(default, verdict);
        Assert.True(verdict.IsDelivered);
        var query = new DnsMessageReader(Hex("0001 0000 0000 0000 0000 0000 0001 0008"));
        Assert.True(query.StatefulData.IsEmpty);
        Assert.Equal(4, query.Finish().TrailingBytes);
    }

    [Fact]
    public void An_inverse_query_has_answers_and_no_question()
    {
        var decoded = DecodedMessage.From(Hex("0001 0800 0000 0001 0000 0000 00 0001 0001 00000000 0004 01020304"));
        Assert.Equal(DnsOpcode.IQuery, decoded.Header.Opcode);
        Assert.Equal("1.2.3.4", Assert.Single(decoded.Records).Data);
        Assert.True(decoded.Verdict.IsDelivered);
    }

    [Fact]
    public void A_pointer_to_the_first_name_needs_a_question_there()
    {
        // The same two octets without a question: the pointer leads to the record's own start.
        var verdict = new DnsMessageReader(Hex("0000 8000 0000 0001 0000 0000" + Answer)).Finish();
        Assert.Equal(DnsError.PointerChain, verdict.Error);
    }

    [Theory]
    [InlineData("0377777707 6578616d706c65 c000 0001 0001", "www.example", Label = "a pointer into the header (some servers take it)")]
    [InlineData("03777777 0765786161", "www", Label = "a label that the message cuts")]
    [InlineData("0377777700 0001", "www", Label = "no class")]
    [InlineData("c00c 0001 0001", ".", Label = "a loop")]
    [InlineData("0161 c00e 0001 0001", "a", Label = "a loop after a label")]
    [InlineData("0161 ffff 0001 0001", "a", Label = "a pointer out of the message")]
    [InlineData("0161 41", "a", Label = "a label type of old")]
    [InlineData("", ".", Label = "nothing")]
    [InlineData("0161 00 0001 0001", ".", true, Label = "sound")]
    public void Shows_what_a_broken_question_asks_for(string hex, string text, bool isSound = false)
    {
        var reader = new DnsMessageReader([.. Hex("0001 0100 0001 0000 0000 0000"), .. Hex(hex)]);
        reader.Finish();
        Assert.Equal(text, NamesOf(reader.BrokenNames, "."));
        Assert.Equal(text != ".", reader.Finish().HasBrokenName);
        Assert.Equal(text != "." || isSound, reader.Finish().IsDelivered);
        Assert.Equal(isSound, reader.Error == DnsError.None);
    }

    [Theory]
    [InlineData("0161 c000 0001 0001", DnsError.PointerIntoHeader, "a", Label = "a pointer into the header")]
    [InlineData("0161 c00e 0001 0001", DnsError.PointerChain, "a", Label = "a loop")]
    [InlineData("0161 ffff 0001 0001", DnsError.PointerOutside, "a", Label = "a pointer out of the message")]
    [InlineData("c00c 0001 0001", DnsError.PointerChain, "-", Label = "nothing but a pointer to itself")]
    public void A_broken_question_does_not_hide_the_next(string hex, DnsError error, string broken)
    {
        byte[] message = [.. Hex("0001 8100 0003 0001 0000 0000" + hex + "0162 00 0001 0001" + hex + "00 0001 0001 00000000 0004 01020304")];
        var decoded = DecodedMessage.From(message);
        Assert.Equal("b", Assert.Single(decoded.Questions).Name);
        Assert.Equal("1.2.3.4", Assert.Single(decoded.Records).Data);
        Assert.Equal(error, decoded.Verdict.Error);
        Assert.Equal(2, decoded.Verdict.BrokenQuestions);
        Assert.True(decoded.Verdict.IsDelivered);
        var reader = new DnsMessageReader(message);
        reader.Finish();
        Assert.Equal(broken == "-" ? "-" : "a,a", NamesOf(reader.BrokenNames, "-"));
    }

    [Fact]
    public void A_name_of_labels_beyond_255_octets_does_not_hide_the_next_question()
    {
        var label = "3f" + string.Concat(Enumerable.Repeat("61", 63));
        var decoded = DecodedMessage.From(Hex(
            "0001 0100 0002 0000 0000 0000" + string.Concat(Enumerable.Repeat(label, 5)) + "00 0001 0001" + "0162 00 0001 0001"));
        Assert.Equal("b", Assert.Single(decoded.Questions).Name);
        Assert.Equal(DnsError.NameTooLong, decoded.Verdict.Error);
        Assert.True(decoded.Verdict.HasBrokenName);
    }

    [Theory]
    [InlineData("0001 0100 0001 0000 0000 0000 c012 0001 0001 0161 00", "a", "", "", Label = "question")]
    [InlineData("0001 8180 0001 0001 0000 0000 c022 0001 0001 c00c 0001 0001 00000000 0004 01020304 0161 00", "a", "a", "1.2.3.4", Label = "question of a response with a record")]
    [InlineData("0001 8180 0001 0001 0000 0000 0162 00 0001 0001 c023 0001 0001 00000000 0004 01020304 0161 00", "b", "a", "1.2.3.4", Label = "owner name")]
    [InlineData("0001 8180 0001 0001 0000 0000 0162 00 0001 0001 c00c 0005 0001 00000000 0002 c021 0161 00", "b", "b", "a", Label = "record data")]
    [InlineData("0001 8180 0001 0000 0001 0000 0162 00 0001 0001 c00c 0002 0001 00000000 0002 c021 0161 00", "b", "b", "a", Label = "an authority's data")]
    public void Reads_and_notes_a_pointer_forward_wherever_a_name_may_stand(string hex, string question, string owner, string data)
    {
        var message = Hex(hex);
        var decoded = DecodedMessage.From(message);
        Assert.Equal(question, Assert.Single(decoded.Questions).Name);
        Assert.Equal(owner, decoded.Records.Count == 0 ? "" : Assert.Single(decoded.Records).Name);
        Assert.Equal(data, decoded.Records.Count == 0 ? "" : decoded.Records[0].Data);
        Assert.Equal(DnsError.PointerForward, decoded.Verdict.Error);
        Assert.True(decoded.Verdict.IsMalformed && decoded.Verdict.IsDelivered);
        Assert.Equal(decoded.Verdict, new DnsMessageReader(message).Finish());
        Assert.False(DnsSoundMessage.TryRead(message, out _));
    }

    [Fact]
    public void Names_in_data_are_walked_in_their_order()
    {
        var reader = new DnsMessageReader(Hex(
            "0001 8180 0001 0005 0000 0000" + Question
            + "c00c 0006 0001 00000000 001c 026e73 c00c 0161 00 0000000100000002000000030000000400000005"
            + "c00c 0021 0001 00000000 0009 0001 0002 0003 0173 00"
            + "c00c 0010 0001 00000000 0002 0161"
            + "c00c 0023 0001 00000000 000b 0001 0002 0161 00 00 0172 00"
            + "c00c 0005 00ff 00000000 0000"));
        var names = new List<string>();
        while (reader.TryReadRecord(out var record))
        {
            foreach (var name in record.DataNames)
            {
                names.Add($"{record.Type} {name.ToString()}");
            }
        }

        Assert.Equal(new DnsMessageVerdict { QuestionsRead = 1, RecordsRead = 5 }, reader.Finish());
        Assert.Equal(["SOA ns.www.example.com", "SOA a", "SRV s", "NAPTR r"], names);
    }

    [Fact]
    public void Every_error_has_a_reason_of_its_own()
    {
        var reasons = Enum.GetValues<DnsError>().Select(error => error.ToReason()).ToList();
        Assert.Equal(reasons.Count, reasons.Distinct().Count());
        Assert.All(reasons.Skip(1), reason => Assert.Matches("^[a-z_]+$", reason));
        Assert.Equal("", DnsError.None.ToReason());
    }

    private static string NamesOf(DnsBrokenNames names, string none)
    {
        var texts = new List<string>();
        foreach (var name in names)
        {
            texts.Add(name.ToString());
        }

        return texts.Count == 0 ? none : string.Join(',', texts);
    }
}
