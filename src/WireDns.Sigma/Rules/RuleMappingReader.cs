using System.Globalization;

namespace WireDns.Sigma.Rules;

/// <summary>
/// Reads mappings in the form of pySigma's processing pipelines. What of a pipeline is not supported is an error with its place, so that no rule is
/// mapped half. Immutable and thread-safe.
/// </summary>
public sealed class RuleMappingReader
{
    private static readonly string[] PipelineKeys = ["name", "priority", "transformations", "description", "author"];
    private static readonly string[] Types = ["field_name_mapping", "field_name_prefix_mapping", "change_logsource", "add_condition"];

    private static readonly string[] CommonKeys =
    [
        "id", "type", "rule_conditions", "rule_cond_op", "rule_cond_not", "field_name_conditions", "field_name_cond_op", "field_name_cond_not",
    ];

    /// <summary>Reads a file's text. The mapping is null where an error is among the diagnostics.</summary>
    /// <param name="file">The file's name, for diagnostics.</param>
    /// <param name="content">Its content.</param>
    public static MappingResult Read(string file, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!FileContent.TryDecode(content, out var text, out var bad))
        {
            var undecoded = new DiagnosticBag(file, string.Empty);
            undecoded.Error("not-utf8", bad, "expected UTF-8 or UTF-16, found bytes that are neither");
            return new MappingResult(null, 0, undecoded.Diagnostics);
        }

        var diagnostics = new DiagnosticBag(file, text);
        var documents = new YamlReader(diagnostics).Read(text);
        if (diagnostics.ErrorCount > 0)
        {
            return new MappingResult(null, 0, diagnostics.Diagnostics);
        }

        if (documents is not [{ Root: YamlMap map }])
        {
            diagnostics.Error(
                "mapping", documents.Count > 0 ? documents[^1].Root.Position : new SourcePosition(1, 1),
                $"expected one map with transformations, found {(documents.Count == 1 ? documents[0].Root.Description : documents.Count == 0 ? "an empty file" : "several documents")}");
            return new MappingResult(null, 0, diagnostics.Diagnostics);
        }

        var reader = new FileReader(diagnostics);
        var steps = reader.ReadSteps(map);
        var priority = reader.ReadPriority(map);
        return new MappingResult(diagnostics.ErrorCount > 0 ? null : new RuleMapping(steps), priority, diagnostics.Diagnostics);
    }

    /// <summary>Reads one file; all that is wrong goes to its diagnostics.</summary>
    private sealed class FileReader(DiagnosticBag diagnostics)
    {
        public int ReadPriority(YamlMap map)
        {
            if (map.Find("priority") is not { } node)
            {
                return 0;
            }

            if (node is YamlScalar scalar && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var priority))
            {
                return priority;
            }

            Fail(node, $"expected a whole number as the priority, found {node.Description}");
            return 0;
        }

        public List<MappingStep> ReadSteps(YamlMap map)
        {
            Allow(map, PipelineKeys, "a mapping");
            var steps = new List<MappingStep>();
            switch (map.Find("transformations"))
            {
                case YamlList { Items.Count: > 0 } list:
                    foreach (var item in list.Items)
                    {
                        if (item is not YamlMap transformation)
                        {
                            Fail(item, $"expected a transformation with its type, found {item.Description}");
                        }
                        else if (ReadStep(transformation) is { } step)
                        {
                            steps.Add(step);
                        }
                    }

                    break;
                case { } other:
                    Fail(other, $"expected a list of transformations, found {(other is YamlList ? "an empty list" : other.Description)}");
                    break;
                default:
                    Fail(map, "expected a list of transformations, found none", map.SuggestKey("transformations"));
                    break;
            }

            return steps;
        }

        private MappingStep? ReadStep(YamlMap map)
        {
            var type = map.Find("type");
            if (type is not YamlScalar scalar || !Types.Contains(scalar.Text, StringComparer.Ordinal))
            {
                var word = (type as YamlScalar)?.Text;
                Fail(
                    type ?? map, $"expected the type {string.Join(", ", Types)}, found {type?.Description ?? "none"}",
                    word is null ? map.SuggestKey("type") : Spelling.Suggest(word, Types));
                return null;
            }

            var step = new MappingStep { Conditions = ReadConditions(map), IsForField = ReadFieldConditions(map) };
            switch (scalar.Text)
            {
                case "field_name_mapping":
                    Allow(map, [.. CommonKeys, "mapping"], scalar.Text);
                    var names = ReadMapping(map);
                    return step with { Rename = name => Find(names, name) };

                case "field_name_prefix_mapping":
                    Allow(map, [.. CommonKeys, "mapping"], scalar.Text);
                    var prefixes = ReadMapping(map);
                    return step with
                    {
                        Rename = name => prefixes.Where(prefix => name.StartsWith(prefix.Key, StringComparison.OrdinalIgnoreCase))
                            .Select(prefix => (IReadOnlyList<string>)[.. prefix.Value.Select(other => other + name[prefix.Key.Length..])]).FirstOrDefault(),
                    };

                case "change_logsource":
                    Allow(map, [.. CommonKeys, "category", "product", "service"], scalar.Text);
                    if (ReadLogSource(map) is not { } source)
                    {
                        Fail(map, "expected a category, a product or a service for the log source, found none of them");
                        return null;
                    }

                    return step with { Source = source };

                default:
                    Allow(map, [.. CommonKeys, "conditions", "negated"], scalar.Text);
                    return ReadAdded(map) is { } added ? step with { Added = added } : null;
            }
        }

        private RuleNode? ReadAdded(YamlMap map)
        {
            if (map.Find("conditions") is not YamlMap conditions)
            {
                Fail(map.Find("conditions") ?? map, $"expected a map of fields with their values under conditions, found {map.Find("conditions")?.Description ?? "none"}");
                return null;
            }

            var node = new DetectionReader(new SigmaPlaceholders(), diagnostics).ReadSelection(conditions);
            return node is null ? null : ReadFlag(map, "negated")
                ? new Not(conditions.Position, new SelectionUse(conditions.Position, new Selection("mapping", conditions.Position, node)))
                : new SelectionUse(conditions.Position, new Selection("mapping", conditions.Position, node));
        }

        private List<KeyValuePair<string, IReadOnlyList<string>>> ReadMapping(YamlMap map)
        {
            var pairs = new List<KeyValuePair<string, IReadOnlyList<string>>>();
            if (map.Find("mapping") is not YamlMap { Entries.Count: > 0 } mapping)
            {
                var found = map.Find("mapping");
                Fail(found ?? map, $"expected a map of names under mapping, found {(found is YamlMap ? "an empty map" : found?.Description ?? "none")}");
                return pairs;
            }

            foreach (var (key, value) in mapping.Entries)
            {
                var targets = ReadTexts(value);
                if (targets.Count == 0)
                {
                    Fail(value, $"expected the name of a field, or a list of names, for '{YamlScalar.Shorten(key.Text)}', found {(value is YamlList ? "an empty list" : value.Description)}");
                }
                else
                {
                    pairs.Add(new(key.Text, targets));
                }
            }

            return pairs;
        }

        // Names are alike whatever their case, unless two keys differ by it.
        private static IReadOnlyList<string>? Find(List<KeyValuePair<string, IReadOnlyList<string>>> names, string name) =>
            names.Find(pair => pair.Key == name).Value ?? names.Find(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

        private MappingConditions ReadConditions(YamlMap map)
        {
            var sources = new List<LogSource>();
            foreach (var condition in ReadConditionList(map, "rule_conditions"))
            {
                if (!IsOfType(condition, "logsource"))
                {
                    continue;
                }

                Allow(condition, ["type", "category", "product", "service"], "the condition logsource");
                if (ReadLogSource(condition) is { } source)
                {
                    sources.Add(source);
                }
                else
                {
                    Fail(condition, "expected a category, a product or a service, found none of them");
                }
            }

            return new MappingConditions(sources, ReadOperator(map, "rule_cond_op") == "or", ReadFlag(map, "rule_cond_not"));
        }

        private Func<string, bool> ReadFieldConditions(YamlMap map)
        {
            var tests = new List<Func<string, bool>>();
            foreach (var condition in ReadConditionList(map, "field_name_conditions"))
            {
                if (!IsOfType(condition, "include_fields", "exclude_fields"))
                {
                    continue;
                }

                Allow(condition, ["type", "fields", "mode"], "a condition on fields");
                if (condition.Find("mode") is { } mode and not YamlScalar { Text: "plain" })
                {
                    Fail(mode, $"expected the mode plain, found {mode.Description}: other modes are not supported");
                }

                var fields = condition.Find("fields") is { } node ? ReadTexts(node).ToHashSet(StringComparer.OrdinalIgnoreCase) : [];
                if (fields.Count == 0)
                {
                    Fail(condition.Find("fields") ?? condition, "expected a list of names under fields, found none");
                }

                var isIncluding = condition.Find("type") is YamlScalar { Text: "include_fields" };
                tests.Add(name => fields.Contains(name) == isIncluding);
            }

            var isAny = ReadOperator(map, "field_name_cond_op") == "or";
            var isNegated = ReadFlag(map, "field_name_cond_not");
            return name => tests.Count == 0 || (isAny ? tests.Exists(test => test(name)) : tests.TrueForAll(test => test(name))) != isNegated;
        }

        private IEnumerable<YamlMap> ReadConditionList(YamlMap map, string key)
        {
            switch (map.Find(key))
            {
                case null:
                    yield break;
                case YamlList list:
                    foreach (var item in list.Items)
                    {
                        if (item is YamlMap condition)
                        {
                            yield return condition;
                        }
                        else
                        {
                            Fail(item, $"expected a condition with its type, found {item.Description}");
                        }
                    }

                    break;
                case { } other:
                    Fail(other, $"expected a list of conditions, found {other.Description}");
                    break;
            }
        }

        private bool IsOfType(YamlMap condition, params string[] types)
        {
            var type = condition.Find("type");
            if (type is YamlScalar scalar && types.Contains(scalar.Text, StringComparer.Ordinal))
            {
                return true;
            }

            Fail(type ?? condition, $"expected the type {string.Join(" or ", types)} of a condition, found {type?.Description ?? "none"}: others are not supported");
            return false;
        }

        private LogSource? ReadLogSource(YamlMap map)
        {
            var (category, product, service) = (ReadText(map, "category"), ReadText(map, "product"), ReadText(map, "service"));
            return category is null && product is null && service is null
                ? null
                : new LogSource { Category = category, Product = product, Service = service, Position = map.Position };
        }

        private string? ReadText(YamlMap map, string key)
        {
            switch (map.Find(key))
            {
                case null or YamlScalar { IsNull: true }:
                    return null;
                case YamlScalar scalar:
                    return scalar.Text;
                case { } other:
                    Fail(other, $"expected a text under {key}, found {other.Description}");
                    return null;
            }
        }

        private string ReadOperator(YamlMap map, string key)
        {
            var text = ReadText(map, key) ?? "and";
            if (text is not ("and" or "or"))
            {
                Fail(map.Find(key)!, $"expected and, or or, found '{YamlScalar.Shorten(text)}'");
            }

            return text;
        }

        private bool ReadFlag(YamlMap map, string key)
        {
            var text = ReadText(map, key) ?? "false";
            if (text.ToLowerInvariant() is not ("true" or "false"))
            {
                Fail(map.Find(key)!, $"expected true or false, found '{YamlScalar.Shorten(text)}'");
            }

            return text.Equals("true", StringComparison.OrdinalIgnoreCase);
        }

        private static List<string> ReadTexts(YamlNode node) => node switch
        {
            YamlScalar { IsNull: false, Text.Length: > 0 } scalar => [scalar.Text],
            YamlList list when list.Items.All(item => item is YamlScalar { IsNull: false, Text.Length: > 0 }) => [.. list.Items.Select(item => ((YamlScalar)item).Text)],
            _ => [],
        };

        private void Allow(YamlMap map, IReadOnlyList<string> keys, string what)
        {
            foreach (var (key, _) in map.Entries)
            {
                if (!keys.Contains(key.Text, StringComparer.Ordinal))
                {
                    Fail(key, $"'{YamlScalar.Shorten(key.Text)}' is not supported in {what}", Spelling.Suggest(key.Text, keys));
                }
            }
        }

        private void Fail(YamlNode node, string message, string? suggestion = null) => diagnostics.Error("mapping", node.Position, message, suggestion);
    }
}

/// <summary>What a file of a mapping held.</summary>
/// <param name="Mapping">The mapping; null where there is an error.</param>
/// <param name="Priority">Mappings of a lower number go first; those of the same one in the order in which they are given.</param>
/// <param name="Diagnostics">Everything that is wrong.</param>
public sealed record MappingResult(RuleMapping? Mapping, int Priority, IReadOnlyList<SigmaDiagnostic> Diagnostics);
