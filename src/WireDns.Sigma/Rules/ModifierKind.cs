namespace WireDns.Sigma.Rules;

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

    /// <summary>The text is encoded as UTF-16, little endian, behind a byte order mark.</summary>
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
