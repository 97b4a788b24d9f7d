using System.Text;
using System.Text.Json.Nodes;
using WireDns.Detection.Messages;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>
/// Decides at load time whether a rule asks for something it can never get: a different value in a field that its log source fixes (EventID, Channel,
/// Provider_Name …; event 3006 in a log where a lookup is event 3008), or a value that the field never has (a record type that does not exist). Not
/// thread-safe.
/// </summary>
internal sealed class SourceFacts(SigmaRule rule)
{
    private static readonly DnsFields Schema = new();

    /// <summary>Whether a leaf can be true, and whether it can be false; null if that is not known.</summary>
    public (bool CanBeTrue, bool CanBeFalse)? Decide(FieldMatch match)
    {
        if (match.Field is null || match.HasPlaceholders || match.Values.Any(value => value is FieldReferenceValue))
        {
            return null;
        }

        var states = StatesOf(match.Field);
        if (states is null)
        {
            return Schema.TryResolve(match.Field, rule.LogSource, out var field) ? ValueJudge.Decide(match, field) : null;
        }

        var selection = rule.Detection.Selections[0];
        var schema = new JsonEventSchema();
        var rules = RuleSet.Compile([rule.NarrowTo(selection, match)], schema);
        var @event = new JsonEvent(schema);
        var state = rules.CreateState();
        var verdicts = states.Select(values => @event.TryLoad(Encoding.UTF8.GetBytes(new JsonObject { [match.Field] = values }.ToJsonString())) && rules.Match(@event, state)).ToList();
        return (verdicts.Contains(true), verdicts.Contains(false));
    }

    /// <summary>Why a rule can never match, given its leaves that are never true.</summary>
    public string Explain(IReadOnlyList<FieldMatch> neverTrue)
    {
        // Another part of the rule may want a leaf to be false, so the reason is the leaf that stops the rule.
        var match = neverTrue.FirstOrDefault(leaf => IsStoppedBy(leaf)) ?? neverTrue[0];
        var wanted = string.Join(", ", match.Values.Take(3).Select(value => value.AsWritten));
        if (StatesOf(match.Field!) is { } states)
        {
            var held = states.SelectMany(values => values.Select(value => value!.ToString())).Distinct(StringComparer.OrdinalIgnoreCase);
            return $"it requires {match.Field} {wanted}, and a lookup in its log source ({rule.LogSource}) has {string.Join(" or ", held)}";
        }

        Schema.TryResolve(match.Field!, rule.LogSource, out var field);
        var fault = match.Values.Select(value => ValueJudge.Find(value, field)).OfType<ValueFault>().FirstOrDefault(found => found.IsNever);
        var reason = fault is null ? "which is never so" : $"{fault.Message}{(fault.Suggestion is null ? "" : $"; {fault.Suggestion}")}";
        return $"it requires {match.Field} {wanted} (line {match.Position.Line}): {reason}";
    }

    private bool IsStoppedBy(FieldMatch leaf) =>
        RuleFeasibility.Classify(rule, _ => true, match => ReferenceEquals(match, leaf) ? Decide(match) : null).Verdict == Feasibility.Inert;

    /// <summary>
    /// Whether a rule asks for the event id or the message kind of a response, which is known only once the response arrives.
    /// </summary>
    public static bool NeedsResponse(SigmaRule rule) => NeedsResponse(rule.Detection.Root, rule.LogSource);

    private static bool NeedsResponse(RuleNode node, LogSource source) => node switch
    {
        AllOf all => all.Nodes.Any(child => NeedsResponse(child, source)),
        AnyOf any => any.Nodes.Any(child => NeedsResponse(child, source)),
        Not not => NeedsResponse(not.Node, source),
        SelectionUse use => NeedsResponse(use.Selection.Node, source),
        FieldMatch { Field: { } field } match when FieldNames.TryFind(field, out var kind) && kind == DnsField.MessageKind =>
            !match.Values.All(value => value is TextValue && MessageKinds.OfQuery.Contains(value.AsWritten, StringComparer.OrdinalIgnoreCase)),
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

        return DnsFields.TryFindConstant(field, rule.LogSource, out var constant)
            ? [new JsonArray([.. Enumerable.Range(0, SourceConstants.Count(constant)).Select(index => (JsonNode)Encoding.UTF8.GetString(SourceConstants.Get(constant, index)))])]
            : null;
    }
}
