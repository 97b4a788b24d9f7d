namespace WireDns.RuleTools.Conversion;

/// <summary>How a name is compared with a text.</summary>
internal enum NameTermKind
{
    /// <summary>The whole name.</summary>
    Exact,

    /// <summary>The end of the name.</summary>
    Suffix,

    /// <summary>The beginning of the name.</summary>
    Prefix,

    /// <summary>Anywhere in the name.</summary>
    Substring,

    /// <summary>A pattern of several texts.</summary>
    Pattern,
}
