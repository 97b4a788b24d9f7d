using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>A message with everything that the reader gives, as values that a test can compare.</summary>
internal sealed record DecodedMessage(
    DnsHeader Header,
    DnsMessageVerdict Verdict,
    IReadOnlyList<DecodedQuestion> Questions,
    IReadOnlyList<DecodedRecord> Records)
{
    public int Frame { get; init; }

    public static DecodedMessage From(ReadOnlySpan<byte> message, bool isCut = false)
    {
        var reader = new DnsMessageReader(message, isCut);
        var questions = new List<DecodedQuestion>();
        while (reader.TryReadQuestion(out var question))
        {
            questions.Add(new DecodedQuestion(question.Name.ToString(), question.Type, question.Class));
        }

        var records = new List<DecodedRecord>();
        while (reader.TryReadRecord(out var record))
        {
            records.Add(new DecodedRecord(
                record.Section, record.Name.ToString(), record.Type, record.Class, record.TimeToLive, DecodedRecord.TextOf(record)));
        }

        return new DecodedMessage(reader.Header, reader.Finish(), questions, records);
    }
}
