namespace WireDns.Sigma.Rules;

/// <summary>
/// A Sigma filter (specification: Sigma Filters): a condition that is combined by "and" with that of other rules, so that what is known to
/// be harmless on a site is written once for all of them. Immutable and safe to share between threads.
/// </summary>
public sealed record FilterRule : SigmaDocument
{
    /// <summary>The log of the rules that it may be applied to: each part that it states must be the same in the rule.</summary>
    public required LogSource LogSource { get; init; }

    /// <summary>The rules that it is applied to; empty if <see cref="AppliesToAny"/> is set.</summary>
    public required IReadOnlyList<RuleReference> Rules { get; init; }

    /// <summary>Whether it is applied to every rule whose log source fits (<c>rules: any</c>).</summary>
    public required bool AppliesToAny { get; init; }

    /// <summary>What must also be true.</summary>
    public required Detection Detection { get; init; }

    /// <summary>Whether a rule's log source is one of those that the filter is for.</summary>
    public bool Fits(LogSource rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return IsWithin(LogSource.Category, rule.Category) && IsWithin(LogSource.Product, rule.Product) && IsWithin(LogSource.Service, rule.Service);
    }

    private static bool IsWithin(string? wanted, string? found) =>
        wanted is null || string.Equals(wanted, found, StringComparison.OrdinalIgnoreCase);
}
