namespace WireDns.Alerts;

/// <summary>How severe an alert is: the levels of the Sigma specification.</summary>
public enum AlertLevel
{
    /// <summary>Worth a record, not an alert by itself.</summary>
    Informational,

    /// <summary>Notable, seldom an incident.</summary>
    Low,

    /// <summary>Relevant, to be looked at.</summary>
    Medium,

    /// <summary>Relevant, to be looked at soon.</summary>
    High,

    /// <summary>An incident, to be looked at now.</summary>
    Critical,
}
