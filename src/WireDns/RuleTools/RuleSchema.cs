using System.Text.Json.Nodes;
using WireDns.Detection.Rules;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>
/// The JSON Schema (draft 7, which editors know best) of Sigma rules about DNS, correlations and filters: made of the fields and words that the engine knows.
/// It accepts every rule that loads; <c>rules check</c> finds more faults.
/// </summary>
internal static class RuleSchema
{
    /// <summary>The schema.</summary>
    public static JsonObject Make() => new()
    {
        ["$schema"] = "http://json-schema.org/draft-07/schema#",
        ["title"] = "Sigma rules about DNS, as WireDns reads them",
        ["type"] = "object",
        ["required"] = Texts("title"),
        ["properties"] = Properties(),
        ["if"] = Require("correlation"),
        ["then"] = new JsonObject { ["not"] = Require("detection") },
        ["else"] = new JsonObject
        {
            ["if"] = Require("filter"),
            ["then"] = Require("logsource"),
            ["else"] = Require("logsource", "detection"),
        },
        ["definitions"] = Definitions(),
    };

    private static JsonObject Definitions()
    {
        var definitions = new JsonObject
        {
            ["value"] = Value(),
            ["values"] = AnyOf(Reference("value"), ListOf(Reference("value"))),
            ["texts"] = AnyOf(Type("string"), ListOf(Type("string"))),
            ["numbers"] = AnyOf(Type("number"), ListOf(Type("number"))),
            ["selection"] = Selection(),
            ["fields"] = Fields(),
        };
        foreach (var field in FieldGuide.All.Where(field => field.Words.Count > 0))
        {
            definitions.TryAdd(NameOfWords(field), new JsonObject { ["enum"] = Texts([.. field.Words]) });
        }

        return definitions;
    }

    // Fields with the same words share a definition.
    private static string NameOfWords(FieldDescription field)
    {
        var first = FieldGuide.All.First(other => other.Words.SequenceEqual(field.Words));
        return $"words_of_{(first.Names is [var name, ..] ? name : first.OtherNames[0])}";
    }

    private static JsonObject Properties() => new()
    {
        ["title"] = Text("What the rule detects, in a few words.", minimum: 1),
        ["id"] = Text("A UUID of its own (wiredns rules new makes one). Alerts carry it."),
        ["name"] = Text("A unique name, for correlations and filters to refer to."),
        ["related"] = new JsonObject
        {
            ["description"] = "Rules that this one comes from or replaces.",
            ["type"] = "array",
            ["items"] = new JsonObject
            {
                ["type"] = "object",
                ["required"] = Texts("id", "type"),
                ["properties"] = new JsonObject { ["id"] = Type("string"), ["type"] = Words(SigmaVocabulary.RelatedTypes, "How they are related.") },
            },
        },
        ["taxonomy"] = Text("The taxonomy of the field names; sigma unless given."),
        ["status"] = Words(SigmaVocabulary.Statuses, "How well the rule is tried. read and live leave out deprecated and unsupported rules."),
        ["description"] = Text("What it detects, in full."),
        ["license"] = Text("The licence's SPDX id."),
        ["author"] = Text("Who wrote it."),
        ["references"] = Described("Where it is described.", "texts"),
        ["date"] = Date("When it was written: YYYY-MM-DD."),
        ["modified"] = Date("When it was last changed: YYYY-MM-DD."),
        ["tags"] = Described("ATT&CK tactics and techniques, and other tags: attack.command-and-control, attack.t1071.004.", "texts"),
        ["logsource"] = LogSource(),
        ["detection"] = Detection("What the rule looks for: selections, and a condition over them."),
        ["fields"] = Described("Fields that help to judge a hit.", "texts"),
        ["falsepositives"] = Described("What else can make it fire.", "texts"),
        ["level"] = Words(SigmaVocabulary.Levels, "How bad a hit is."),
        ["scope"] = Described("Where the rule applies.", "texts"),
        ["correlation"] = Correlation(),
        ["generate"] = Type("boolean"),
        ["filter"] = Detection("Narrows rules: its condition must hold besides theirs.", ("rules", RuleNames("Ids or names of rules, or any."))),
    };

    private static JsonObject LogSource() => new()
    {
        ["description"] = "The log that the rule is for. category: dns is DNS on the network; category: dns_query is Sysmon's event 22.",
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["category"] = Suggest(["dns", "dns_query", "network"]),
            ["product"] = Suggest(["windows", "zeek", "linux", "macos"]),
            ["service"] = Suggest(["dns", "dns-client", "dns-server-analytic", "sysmon"]),
            ["definition"] = Type("string"),
        },
        ["anyOf"] = new JsonArray(Require("category"), Require("product"), Require("service")),
    };

    private static JsonObject Detection(string description, params ReadOnlySpan<(string Name, JsonObject Schema)> more)
    {
        var properties = new JsonObject
        {
            ["condition"] = AnyOf(Type("string"), ListOf(Type("string"))),
            ["timeframe"] = Type("string"),
        };
        foreach (var (name, schema) in more)
        {
            properties[name] = schema;
        }

        return new JsonObject
        {
            ["description"] = description,
            ["type"] = "object",
            ["required"] = Texts("condition"),
            ["properties"] = properties,
            ["additionalProperties"] = Reference("selection"),
        };
    }

    private static JsonObject Selection() => new()
    {
        ["description"] = "Fields that must all match; a list of such maps of which one must; or words to find anywhere in the lookup.",
        ["anyOf"] = new JsonArray(Reference("fields"), ListOf(AnyOf(Reference("fields"), Reference("value"))), Reference("value")),
    };

    private static JsonObject Fields()
    {
        var properties = new JsonObject();
        foreach (var field in FieldGuide.All)
        {
            foreach (var name in field.Names.Count > 0 ? field.Names : field.OtherNames)
            {
                properties[name] = Field(field, null);
                foreach (var modifier in ModifiersOf(field.Kind))
                {
                    properties[$"{name}|{modifier}"] = Field(field, modifier);
                }
            }
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["minProperties"] = 1,
            ["propertyNames"] = new JsonObject { ["pattern"] = $@"^[^|]*(\|({string.Join('|', SigmaVocabulary.Modifiers)}))*$" },
            ["properties"] = properties,
            ["patternProperties"] = new JsonObject
            {
                [@"\|exists$"] = Type("boolean"),
                [@"\|(lt|lte|gt|gte)$"] = Reference("numbers"),
                [@"\|cidr$"] = Reference("texts"),
            },
            ["additionalProperties"] = Reference("values"),
        };
    }

    private static JsonObject Field(FieldDescription field, string? modifier)
    {
        var presence = field.Presence == FieldPresence.Query ? "" : " A rule that names it waits for the response.";
        var schema = new JsonObject
        {
            ["description"] = $"{char.ToUpperInvariant(field.Meaning[0])}{field.Meaning[1..]} ({FieldListing.KindName(field.Kind)}), for example {field.Example}.{presence}",
        };
        schema["anyOf"] = modifier is null && field.Words.Count > 0
            ? new JsonArray(Reference(NameOfWords(field)), Reference("values"))
            : new JsonArray(Reference("values"));
        return schema;
    }

    // What an editor offers after the name of a field; others are accepted too.
    private static string[] ModifiersOf(FieldKind kind) => kind switch
    {
        FieldKind.Text or FieldKind.Name => ["contains", "startswith", "endswith", "re"],
        FieldKind.Address => ["cidr"],
        FieldKind.Number => ["lt", "lte", "gt", "gte"],
        _ => [],
    };

    private static JsonObject Correlation() => new()
    {
        ["description"] = "Counts the hits of rules, or looks for several of them (docs/correlations.md).",
        ["type"] = "object",
        ["required"] = Texts("type", "rules", "timespan"),
        ["properties"] = new JsonObject
        {
            ["type"] = Words(SigmaVocabulary.CorrelationTypes, "What is counted or looked for."),
            ["rules"] = RuleNames("Ids or names of rules or other correlations."),
            ["group-by"] = AnyOf(Reference("texts"), Type("null")),
            ["timespan"] = new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+[smhdwMy]$", ["description"] = "Digits and one letter: 90s, 5m, 1h, 1d." },
            ["condition"] = Condition(),
            ["aliases"] = new JsonObject { ["type"] = new JsonArray("object", "null"), ["additionalProperties"] = Type("object") },
            ["generate"] = Type("boolean"),
        },
        ["additionalProperties"] = false,
    };

    private static JsonObject Condition()
    {
        var properties = new JsonObject { ["field"] = Reference("texts"), ["percentile"] = Type("number") };
        foreach (var comparison in SigmaVocabulary.CorrelationOperators)
        {
            properties[comparison] = Type("number");
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
    }

    private static JsonObject RuleNames(string description) => Described(description, "texts");

    private static JsonObject Value() => new() { ["type"] = new JsonArray("string", "number", "boolean", "null") };

    private static JsonObject Date(string description) => new()
    {
        ["description"] = description,
        ["type"] = "string",
    };

    private static JsonObject Text(string description, int minimum = 0) => minimum == 0
        ? new JsonObject { ["description"] = description, ["type"] = "string" }
        : new JsonObject { ["description"] = description, ["type"] = "string", ["minLength"] = minimum };

    private static JsonObject Words(IReadOnlyList<string> words, string description) => new() { ["description"] = description, ["enum"] = Texts([.. words]) };

    private static JsonObject Suggest(string[] words) => AnyOf(new JsonObject { ["enum"] = Texts(words) }, Type("string"));

    private static JsonObject Described(string description, string definition) => new() { ["description"] = description, ["allOf"] = new JsonArray(Reference(definition)) };

    private static JsonObject Require(params ReadOnlySpan<string> names) => new() { ["required"] = Texts(names) };

    private static JsonObject Type(string name) => new() { ["type"] = name };

    private static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };

    private static JsonObject ListOf(JsonObject item) => new() { ["type"] = "array", ["minItems"] = 1, ["items"] = item };

    private static JsonObject AnyOf(params ReadOnlySpan<JsonNode?> schemas) => new() { ["anyOf"] = new JsonArray(schemas) };

    private static JsonArray Texts(params ReadOnlySpan<string> texts)
    {
        var array = new JsonArray();
        foreach (var text in texts)
        {
            array.Add((JsonNode)text);
        }

        return array;
    }
}
