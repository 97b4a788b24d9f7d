namespace WireDns.Alerts;

/// <summary>An entry of a list of threat intelligence that covers a name of the lookup. Its texts are the source's, and may be hostile. Immutable.</summary>
public sealed record AlertIndicator
{
    /// <summary>The domain name of the list: the name that was looked up, or a domain above it.</summary>
    public required string Name { get; init; }

    /// <summary>The list, by the name that it has in the configuration.</summary>
    public required string List { get; init; }

    /// <summary>The file of the list.</summary>
    public required string File { get; init; }

    /// <summary>Where it is in the file: a line, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The source's own id (of a STIX indicator, of a MISP attribute); null if it has none.</summary>
    public string? Id { get; init; }

    /// <summary>What the source calls it; null if it does not say.</summary>
    public string? Title { get; init; }

    /// <summary>The source's labels, types and tags.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>How sure the source is, 0 to 100; null if it does not say.</summary>
    public int? Confidence { get; init; }

    /// <summary>Since when it holds, in seconds since the Unix epoch; null if the source does not say.</summary>
    public long? ValidFrom { get; init; }

    /// <summary>Until when it holds, in seconds since the Unix epoch; null if the source does not say.</summary>
    public long? ValidUntil { get; init; }

    /// <summary>The confidence as a word of STIX 2.1, appendix A: None, Low, Medium, High, or Not Specified.</summary>
    public string ConfidenceWord => Confidence switch
    {
        null => "Not Specified",
        0 => "None",
        < 30 => "Low",
        < 70 => "Medium",
        _ => "High",
    };
}
