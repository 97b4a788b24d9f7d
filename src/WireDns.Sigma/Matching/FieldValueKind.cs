namespace WireDns.Sigma.Matching;

/// <summary>The type of a <see cref="FieldValue"/>.</summary>
public enum FieldValueKind : byte
{
    /// <summary>There, but without a value.</summary>
    Null,

    /// <summary>Text in UTF-8.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,
}
