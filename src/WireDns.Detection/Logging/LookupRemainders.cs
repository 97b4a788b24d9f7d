using WireDns.Alerts;
using WireDns.Detection.Messages;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Logging;

/// <summary>
/// Finds what a lookup's other members leave out (<see cref="LookupRemainder"/>). A message of the usual shape is made again from them
/// (<see cref="LookupMessages"/>); of any other, the octets are kept.
/// </summary>
internal static class LookupRemainders
{
    // Texts of answers beyond this are octets that need less room.
    private const int MaximumAnswerText = 16_384;

    /// <summary>The remainder of a lookup.</summary>
    /// <param name="message">Its last message.</param>
    /// <param name="source">Where that comes from.</param>
    /// <param name="query">What was seen of the query before.</param>
    /// <param name="answers">The answers as text.</param>
    /// <param name="answersLeftOut">How many there are besides.</param>
    public static LookupRemainder Of(in ObservedMessage message, PacketSource source, in SeenQuery query, List<AlertAnswer> answers, int answersLeftOut)
    {
        var payload = message.Payload;
        var isUsual = IsUsual(payload);
        var (authority, additional, isDnssecOk) = Count(payload, message.IsResponse);
        return new LookupRemainder
        {
            SourceIndex = source.Index,
            IsOrderedByTime = source.File is null,
            RoundTripNanoseconds = query.PacketNumber > 0 && query.Time.HasValue ? payload.Time.NanosecondsSince(query.Time) : null,
            QueryPart = query.Part,
            ResponsePart = query.LastPart,
            QueryName = query.Name,
            FurtherQuestions = isUsual ? [] : FurtherQuestions(payload),
            AuthorityRecords = authority,
            AdditionalRecords = additional,
            IsDnssecOk = isDnssecOk,
            QueryOctets = message.IsResponse ? query.Octets : isUsual ? null : payload.Data.ToArray(),
            ResponseOctets = !message.IsResponse || (isUsual && answersLeftOut == 0 && AreReadable(answers)) ? null : payload.Data.ToArray(),
        };
    }

    /// <summary>Adds what the query's octets tell to what is known of it.</summary>
    public static SeenQuery Complete(in SeenQuery query, in TransportPayload asked, in TransportPayload answer)
    {
        var isUsual = IsUsual(asked);
        return isUsual && HaveSameSpelling(asked, answer)
            ? query
            : query with { Octets = isUsual ? null : asked.Data.ToArray(), Name = NameOf(asked) is { } name && name != NameOf(answer) ? name : null };
    }

    // A message between ports of multicast DNS has flags in its classes.
    private static bool IsUsual(in TransportPayload payload) =>
        !payload.IsTruncated && !DnsMulticast.IsBetween(payload.SourcePort, payload.DestinationPort) && DnsSoundMessage.TryRead(payload.Data, out _);

    private static bool AreReadable(List<AlertAnswer> answers)
    {
        var length = 0;
        foreach (var answer in answers)
        {
            length += answer.Name.Length + answer.Data.Length;
            if (answer.Class != "IN" || !DnsMnemonics.TryParse(answer.Type, out DnsRecordType type) || !DnsPresentation.IsReadable(type)
                || answer.Data.StartsWith(@"\#", StringComparison.Ordinal) || length > MaximumAnswerText || answer.Data.EndsWith("...", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    // Of two messages of which the first is a usual one, whose name is in one run.
    private static bool HaveSameSpelling(in TransportPayload query, in TransportPayload response)
    {
        if (!ObservedMessage.ReaderOf(query).TryReadQuestion(out var question))
        {
            return false;
        }

        var end = DnsHeader.LengthInBytes + question.Name.WireLength;
        return response.Data.Length >= end && query.Data[DnsHeader.LengthInBytes..end].SequenceEqual(response.Data[DnsHeader.LengthInBytes..end]);
    }

    private static string? NameOf(in TransportPayload payload) => ObservedMessage.ReaderOf(payload).TryReadQuestion(out var question) ? question.Name.ToString() : null;

    private static List<LookupQuestion> FurtherQuestions(in TransportPayload payload)
    {
        // As many as are shown of answers.
        const int Most = 256;
        var questions = new List<LookupQuestion>();
        var reader = ObservedMessage.ReaderOf(payload);
        for (var isFirst = true; questions.Count < Most && reader.TryReadQuestion(out var question); isFirst = false)
        {
            if (!isFirst)
            {
                questions.Add(new LookupQuestion(
                    question.Name.ToString(), new Mnemonic((ushort)question.Type, DnsMnemonics.Text(question.Type)), new Mnemonic((ushort)question.Class, DnsMnemonics.Text(question.Class))));
            }
        }

        return questions;
    }

    private static (int Authority, int Additional, bool IsDnssecOk) Count(in TransportPayload payload, bool isResponse)
    {
        var (authority, additional, isDnssecOk) = (0, 0, false);
        var reader = ObservedMessage.ReaderOf(payload);
        while (reader.TryReadRecord(out var record))
        {
            if (DnsEdns.TryRead(record, out var edns))
            {
                isDnssecOk |= edns.IsDnssecOk;
            }
            else
            {
                authority += isResponse && record.Section == DnsSection.Authority ? 1 : 0;
                additional += isResponse && record.Section == DnsSection.Additional ? 1 : 0;
            }
        }

        return (authority, additional, isDnssecOk);
    }
}
