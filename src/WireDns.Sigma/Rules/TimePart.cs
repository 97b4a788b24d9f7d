namespace WireDns.Sigma.Rules;

/// <summary>The part of a point in time, in UTC, that a time modifier takes.</summary>
public enum TimePart
{
    /// <summary>Minute of the hour, 0 to 59.</summary>
    Minute,

    /// <summary>Hour of the day, 0 to 23.</summary>
    Hour,

    /// <summary>Day of the month, 1 to 31.</summary>
    Day,

    /// <summary>Week of the year, 1 to 53 (ISO 8601).</summary>
    Week,

    /// <summary>Month of the year, 1 to 12.</summary>
    Month,

    /// <summary>The year.</summary>
    Year,
}
