using System.Text;
using System.Text.Json.Nodes;
using WireDns.Detection.Messages;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>
/// Decides what a rule asks of the fields that its log source fixes (EventID, Channel, Provider_Name …) when it loads: a rule that asks for
/// event 3006 of a log in which a lookup is event 3008 can never be true. Not thread-safe.
/// </summary>
internal sealed class SourceFacts(SigmaRule rule)
{
    /// <summary>Whether a leaf can be true, and whether it can be false; null where the log source does not decide it.</summary>
    public (bool CanBeTrue, bool CanBeFalse)? Decide(FieldMatch match)
    {
        if (match.Field is null || match.HasPlaceholders || match.Values.Any(value => value is FieldReferenceValue))
        {
            return null;
        }

        var states = StatesOf(match.Field);
        if (states is null)
        {
            return null;
        }

        var selection = rule.Detection.Selections[0];
        var schema = new JsonEventSchema();
        var rules = RuleSet.Compile([rule.NarrowTo(selection, match)], schema);
        var @event = new JsonEvent(schema);
        var state = rules.CreateState();
        var verdicts = states.Select(values => @event.TryLoad(Encoding.UTF8.GetBytes(new JsonObject { [match.Field] = values }.ToJsonString())) && rules.Match(@event, state)).ToList();
        return (verdicts.Contains(true), verdicts.Contains(false));
    }

    /// <summary>Why a leaf that is decided can never be true.</summary>
    public string Explain(FieldMatch match)
    {
        var wanted = string.Join(", ", match.Values.Take(3).Select(value => value.AsWritten));
        var held = StatesOf(match.Field!)!
            .SelectMany(values => values.Select(value => value!.ToString()))
            .Distinct(StringComparer.OrdinalIgnoreCase);
        return $"it requires {match.Field} {wanted}, and a lookup in its log source ({rule.LogSource}) has {string.Join(" or ", held)}";
    }

    /// <summary>
    /// Whether a rule asks for the event id of a response: it is known with the response alone, unlike that of the query.
    /// </summary>
    public static bool NeedsResponse(SigmaRule rule) => NeedsResponse(rule.Detection.Root, rule.LogSource);

    private static bool NeedsResponse(RuleNode node, LogSource source) => node switch
    {
        AllOf all => all.Nodes.Any(child => NeedsResponse(child, source)),
        AnyOf any => any.Nodes.Any(child => NeedsResponse(child, source)),
        Not not => NeedsResponse(not.Node, source),
        SelectionUse use => NeedsResponse(use.Selection.Node, source),
        FieldMatch { Field: { } field } match => DnsFields.IsEventId(field, source, out var id)
            && id is DnsField.DnsServerEventId or DnsField.AnyEventId
            && !match.Values.All(value => value is NumberValue or TextValue && value.AsWritten is "22" or "256" or "3008"),
        _ => false,
    };

    private List<JsonArray>? StatesOf(string field)
    {
        if (DnsFields.IsEventId(field, rule.LogSource, out var id))
        {
            return [.. EventIds.Possible(id).Select(ids => new JsonArray([.. ids.Select(value => (JsonNode)value)]))];
        }

        return SourceConstants.TryFind(LogSources.KindOf(rule.LogSource), field, out var constant)
            ? [new JsonArray([.. Enumerable.Range(0, SourceConstants.Count(constant)).Select(index => (JsonNode)Encoding.UTF8.GetString(SourceConstants.Get(constant, index)))])]
            : null;
    }
}
