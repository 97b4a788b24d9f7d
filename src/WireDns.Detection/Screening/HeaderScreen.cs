using WireDns.Detection.Logging;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Screening;

/// <summary>Which rules the headers of a lookup, the question's type and class, and the types of the answers leave open.</summary>
internal sealed class HeaderScreen
{
    private static readonly DnsField[] OfTheQuestion =
        [DnsField.QuestionType, DnsField.QuestionTypeNumber, DnsField.QuestionClass, DnsField.QuestionClassNumber, DnsField.SysmonEventId, DnsField.DnsClientEventId];

    private static readonly DnsField[] OfAnswers = [DnsField.RecordType, DnsField.AnswerType];

    private static readonly DnsField[] OfHeaders =
    [
        .. OfTheQuestion, .. OfAnswers, DnsField.ResponseCode, DnsField.ResponseCodeNumber, DnsField.MessageKind, DnsField.Opcode, DnsField.OpcodeNumber, DnsField.HeaderFlags,
        DnsField.Malformed, DnsField.AuthoritativeAnswer, DnsField.TruncatedAnswer, DnsField.TruncatedMessage, DnsField.RecursionDesired, DnsField.RecursionAvailable,
        DnsField.AuthenticData, DnsField.CheckingDisabled, DnsField.ReservedBits, DnsField.DnsServerEventId, DnsField.AnyEventId,
    ];

    private readonly int _count;
    private readonly RuleBits _takeAny;
    private readonly RuleBits _takeAnyQuestion;
    private readonly WeakenedRules _onQuery;
    private readonly WeakenedRules _onResponse;
    private readonly WeakenedRules _ofQuestion;
    private readonly DnsEvent _event;
    private readonly LookupMessages _messages = new();
    private readonly LoggedLookup _lookup = new() { Name = "a".AsMemory() };

    public HeaderScreen(LoadedRules rules)
    {
        _count = rules.Compiled.Count;
        (_takeAny, _takeAnyQuestion) = (new RuleBits(_count), new RuleBits(_count));
        _onQuery = WeakenedRules.Of(rules.OnQuery.Rules, 0, IsKnown, _takeAny.Add);
        _onResponse = WeakenedRules.Of(rules.OnResponse.Rules, rules.OnQuery.Rules.Count, IsKnown, _takeAny.Add);
        _ofQuestion = WeakenedRules.Of([.. rules.OnQuery.Rules, .. rules.OnResponse.Rules], 0, IsOfTheQuestion, _takeAnyQuestion.Add);
        MindsAnswerTypes = _onResponse.Compiled.FieldIds.Any(field => OfAnswers.Contains((DnsField)field));
        _event = new DnsEvent(rules.PublicSuffixes) { KeepsMessage = rules.OnResponse.Rules.Count > 0 };
    }

    /// <inheritdoc cref="LookupScreen.MindsAnswerTypes"/>
    public bool MindsAnswerTypes { get; }

    /// <summary>Whether a rule asks for nothing of this.</summary>
    public bool TakesAny(int rule) => _takeAny.Contains(rule);

    /// <inheritdoc cref="LookupScreen.Judge"/>
    public HeaderVerdict Judge(in LookupHeader header, IReadOnlyList<byte[]> answerTypes)
    {
        var (rules, ofQuestion) = (new RuleBits(_count), new RuleBits(_count));
        _takeAny.CopyTo(rules);
        _takeAnyQuestion.CopyTo(ofQuestion);
        (_lookup.Type, _lookup.Class) = ((DnsRecordType)header.Type, (DnsClass)header.Class);
        (_lookup.QueryFlags, _lookup.ResponseFlags, _lookup.ResponseCode) = (header.QueryFlags, header.ResponseFlags, header.ResponseCode);
        _event.Load(ObservedMessage.Read(_messages.Query(_lookup)));
        _ofQuestion.Match(_event.AsView, ofQuestion);
        if (header.QueryFlags is not null)
        {
            _onQuery.Match(_event.AsView, rules);
            if (header.ResponseFlags is null)
            {
                _onResponse.Match(new TypedEvent(_event.AsView, []), rules);
            }
        }

        if (header.ResponseFlags is not null)
        {
            // As a detector does: what a query alone decides is asked of the response without knowledge of the query.
            _event.Load(ObservedMessage.Read(_messages.Response(_lookup)));
            _onQuery.Match(_event.AsView, rules);
            _event.QueryFlags = header.QueryFlags;
            _onResponse.Match(new TypedEvent(_event.AsView, answerTypes), rules);
        }

        return new HeaderVerdict(rules, ofQuestion);
    }

    private static bool IsKnown(int field) => Has(OfHeaders, field);

    private static bool IsOfTheQuestion(int field) => Has(OfTheQuestion, field);

    private static bool Has(DnsField[] fields, int field) =>
        field is >= SourceConstants.FirstId and < ZeekFields.FirstId || fields.Contains((DnsField)(field >= ZeekFields.FirstId ? field - ZeekFields.FirstId : field));

    /// <summary>An event with the types of a lookup's answers, whose data is not known.</summary>
    private readonly struct TypedEvent(DnsEvent.View message, IReadOnlyList<byte[]> types) : ISigmaEvent
    {
        public int CountValues(int fieldId) => (DnsField)fieldId switch
        {
            DnsField.AnswerType => types.Count,
            DnsField.RecordType => message.CountValues((int)DnsField.QuestionType) + types.Count,
            _ => message.CountValues(fieldId),
        };

        public FieldValue GetValue(int fieldId, int index) => (DnsField)fieldId switch
        {
            DnsField.AnswerType => FieldValue.FromText(types[index]),
            DnsField.RecordType when index >= message.CountValues((int)DnsField.QuestionType) => FieldValue.FromText(types[index - message.CountValues((int)DnsField.QuestionType)]),
            _ => message.GetValue(fieldId, index),
        };

        public ReadOnlySpan<byte> GetAddress(int fieldId, int index) => default;

        public bool HasOnlyAddresses(int fieldId) => false;

        public ulong GetIdentity(int fieldId) => 0;
    }
}
