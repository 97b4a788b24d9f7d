
namespace WireDns.Sigma.Rules;

/// <summary>One modifier of a <see cref="FieldMatch"/>.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Name">Its name as written.</param>
/// <param name="Position">Where it is in the file.</param>
public readonly record struct Modifier(ModifierKind Kind, string Name, SourcePosition Position)
{
    /// <summary>The name as written.</summary>
    public override string ToString() => Name;
}

/// <summary>The modifiers of the Sigma specification 2.1.0 (appendix: modifiers).</summary>
public enum ModifierKind
{
    /// <summary>The text occurs in the value.</summary>
    Contains,

    /// <summary>The value starts with the text.</summary>
    StartsWith,

    /// <summary>The value ends with the text.</summary>
    EndsWith,

    /// <summary>All values of the list match, not any.</summary>
    All,

    /// <summary>Upper and lower case differ.</summary>
    Cased,

    /// <summary>The match is negated.</summary>
    NotEqual,

    /// <summary>The field is there, or is not.</summary>
    Exists,

    /// <summary>The text is a regular expression.</summary>
    Regex,

    /// <summary>The regular expression ignores case.</summary>
    IgnoreCase,

    /// <summary>^ and $ of the regular expression match at lines.</summary>
    MultiLine,

    /// <summary>The dot of the regular expression matches line ends too.</summary>
    DotAll,

    /// <summary>The text is encoded as Base64.</summary>
    Base64,

    /// <summary>The text is encoded as Base64 at each of the three offsets.</summary>
    Base64Offset,

    /// <summary>The text is encoded as UTF-16, little endian (utf16le, wide).</summary>
    Utf16LittleEndian,

    /// <summary>The text is encoded as UTF-16, big endian.</summary>
    Utf16BigEndian,

    /// <summary>The text is encoded as UTF-16, little endian, after a byte order mark.</summary>
    Utf16,

    /// <summary>A dash or slash before a word stands for each kind of dash and the slash.</summary>
    WindowsDash,

    /// <summary>The number is less.</summary>
    Less,

    /// <summary>The number is less or the same.</summary>
    LessOrEqual,

    /// <summary>The number is greater.</summary>
    Greater,

    /// <summary>The number is greater or the same.</summary>
    GreaterOrEqual,

    /// <summary>The time's minute.</summary>
    Minute,

    /// <summary>The time's hour.</summary>
    Hour,

    /// <summary>The time's day of the month.</summary>
    Day,

    /// <summary>The time's ISO 8601 week.</summary>
    Week,

    /// <summary>The time's month.</summary>
    Month,

    /// <summary>The time's year.</summary>
    Year,

    /// <summary>The address is in the network.</summary>
    Cidr,

    /// <summary>Placeholders in the text stand for lists.</summary>
    Expand,

    /// <summary>The text names another field.</summary>
    FieldReference,
}

/// <summary>The names of the modifiers in rules; some have two.</summary>
internal static class ModifierNames
{
    private static readonly Dictionary<string, ModifierKind> Kinds = new(StringComparer.Ordinal)
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
    };

    public static IEnumerable<string> All => Kinds.Keys;

    public static bool TryGet(string name, out ModifierKind kind) => Kinds.TryGetValue(name, out kind);
}
