using System.Globalization;
using System.Text;
using System.Text.Json;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Queries;

/// <summary>What a leaf of a rule makes of each state of a field, as the engine itself says it.</summary>
/// <param name="rule">The rule.</param>
/// <param name="match">Its leaf.</param>
internal sealed class FieldStates(SigmaRule rule, FieldMatch match)
{
    private readonly string _field = $"\"{JsonEncodedText.Encode(match.Field!)}\"";
    private readonly EventMatcher _matcher = new(new RuleLoadResult([rule.NarrowTo(rule.Detection.Selections[0], match)], [], 1));

    /// <summary>The condition under which the leaf is true.</summary>
    public string Write(Place place) => place is StatePlace states ? Write(states) : Write((NumberedPlace)place);

    private string Write(StatePlace place)
    {
        var conditions = place.States.Where(state => IsTrue(state.Values)).Select(state => state.Condition).ToList();
        return conditions.Count == 0 ? "FALSE" : conditions.Contains("TRUE") ? "TRUE" : Coalesced(string.Join(" OR ", conditions));
    }

    private string Write(NumberedPlace place)
    {
        var (ranges, single) = (new List<string>(), new List<string>());
        for (var first = 0; first < place.Count; first++)
        {
            var last = first;
            while (last < place.Count && IsTrue(place.ValuesOf(last)))
            {
                last++;
            }

            if (last == first + 1)
            {
                single.Add(first.ToString(CultureInfo.InvariantCulture));
            }
            else if (last > first)
            {
                ranges.Add(string.Create(CultureInfo.InvariantCulture, $"{place.Sql} BETWEEN {first} AND {last - 1}"));
                first = last;
            }
        }

        if (single.Count > 0)
        {
            ranges.Insert(0, single.Count == 1 ? $"{place.Sql} = {single[0]}" : $"{place.Sql} IN ({string.Join(", ", single)})");
        }

        var test = ranges.Count == 0 ? "FALSE" : Coalesced(string.Join(" OR ", ranges));
        return IsTrue("[]") ? $"({test} OR {place.Sql} IS NULL)" : test;
    }

    private bool IsTrue(string values) => _matcher.TryMatch(Encoding.UTF8.GetBytes($"{{{_field}:{values}}}"), 0, out var found) && found.Count > 0;

    private static string Coalesced(string test) => $"coalesce({test}, FALSE)";
}
