using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Queries;

/// <summary>
/// Writes rules in Elasticsearch's Query DSL (7.10 and later), over events with the fields of ECS; texts are of the type keyword, addresses of the type ip, numbers of a type
/// of numbers.
/// </summary>
/// <param name="isPlain">Whether fields are called as in the rules, and not as in ECS.</param>
internal sealed class ElasticQueryFormat(bool isPlain) : IQueryFormat
{
    /// <inheritdoc/>
    public string CommentMark => "//";

    /// <inheritdoc/>
    public bool IsJson => true;

    /// <inheritdoc/>
    public RuleQuery Write(SigmaRule rule)
    {
        var query = new ElasticQuery(rule, isPlain);
        var text = new JsonObject { ["query"] = query.Write(rule.Detection.Root) }.ToJsonString();
        return query.Refusal is null ? new RuleQuery(text, null) : new RuleQuery(null, query.Refusal);
    }
}

/// <summary>A rule's detection in the Query DSL. For one rule.</summary>
/// <param name="rule">The rule.</param>
/// <param name="isPlain">As in <see cref="ElasticQueryFormat"/>.</param>
internal sealed class ElasticQuery(SigmaRule rule, bool isPlain)
{
    // indices.query.bool.max_clause_count is 1024 in all versions, or more.
    private const int MostClauses = 1000;

    private static readonly Dictionary<DnsField, (string[] Names, FieldType Type)> Fields = new()
    {
        [DnsField.QuestionName] = (["dns.question.name"], FieldType.Name),
        [DnsField.QuestionType] = (["dns.question.type"], FieldType.Text),
        [DnsField.RecordType] = (["dns.question.type", "dns.answers.type"], FieldType.Text),
        [DnsField.QuestionClass] = (["dns.question.class"], FieldType.Text),
        [DnsField.RegisteredDomain] = (["dns.question.registered_domain"], FieldType.Name),
        [DnsField.Subdomain] = (["dns.question.subdomain"], FieldType.Name),
        [DnsField.PublicSuffix] = (["dns.question.top_level_domain"], FieldType.Name),
        [DnsField.AnswerData] = (["dns.answers.data"], FieldType.Text),
        [DnsField.AnswerName] = (["dns.answers.name"], FieldType.Name),
        [DnsField.AnswerType] = (["dns.answers.type"], FieldType.Text),
        [DnsField.AnswerClass] = (["dns.answers.class"], FieldType.Text),
        [DnsField.AnswerTimeToLive] = (["dns.answers.ttl"], FieldType.Number),
        [DnsField.ResolvedAddress] = (["dns.resolved_ip"], FieldType.Address),
        [DnsField.ResponseCode] = (["dns.response_code"], FieldType.Text),
        [DnsField.ClientAddress] = (["source.ip"], FieldType.Address),
        [DnsField.ClientPort] = (["source.port"], FieldType.Number),
        [DnsField.ServerAddress] = (["destination.ip"], FieldType.Address),
        [DnsField.ServerPort] = (["destination.port"], FieldType.Number),
        [DnsField.Transport] = (["network.transport"], FieldType.Text),
        [DnsField.MessageId] = (["dns.id"], FieldType.Text),
        [DnsField.Opcode] = (["dns.op_code"], FieldType.Text),
        [DnsField.HeaderFlags] = (["dns.header_flags"], FieldType.Text),
        [DnsField.CommunityId] = (["network.community_id"], FieldType.Text),
    };

    private enum FieldType
    {
        Any,
        Name,
        Text,
        Number,
        Address,
    }

    /// <summary>Why the rule cannot be said exactly; null if it can.</summary>
    public string? Refusal { get; private set; }

    /// <summary>A node as a query; without meaning if there is a <see cref="Refusal"/>.</summary>
    public JsonObject Write(RuleNode node) => node switch
    {
        SelectionUse use => Write(use.Selection.Node),
        Not not => Negate(Write(not.Node)),
        AllOf all => All([.. all.Nodes.Select(Write)]),
        AnyOf any => Any([.. any.Nodes.Select(Write)]),
        _ => WriteMatch((FieldMatch)node),
    };

    private JsonObject WriteMatch(FieldMatch match)
    {
        if (match.Field is null)
        {
            return Refuse("keywords search the whole event");
        }

        if (!TryFind(match, out var names, out var type, out var constant))
        {
            return constant ?? Refuse($"it asks for {match.Field}: ECS has no field of it");
        }

        // A field that the events never have.
        if (names.Length == 0)
        {
            var isTrue = match.Values.Any(value => value is NullValue or ExistsValue { Expected: false });
            return Everything(isTrue != match.IsNegated);
        }

        var values = match.Values.Take(MostClauses + 1).Select(value => Any([.. names.Select(name => Write(value, name, type))])).ToList();
        if (values.Count > MostClauses)
        {
            return Refuse($"a list of more than {MostClauses:N0} values is for a terms lookup");
        }

        // A missing field is null only if every field that stands for it is missing.
        if (names.Length > 1 && match.Values.Any(value => value is NullValue or ExistsValue { Expected: false }))
        {
            return Refuse($"it asks whether {match.Field} is missing, which is of two fields of ECS");
        }

        var test = match.RequiresAll ? All(values) : Any(values);
        return match.IsNegated ? Negate(test) : test;
    }

    // False for a constant, and for a field that ECS lacks.
    private bool TryFind(FieldMatch match, out string[] names, out FieldType type, out JsonObject? constant)
    {
        (names, type, constant) = ([match.Field!], FieldType.Any, null);
        if (isPlain)
        {
            return true;
        }

        if (!new DnsFields().TryResolve(match.Field!, rule.LogSource, out var field))
        {
            names = [];
            return true;
        }

        var values = (DnsField)field.Id switch
        {
            DnsField.SysmonEventId => "[22]",
            DnsField.DnsClientEventId => "[3008]",
            _ => LogTable.Words(DnsFields.ConstantsOf(field.Id)),
        };
        if (values != "[]")
        {
            constant = Everything(new FieldStates(rule, match).Write(new StatePlace([(values, "TRUE")])) == "TRUE");
            return false;
        }

        var isKnown = Fields.TryGetValue((DnsField)field.Id, out var found);
        (names, type) = found;
        return isKnown;
    }

    private JsonObject Write(MatchValue value, string field, FieldType type)
    {
        switch (value)
        {
            case TextValue text:
                return Any([.. text.Patterns.SelectMany(pattern => PatternText.Normalize(pattern, text.IsCased, type == FieldType.Name)).Select(pattern => Write(pattern, field, type, text.IsCased))]);
            case BooleanValue boolean:
                return Term(field, boolean.Value ? "true" : "false", isCased: type == FieldType.Number);
            case NumberValue number:
                return Leaf("term", field, JsonValue.Create(number.Number.ToString()));
            case NullValue or ExistsValue { Expected: false }:
                return Negate(Exists(field));
            case ExistsValue:
                return Exists(field);
            case CidrValue network when type is FieldType.Address or FieldType.Any:
                return Write(network, field);
            case CidrValue:
                return Refuse($"it asks for a network in {field}, which is of the type keyword in ECS");
            case ComparisonValue { Part: null } comparison when type is FieldType.Number or FieldType.Any && comparison.Comparison != ComparisonOperator.Equal:
                return Leaf("range", field, new JsonObject
                {
                    [comparison.Comparison switch { ComparisonOperator.Less => "lt", ComparisonOperator.LessOrEqual => "lte", ComparisonOperator.Greater => "gt", _ => "gte" }] =
                        JsonNode.Parse(comparison.Number.ToString()),
                });
            case RegexValue:
                return Refuse("Elasticsearch's regular expressions are others");
            case FieldReferenceValue:
                return Refuse("it compares two fields");
            default:
                return Refuse($"it compares {field} as a number or a time, which ECS does not have it as");
        }
    }

    private JsonObject Write(TextPattern pattern, string field, FieldType type, bool isCased)
    {
        var isLiteral = !pattern.HasWildcards;
        var text = isLiteral ? string.Concat(pattern.Tokens.Select(token => token.Text)) : Wildcards(pattern);
        if (pattern.Tokens is [{ Kind: PatternTokenKind.AnyText }])
        {
            return Exists(field);
        }

        if (type == FieldType.Number)
        {
            return isLiteral && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? Leaf("term", field, JsonValue.Create(number)) : Refuse($"it compares the number {field} with a text");
        }

        if (type == FieldType.Address)
        {
            return isLiteral && IPAddress.TryParse(text, out var address) && address.ToString() == text ? Leaf("term", field, JsonValue.Create(text)) : Refuse($"it compares the address {field} with a text");
        }

        if (!isCased && text.EnumerateRunes().Any(rune => !rune.IsAscii && Rune.ToUpperInvariant(rune) != Rune.ToLowerInvariant(rune)))
        {
            return Refuse("Elasticsearch folds the case of ASCII letters alone");
        }

        return pattern.TakesNamesBelow ? Any([Term(field, pattern.Tokens[^1].Text, isCased), Leaf("wildcard", field, Value($"*.{Escape(pattern.Tokens[^1].Text)}", isCased))])
            : isLiteral ? Term(field, text, isCased) : Leaf("wildcard", field, Value(text, isCased));
    }

    private JsonObject Write(CidrValue network, string field)
    {
        // An IPv4 address is held as ::ffff:a.b.c.d, so that an IPv6 network around it would take it too.
        var isAroundIpv4 = IPNetwork.TryParse(network.AsWritten, out var parsed) && parsed.BaseAddress.GetAddressBytes() is { Length: 16 } octets && parsed.PrefixLength <= 96
            && Enumerable.Range(0, parsed.PrefixLength).All(bit => ((octets[bit / 8] >> (7 - (bit % 8))) & 1) == (bit >= 80 ? 1 : 0));
        return isAroundIpv4 ? Refuse($"{network.AsWritten}: Elasticsearch takes every IPv4 address for a part of it") : Leaf("term", field, JsonValue.Create(network.AsWritten));
    }

    private static string Wildcards(TextPattern pattern) => string.Concat(pattern.Tokens.Select(token => token.Kind switch
    {
        PatternTokenKind.AnyText => "*",
        PatternTokenKind.AnyCharacter => "?",
        _ => Escape(token.Text),
    }));

    private static string Escape(string literal) =>
        literal.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("*", @"\*", StringComparison.Ordinal).Replace("?", @"\?", StringComparison.Ordinal);

    private static JsonObject Term(string field, string text, bool isCased) => Leaf("term", field, Value(text, isCased));

    private static JsonObject Value(string text, bool isCased) => isCased ? new JsonObject { ["value"] = text } : new JsonObject { ["value"] = text, ["case_insensitive"] = true };

    private static JsonObject Leaf(string kind, string field, JsonNode? value) => new() { [kind] = new JsonObject { [field] = value } };

    private static JsonObject Exists(string field) => Leaf("exists", "field", JsonValue.Create(field));

    private static JsonObject Everything(bool isAll) => new() { [isAll ? "match_all" : "match_none"] = new JsonObject() };

    private static JsonObject All(IReadOnlyList<JsonObject> queries) => Join("filter", queries, isAny: false);

    private static JsonObject Any(IReadOnlyList<JsonObject> queries) => Join("should", queries, isAny: true);

    private static JsonObject Negate(JsonObject query) => new() { ["bool"] = new JsonObject { ["must_not"] = new JsonArray(query) } };

    private static JsonObject Join(string kind, IReadOnlyList<JsonObject> queries, bool isAny)
    {
        if (queries.Count < 2)
        {
            return queries.Count == 1 ? queries[0] : Everything(!isAny);
        }

        var all = new JsonObject { [kind] = new JsonArray([.. queries]) };
        if (isAny)
        {
            all["minimum_should_match"] = 1;
        }

        return new JsonObject { ["bool"] = all };
    }

    private JsonObject Refuse(string reason)
    {
        Refusal ??= reason;
        return Everything(isAll: false);
    }
}
