namespace WireDns.Alerts;

/// <summary>What an alert says about the rule that raised it. Built once per rule and shared by its alerts.</summary>
public sealed record AlertRule
{
    /// <summary>The rule's UUID as written, or null if it has none.</summary>
    public string? Id
    {
        get;
        init
        {
            field = value;
            Name = $"{Id}\0{Title}";
        }
    }

    /// <summary>The rule's title.</summary>
    public required string Title
    {
        get;
        init
        {
            field = value;
            Name = $"{Id}\0{Title}";
        }
    }

    /// <summary>Id and title, by which alerts of the rule are told from those of others.</summary>
    internal string Name { get; private init; } = "";

    /// <summary>The rule's description, or null.</summary>
    public string? Description { get; init; }

    /// <summary>The rule's level; medium if it states none.</summary>
    public AlertLevel Level { get; init; } = AlertLevel.Medium;

    /// <summary>The rule's status as written (stable, test, experimental …), or null.</summary>
    public string? Status { get; init; }

    /// <summary>The rule's author as written, or null.</summary>
    public string? Author { get; init; }

    /// <summary>The rule's license as written (an SPDX id if its author followed the specification), or null.</summary>
    public string? License { get; init; }

    /// <summary>The date of the rule's last change as written (2025-09-12), or null.</summary>
    public string? Modified { get; init; }

    /// <summary>The file that the rule was loaded from.</summary>
    public required string File { get; init; }

    /// <summary>All tags as written.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The ATT&amp;CK tactics among the tags, as names with hyphens (command-and-control).</summary>
    public IReadOnlyList<string> AttackTactics { get; init; } = [];

    /// <summary>The ATT&amp;CK technique ids among the tags, in upper case (T1071.004).</summary>
    public IReadOnlyList<string> AttackTechniques { get; init; } = [];

    /// <summary>References as written, usually URLs: where to read more.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Known false positives as written: harmless things that also raise it.</summary>
    public IReadOnlyList<string> FalsePositives { get; init; } = [];

    /// <summary>
    /// Why the rule may alert here when it would not on an endpoint (a filter names a field that no wire carries); null if it runs in full.
    /// </summary>
    public string? Caveat { get; init; }
}

/// <summary>How severe an alert is: the levels of the Sigma specification.</summary>
public enum AlertLevel
{
    /// <summary>Worth a record, not an alert by itself.</summary>
    Informational,

    /// <summary>Notable, rarely an incident.</summary>
    Low,

    /// <summary>Relevant, to be looked at.</summary>
    Medium,

    /// <summary>Relevant, to be looked at soon.</summary>
    High,

    /// <summary>An incident, to be looked at now.</summary>
    Critical,
}

/// <summary>The levels by name.</summary>
public static class AlertLevelNames
{
    /// <summary>The level as the Sigma specification spells it: informational, low, medium, high or critical.</summary>
    public static string Name(this AlertLevel level) => level switch
    {
        AlertLevel.Critical => "critical",
        AlertLevel.High => "high",
        AlertLevel.Medium => "medium",
        AlertLevel.Low => "low",
        _ => "informational",
    };
}
