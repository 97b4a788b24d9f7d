namespace WireDns.Sigma.Rules;

/// <summary>Reads the condition of a correlation. A condition that can never be true is an error: the rule would silently do nothing.</summary>
internal sealed class CorrelationConditionReader(YamlMap section, CorrelationType type, int ruleCount, DiagnosticBag diagnostics)
{
    private static readonly string[] Keys = [.. CorrelationWords.Operators, "field", "percentile"];

    private bool IsTemporal => type is CorrelationType.Temporal or CorrelationType.TemporalOrdered;

    /// <summary>The condition, or null if an error was reported.</summary>
    public CorrelationCondition? Read()
    {
        var node = section.Find("condition");
        switch (node)
        {
            case null or YamlScalar { IsNull: true } when IsTemporal:
                return new CorrelationCondition { Thresholds = [new(CorrelationOperator.GreaterOrEqual, new SigmaNumber((long)ruleCount))] };

            case YamlMap map:
                return ReadMap(map);

            default:
                diagnostics.Error(
                    "correlation-condition",
                    node?.Position ?? section.Position,
                    $"expected a condition such as gte: 10 for the type {CorrelationWords.Of(type)}, found {node?.Description ?? "none"}",
                    node is YamlScalar && IsTemporal ? "without a condition all rules have to match; an expression of rules is not part of Sigma 2.1" : null);
                return null;
        }
    }

    private CorrelationCondition? ReadMap(YamlMap map)
    {
        var errors = diagnostics.ErrorCount;
        var thresholds = new List<CorrelationThreshold>();
        foreach (var (key, value) in map.Entries)
        {
            if (CorrelationWords.TryGet(key.Text, out CorrelationOperator comparison))
            {
                if (ReadNumber(key, value) is { } number)
                {
                    thresholds.Add(new CorrelationThreshold(comparison, number));
                }
            }
            else if (key.Text is not ("field" or "percentile"))
            {
                diagnostics.Error(
                    "correlation-condition",
                    key.Position,
                    $"expected one of {string.Join(", ", Keys)}, found {key.Description}",
                    Spelling.Suggest(key.Text, Keys));
            }
        }

        var fields = ReadFields(map);
        var percentile = ReadPercentile(map);
        if (thresholds.Count == 0 && diagnostics.ErrorCount == errors)
        {
            diagnostics.Error("correlation-condition", map.Position, "expected a comparison (gt, gte, lt, lte, eq or neq), found none");
        }

        if (diagnostics.ErrorCount != errors)
        {
            return null;
        }

        var condition = new CorrelationCondition { Thresholds = thresholds, Fields = fields, Percentile = percentile };
        return ReportImpossible(map, condition) ? null : condition;
    }

    private SigmaNumber? ReadNumber(YamlScalar key, YamlNode value)
    {
        if (value is YamlScalar scalar && YamlTyping.TryReadNumber(scalar, out var number))
        {
            if (IsCount && number.ToDouble() > CorrelationRule.MaximumCount)
            {
                diagnostics.Error(
                    "correlation-count-too-large",
                    value.Position,
                    $"expected a count of at most {CorrelationRule.MaximumCount:N0}, found {scalar.Text}",
                    "use a shorter timespan");
                return null;
            }

            return number;
        }

        diagnostics.Error("correlation-condition", value.Position, $"expected a number under {key.Text}, found {value.Description}");
        return null;
    }

    private bool IsCount => type is CorrelationType.EventCount or CorrelationType.ValueCount || IsTemporal;

    private List<string> ReadFields(YamlMap map)
    {
        var node = map.Find("field");
        if (type is CorrelationType.EventCount || IsTemporal)
        {
            if (node is not null)
            {
                diagnostics.Warning("correlation-field-ignored", node.Position, $"a field has no meaning for the type {CorrelationWords.Of(type)}");
            }

            return [];
        }

        var fields = new List<string>();
        foreach (var item in node switch { null => [], YamlList list => list.Items, _ => [node] })
        {
            if (item is YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
            {
                fields.Add(scalar.Text);
            }
            else
            {
                diagnostics.Error("correlation-field", item.Position, $"expected the name of a field, found {item.Description}");
                return fields;
            }
        }

        if (fields.Count == 0)
        {
            diagnostics.Error(
                "correlation-field",
                node?.Position ?? map.Position,
                $"expected a field under condition for the type {CorrelationWords.Of(type)}, found none");
        }
        else if (fields.Count > 1 && type != CorrelationType.ValueCount)
        {
            diagnostics.Error("correlation-field", node!.Position, $"expected one field for the type {CorrelationWords.Of(type)}, found {fields.Count}");
        }

        return fields;
    }

    private double ReadPercentile(YamlMap map)
    {
        const double Median = 50;
        var node = map.Find("percentile");
        if (node is null)
        {
            return Median;
        }

        if (type != CorrelationType.ValuePercentile)
        {
            diagnostics.Warning("correlation-field-ignored", node.Position, $"a percentile has no meaning for the type {CorrelationWords.Of(type)}");
            return Median;
        }

        if (node is YamlScalar scalar && YamlTyping.TryReadNumber(scalar, out var number) && number.ToDouble() is >= 0 and <= 100)
        {
            return number.ToDouble();
        }

        diagnostics.Error("correlation-percentile", node.Position, $"expected a percentile from 0 to 100, found {node.Description}");
        return Median;
    }

    private bool ReportImpossible(YamlMap map, CorrelationCondition condition)
    {
        // A condition is evaluated at an event, so there is always at least one.
        var highest = IsTemporal ? Math.Max(1, ruleCount) : CorrelationRule.MaximumCount + 1L;
        if (!IsCount || condition.CanBeTrueFor(type == CorrelationType.TemporalOrdered ? 0 : 1, highest) || (IsTemporal && ruleCount == 0))
        {
            return false;
        }

        diagnostics.Error(
            "correlation-condition",
            map.Position,
            IsTemporal
                ? $"the condition {condition} is never true of 1 to {highest} rules"
                : $"the condition {condition} is never true");
        return true;
    }
}
