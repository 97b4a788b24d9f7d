namespace WireDns.Sigma.Rules;

/// <summary>Reads MITRE ATT&amp;CK tactics and techniques out of a rule's tags (specification: appendix tags).</summary>
public static class AttackTags
{
    private const string Namespace = "attack.";

    /// <summary>The tactics as names with hyphens (command-and-control); the older form with underscores is accepted too.</summary>
    public static IReadOnlyList<string> FindTactics(IEnumerable<string> tags)
    {
        var tactics = new List<string>();
        foreach (var tag in tags)
        {
            // Groups (g0016), software (s0154), data sources (ds0029) and the like have digits; tactics do not.
            if (TryGetName(tag, out var name) && !name.AsSpan().ContainsAnyInRange('0', '9'))
            {
                tactics.Add(name.Replace('_', '-'));
            }
        }

        return tactics;
    }

    /// <summary>The ids of techniques and sub-techniques in upper case (T1071.004).</summary>
    public static IReadOnlyList<string> FindTechniques(IEnumerable<string> tags)
    {
        var techniques = new List<string>();
        foreach (var tag in tags)
        {
            if (TryGetName(tag, out var name) && IsTechnique(name))
            {
                techniques.Add(name.ToUpperInvariant());
            }
        }

        return techniques;
    }

    private static bool TryGetName(string tag, out string name)
    {
        var isAttack = tag.StartsWith(Namespace, StringComparison.OrdinalIgnoreCase) && tag.Length > Namespace.Length;
        name = isAttack ? tag[Namespace.Length..].ToLowerInvariant() : string.Empty;
        return isAttack;
    }

    private static bool IsTechnique(string name) =>
        name is (['t', _, _, _, _] or ['t', _, _, _, _, '.', _, _, _]) &&
        name.AsSpan(1, 4).IndexOfAnyExceptInRange('0', '9') < 0 &&
        (name.Length == 5 || name.AsSpan(6).IndexOfAnyExceptInRange('0', '9') < 0);
}
