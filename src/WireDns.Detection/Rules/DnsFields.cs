using System.Text;
using WireDns.Detection.Messages;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Rules;

/// <summary>
/// The fields of a lookup, found by the names that rules use (<see cref="FieldNames"/>), which may depend on the rule's log. docs/fields.md has the
/// table for readers.
/// </summary>
public sealed class DnsFields : IFieldSchema
{
    /// <summary>The names of the event id, in a rule for a log of Windows.</summary>
    internal static IReadOnlyList<string> EventIdNames { get; } = ["EventID", "event_id", "winlog.event_id", "event.code"];

    /// <inheritdoc/>
    public IReadOnlyList<FieldDefinition> KeywordFields { get; } =
    [
        Define(DnsField.QuestionName), Define(DnsField.AnswerName), Define(DnsField.AnswerData),
        Define(DnsField.ResponseCode), Define(DnsField.RecordType), Define(DnsField.QuestionClass),
    ];

    /// <summary>The fields that are the same for all questions with the same name, apart from upper and lower case.</summary>
    internal static IReadOnlyCollection<int> OfTheName { get; } =
    [
        (int)DnsField.QuestionName, (int)DnsField.QuestionLength, (int)DnsField.QuestionOctets, (int)DnsField.Subdomain, (int)DnsField.RegisteredDomain,
        (int)DnsField.PublicSuffix, ZeekFields.FirstId + (int)DnsField.QuestionName,
    ];

    /// <summary>The fields that a question has only if its name has octets that are escaped in text.</summary>
    internal static IReadOnlyCollection<int> OfEscapedNames { get; } = [ZeekFields.FirstId + (int)DnsField.QuestionName];

    /// <summary>The fields that are the same for all questions with the same name, type and class, apart from upper and lower case.</summary>
    internal static IReadOnlyCollection<int> OfTheQuestion { get; } =
    [
        .. OfTheName, (int)DnsField.QuestionType, (int)DnsField.QuestionTypeNumber, (int)DnsField.QuestionClass, (int)DnsField.QuestionClassNumber,
        ZeekFields.FirstId + (int)DnsField.QuestionType, ZeekFields.FirstId + (int)DnsField.QuestionClass, (int)DnsField.SysmonEventId,
        (int)DnsField.DnsClientEventId,
    ];

    /// <summary>Whether a field is the same in all messages of a lookup, apart from upper and lower case.</summary>
    internal static bool IsOfTheLookup(int field) => OfTheName.Contains(field) || (DnsField)field is DnsField.QuestionType or DnsField.QuestionTypeNumber
        or DnsField.QuestionClass or DnsField.QuestionClassNumber or DnsField.ClientAddress or DnsField.ClientPort or DnsField.ServerAddress
        or DnsField.ServerPort or DnsField.Transport or DnsField.MessageId or DnsField.CommunityId or DnsField.MessageKind or DnsField.SysmonEventId
        or DnsField.DnsClientEventId or DnsField.DnsServerEventId or DnsField.AnyEventId;

    /// <summary>Every name that a rule for any log can use, for messages and documentation.</summary>
    public static IReadOnlyCollection<string> AllNames => [.. FieldNames.OfSigma, .. FieldNames.OfOthers];

    /// <summary>Whether a field of this name, in a rule for this log, is on the wire.</summary>
    public static bool IsOnTheWire(string name, LogSource source) => TryFind(name, source, out _);

    /// <summary>Whether the field is fully known only once the response has arrived. False for a name that is not on the wire.</summary>
    public static bool NeedsResponse(string name) => FieldNames.TryFind(name, out var field) && (IsOfResponse(field) || IsOfBoth(field));

    /// <summary>Whether a field is known for a query that is never answered.</summary>
    internal static bool IsKnownWithoutResponse(string name) => !FieldNames.TryFind(name, out var field) || !IsOfResponse(field);

    /// <summary>The registered domain of a name by the public suffix list; null if it has none.</summary>
    public static string? RegisteredDomainOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var start = PublicSuffixList.Shipped.Value.Split(Encoding.UTF8.GetBytes(name)).Domain;
        return start < 0 ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name).AsSpan(start));
    }

    /// <summary>The registered domain of a name and of all names below it; null if it has none, or names below it have others (<c>s3.amazonaws.com</c> is a public suffix).</summary>
    public static string? RegisteredDomainOfNamesBelow(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return PublicSuffixList.Shipped.Value.HasRuleBelow(Encoding.UTF8.GetBytes(name)) ? null : RegisteredDomainOf(name);
    }

    /// <summary>What tells the public suffix list of this program from others: 16 hexadecimal digits.</summary>
    public static string PublicSuffixDigest => PublicSuffixList.Shipped.Value.Digest;

    /// <summary>Finds a field whose name is the same in every log.</summary>
    public bool TryResolve(string name, out FieldDefinition field)
    {
        var isKnown = FieldNames.TryFind(name, out var found);
        field = isKnown ? Define(found) : default;
        return isKnown;
    }

    /// <inheritdoc/>
    public bool TryResolve(string name, LogSource source, out FieldDefinition field) => TryFind(name, source, out field);

    /// <inheritdoc/>
    public string? DescribeUnknown(string name, LogSource source) => AbsentFields.DescribeUnknown(name);

    /// <summary>Whether the name is that of the event id in a rule for this log.</summary>
    internal static bool IsEventId(string name, LogSource source, out DnsField field)
    {
        var found = LogSources.EventIdOf(source);
        field = found ?? default;
        return found is not null && FieldNames.Within(name).Append(name).Any(inner => EventIdNames.Contains(inner, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The values of a field that are the same in every event of a rule's log; none for any other field.</summary>
    /// <param name="fieldId">The field's number, as <see cref="TryResolve(string, LogSource, out FieldDefinition)"/> gives it.</param>
    public static IReadOnlyList<string> ConstantsOf(int fieldId) => fieldId is < SourceConstants.FirstId or >= ZeekFields.FirstId
        ? []
        : [.. Enumerable.Range(0, SourceConstants.Count(fieldId)).Select(index => Encoding.UTF8.GetString(SourceConstants.Get(fieldId, index)))];

    /// <summary>The words that a rule for a log can use for a number: IANA's, and Zeek's where the log is Zeek's and its word is another.</summary>
    /// <param name="field">The type, class, response code or opcode as a word; or a flag, of which 0 is false and 1 is true.</param>
    /// <param name="number">The number.</param>
    /// <param name="source">The rule's log.</param>
    public static IReadOnlyList<string> WordsOf(DnsField field, int number, LogSource source)
    {
        Span<byte> word = stackalloc byte[ZeekWords.MaximumLength];
        var (own, length) = field switch
        {
            DnsField.QuestionType or DnsField.AnswerType or DnsField.RecordType => (DnsMnemonics.Text((DnsRecordType)number), ZeekWords.Write((DnsRecordType)number, word)),
            DnsField.QuestionClass or DnsField.AnswerClass => (DnsMnemonics.Text((DnsClass)number), ZeekWords.Write((DnsClass)number, word)),
            DnsField.ResponseCode => (DnsMnemonics.Text((DnsResponseCode)number), ZeekWords.Write((DnsResponseCode)number, word)),
            DnsField.Opcode => (DnsMnemonics.Text((DnsOpcode)number), ZeekWords.Write((DnsOpcode)number, word)),
            _ => (number == 0 ? "false" : "true", Encoding.ASCII.GetBytes(number == 0 ? "F" : "T", word)),
        };
        return LogSources.KindOf(source) != LogKind.Zeek || ZeekFields.IdOf(field) is null || length == 0 ? [own] : [own, Encoding.ASCII.GetString(word[..length])];
    }

    /// <summary>Finds by name a field that has the same value in every event of a rule's log.</summary>
    public static bool TryFindConstant(string name, LogSource source, out int fieldId)
    {
        var kind = LogSources.KindOf(source);
        foreach (var inner in FieldNames.Within(name).Prepend(name))
        {
            if (SourceConstants.TryFind(kind, inner, out fieldId))
            {
                return true;
            }
        }

        fieldId = -1;
        return false;
    }

    private static bool TryFind(string name, LogSource source, out FieldDefinition field)
    {
        var kind = LogSources.KindOf(source);

        // As it is written first: network.protocol is the log's, while NetworkProtocol is the transport.
        if (SourceConstants.TryFind(kind, name, out var constant))
        {
            field = new FieldDefinition(constant, FieldKind.Text);
            return true;
        }

        if (IsEventId(name, source, out var known) || TryFindOfServer(name, kind, out known) || FieldNames.TryFind(name, out known))
        {
            field = Define(known, kind);
            return true;
        }

        var isConstant = TryFindConstant(name, source, out var id);
        field = isConstant ? new FieldDefinition(id, FieldKind.Text) : default;
        return isConstant;
    }

    // The events of the Windows DNS server name the client by its role in the packet: the source of a query, the destination of a response.
    private static bool TryFindOfServer(string name, LogKind kind, out DnsField field)
    {
        DnsField? found = kind != LogKind.DnsServerAnalytic ? null : name.ToLowerInvariant() switch
        {
            "source" or "destination" => DnsField.ClientAddress,
            "port" => DnsField.ClientPort,
            "interfaceip" => DnsField.ServerAddress,
            _ => null,
        };
        field = found ?? default;
        return found is not null;
    }

    /// <summary>Whether only responses have the field.</summary>
    internal static bool IsOfResponse(DnsField field) => field is DnsField.AnswerData or DnsField.AnswerName or DnsField.AnswerType
        or DnsField.AnswerClass or DnsField.AnswerTimeToLive or DnsField.AnswerCount or DnsField.ResolvedAddress or DnsField.ResponseCode
        or DnsField.ResponseCodeNumber or DnsField.QueryStatus or DnsField.Rejected or DnsField.RoundTripTime;

    /// <summary>Whether a response adds to what the query has: a query has a type and flags, too.</summary>
    internal static bool IsOfBoth(DnsField field) => field is DnsField.RecordType or DnsField.HeaderFlags or DnsField.AuthoritativeAnswer
        or DnsField.TruncatedMessage or DnsField.RecursionAvailable or DnsField.AuthenticData;

    /// <summary>A field as rules for a log see it.</summary>
    internal static FieldDefinition Define(DnsField field, LogKind log = LogKind.Network) => new((int)field, KindOf(field))
    {
        Facts = DnsFieldFacts.Of(field, log),
        SpellingsId = log == LogKind.Zeek ? ZeekFields.IdOf(field) : null,
    };

    private static FieldKind KindOf(DnsField field) => field switch
    {
        DnsField.QuestionName or DnsField.AnswerName or DnsField.Subdomain or DnsField.RegisteredDomain
            or DnsField.PublicSuffix => FieldKind.Name,
        DnsField.ClientAddress or DnsField.ServerAddress or DnsField.ResolvedAddress => FieldKind.Address,
        DnsField.QuestionTypeNumber or DnsField.QuestionClassNumber or DnsField.QuestionLength or DnsField.QuestionOctets or DnsField.AnswerTimeToLive
            or DnsField.AnswerCount or DnsField.ResponseCodeNumber or DnsField.QueryStatus or DnsField.RoundTripTime or DnsField.MessageTime
            or DnsField.ClientPort or DnsField.ServerPort or DnsField.MessageId or DnsField.OpcodeNumber or DnsField.ReservedBits
            or DnsField.SysmonEventId or DnsField.DnsClientEventId or DnsField.DnsServerEventId or DnsField.AnyEventId => FieldKind.Number,
        DnsField.RecordType or DnsField.QuestionType or DnsField.AnswerType or DnsField.QuestionClass or DnsField.AnswerClass or DnsField.ResponseCode
            or DnsField.Opcode or DnsField.Transport or DnsField.HeaderFlags or DnsField.MessageKind => FieldKind.Word,
        DnsField.Rejected or DnsField.Malformed or DnsField.AuthoritativeAnswer or DnsField.TruncatedAnswer or DnsField.TruncatedMessage
            or DnsField.RecursionDesired or DnsField.RecursionAvailable or DnsField.AuthenticData or DnsField.CheckingDisabled => FieldKind.Boolean,
        _ => FieldKind.Text,
    };
}
