using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <content>How the hits of rules get into correlations.</content>
public sealed partial class CorrelationEngine
{
    private CorrelationBinding[][] Bind(IReadOnlyList<SigmaRule> rules, IFieldSchema schema)
    {
        var indices = new Dictionary<(string File, SourcePosition Position), int>();
        for (var i = 0; i < rules.Count; i++)
        {
            indices[rules[i].Place] = i;
        }

        var places = Correlations.Select((correlation, index) => (correlation, index)).ToDictionary(entry => entry.correlation.Rule.Place, entry => entry.index);
        var ofRule = new List<CorrelationBinding>?[rules.Count];
        for (var c = 0; c < Correlations.Count; c++)
        {
            for (var s = 0; s < Correlations[c].Sources.Count; s++)
            {
                var source = Correlations[c].Sources[s];
                foreach (var rule in source.Rule is { } own ? [own] : source.Correlation!.BaseRules)
                {
                    if (!indices.TryGetValue(rule.Place, out var index))
                    {
                        continue;
                    }

                    var binding = MakeBinding(c, s, rule, schema);
                    if (source.Correlation is null)
                    {
                        (ofRule[index] ??= []).Add(binding);
                    }
                    else
                    {
                        var key = (places[source.Correlation.Rule.Place], index);
                        _ofCorrelation[key] = [.. _ofCorrelation.GetValueOrDefault(key, None), binding];
                    }
                }
            }
        }

        CompareAddressesAsText([.. ofRule.SelectMany(bindings => bindings ?? []), .. _ofCorrelation.Values.SelectMany(bindings => bindings)]);
        return [.. ofRule.Select(bindings => bindings is null ? None : [.. bindings])];
    }

    private CorrelationBinding MakeBinding(int correlation, int source, SigmaRule rule, IFieldSchema schema)
    {
        var resolved = Correlations[correlation];
        return new CorrelationBinding(
            correlation, source, Find(resolved.Rule.GroupBy), Find(resolved.Rule.Condition.Fields), resolved.Rule.Type, resolved.Rule.IsSilent);

        FieldDefinition[]? Find(IReadOnlyList<string> names)
        {
            var fields = new FieldDefinition[names.Count];
            for (var i = 0; i < fields.Length; i++)
            {
                if (!schema.TryResolve(resolved.Resolve(names[i], source, rule), rule.LogSource, out fields[i]))
                {
                    return null;
                }
            }

            return fields;
        }
    }

    /// <summary>
    /// Addresses are told apart by their octets; those of a field that is compared with another kind of field, by their texts, as that one's values are.
    /// </summary>
    private static void CompareAddressesAsText(CorrelationBinding[] bindings)
    {
        var compared = bindings.SelectMany(binding => FieldsOf(binding).SelectMany(fields => fields.Select(
            (field, place) => (binding.Correlation, IsGroup: fields == binding.GroupBy, Place: place, Field: field))));
        var asText = compared.GroupBy(entry => (entry.Correlation, entry.IsGroup, entry.Place), entry => entry.Field)
            .Where(fields => fields.Any(field => field.Kind != FieldKind.Address))
            .SelectMany(fields => fields.Where(field => field.Kind == FieldKind.Address).Select(field => field.Id))
            .ToHashSet();
        foreach (var fields in bindings.SelectMany(FieldsOf))
        {
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = asText.Contains(fields[i].Id) ? fields[i] with { Kind = FieldKind.Text } : fields[i];
            }
        }

        static IEnumerable<FieldDefinition[]> FieldsOf(CorrelationBinding binding) => new[] { binding.GroupBy, binding.Values }.OfType<FieldDefinition[]>();
    }

    /// <summary>Whether a correlation counts an event of a rule only if it did not count it as one of another rule.</summary>
    private bool CountsOnce(CorrelationBinding counted, int rule) =>
        counted.Type is not (CorrelationType.Temporal or CorrelationType.TemporalOrdered or CorrelationType.ValueCount)
        && _ofRule.Where((_, other) => other != rule).Any(bindings => bindings.Any(binding => binding.Correlation == counted.Correlation));
}

/// <summary>How the events of one rule get into one correlation.</summary>
/// <param name="Correlation">Index of the correlation.</param>
/// <param name="Source">The index of the source that they come through.</param>
/// <param name="GroupBy">The fields that group them; null if one of them is never there.</param>
/// <param name="Values">The fields that are counted or computed with; null if one of them is never there.</param>
/// <param name="Type">The correlation's type.</param>
/// <param name="IsSilent">Whether the correlation only serves others.</param>
internal sealed record CorrelationBinding(
    int Correlation, int Source, FieldDefinition[]? GroupBy, FieldDefinition[]? Values, CorrelationType Type, bool IsSilent);
