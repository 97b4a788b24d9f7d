using WireDns.Alerts;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Testing;

/// <summary>A rule as its file and its alerts know it.</summary>
internal sealed record RuleKey(string? Id, string Title, string File)
{
    /// <summary>The key of a rule.</summary>
    public static RuleKey Of(SigmaRule rule) => new(rule.Id, rule.Title, rule.File);

    /// <summary>The key of the rule that raised an alert.</summary>
    public static RuleKey Of(AlertRule rule) => new(rule.Id, rule.Title, rule.File);

    /// <summary>Whether a test calls the rule so: by its id, its title, or its file's name with or without the ending.</summary>
    public bool IsCalled(string name) => name.Equals(Id, StringComparison.OrdinalIgnoreCase) || name == Title
        || name == Path.GetFileName(File) || name == Path.GetFileNameWithoutExtension(File);
}
