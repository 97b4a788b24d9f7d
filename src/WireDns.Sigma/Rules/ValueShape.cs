namespace WireDns.Sigma.Rules;

/// <summary>What a chain of modifiers has made of a value so far.</summary>
internal enum ValueShape
{
    /// <summary>The value as YAML types it.</summary>
    Raw,

    /// <summary>A text, whose wildcards count.</summary>
    Text,

    /// <summary>A regular expression.</summary>
    Regex,

    /// <summary>A network.</summary>
    Cidr,

    /// <summary>Whether the field is there.</summary>
    Exists,

    /// <summary>The name of another field.</summary>
    FieldReference,

    /// <summary>A comparison with a number.</summary>
    Comparison,

    /// <summary>A part of a time that equals a number.</summary>
    Time,
}
