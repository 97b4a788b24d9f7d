namespace WireDns.Sigma.Rules;

/// <summary>What a <see cref="SigmaRuleParser"/> is given besides the files.</summary>
public sealed record SigmaParserOptions
{
    /// <summary>Largest file that is parsed, in bytes; 16 MiB unless set. Larger lists belong into a placeholder's file.</summary>
    public int MaximumFileBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The values of placeholders; none unless set.</summary>
    public SigmaPlaceholders Placeholders { get; init; } = new();
}
