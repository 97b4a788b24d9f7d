namespace WireDns.Alerts.Formats;

/// <summary>A tactic of MITRE ATT&amp;CK, Enterprise.</summary>
/// <param name="Id">Its id (TA0011).</param>
/// <param name="Name">Its name (Command and Control).</param>
internal sealed record AttackTactic(string Id, string Name)
{
    /// <summary>
    /// The tactic of a Sigma tag's name (command-and-control; older rules have underscores), or null for one that is not known. Version 19
    /// of ATT&amp;CK split Defense Evasion: TA0005 is now called Stealth, and rules use both the old and the new names.
    /// </summary>
    public static AttackTactic? Of(string tagName) => tagName.Replace('_', '-').ToLowerInvariant() switch
    {
        "reconnaissance" => new("TA0043", "Reconnaissance"),
        "resource-development" => new("TA0042", "Resource Development"),
        "initial-access" => new("TA0001", "Initial Access"),
        "execution" => new("TA0002", "Execution"),
        "persistence" => new("TA0003", "Persistence"),
        "privilege-escalation" => new("TA0004", "Privilege Escalation"),
        "defense-evasion" => new("TA0005", "Defense Evasion"),
        "stealth" => new("TA0005", "Stealth"),
        "defense-impairment" => new("TA0112", "Defense Impairment"),
        "credential-access" => new("TA0006", "Credential Access"),
        "discovery" => new("TA0007", "Discovery"),
        "lateral-movement" => new("TA0008", "Lateral Movement"),
        "collection" => new("TA0009", "Collection"),
        "command-and-control" => new("TA0011", "Command and Control"),
        "exfiltration" => new("TA0010", "Exfiltration"),
        "impact" => new("TA0040", "Impact"),
        _ => null,
    };
}
