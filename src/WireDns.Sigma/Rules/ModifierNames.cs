using System.Collections.Frozen;

namespace WireDns.Sigma.Rules;

/// <summary>The names of the modifiers in rules; some have two.</summary>
internal static class ModifierNames
{
    private static readonly FrozenDictionary<string, ModifierKind> Kinds = new Dictionary<string, ModifierKind>
    {
        ["contains"] = ModifierKind.Contains,
        ["startswith"] = ModifierKind.StartsWith,
        ["endswith"] = ModifierKind.EndsWith,
        ["all"] = ModifierKind.All,
        ["cased"] = ModifierKind.Cased,
        ["neq"] = ModifierKind.NotEqual,
        ["exists"] = ModifierKind.Exists,
        ["re"] = ModifierKind.Regex,
        ["i"] = ModifierKind.IgnoreCase,
        ["ignorecase"] = ModifierKind.IgnoreCase,
        ["m"] = ModifierKind.MultiLine,
        ["multiline"] = ModifierKind.MultiLine,
        ["s"] = ModifierKind.DotAll,
        ["dotall"] = ModifierKind.DotAll,
        ["base64"] = ModifierKind.Base64,
        ["base64offset"] = ModifierKind.Base64Offset,
        ["utf16le"] = ModifierKind.Utf16LittleEndian,
        ["wide"] = ModifierKind.Utf16LittleEndian,
        ["utf16be"] = ModifierKind.Utf16BigEndian,
        ["utf16"] = ModifierKind.Utf16,
        ["windash"] = ModifierKind.WindowsDash,
        ["lt"] = ModifierKind.Less,
        ["lte"] = ModifierKind.LessOrEqual,
        ["gt"] = ModifierKind.Greater,
        ["gte"] = ModifierKind.GreaterOrEqual,
        ["minute"] = ModifierKind.Minute,
        ["hour"] = ModifierKind.Hour,
        ["day"] = ModifierKind.Day,
        ["week"] = ModifierKind.Week,
        ["month"] = ModifierKind.Month,
        ["year"] = ModifierKind.Year,
        ["cidr"] = ModifierKind.Cidr,
        ["expand"] = ModifierKind.Expand,
        ["fieldref"] = ModifierKind.FieldReference,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> All => Kinds.Keys;

    public static bool TryGet(string name, out ModifierKind kind) => Kinds.TryGetValue(name, out kind);
}
