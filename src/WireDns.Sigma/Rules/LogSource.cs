namespace WireDns.Sigma.Rules;

/// <summary>The log that a rule is written for (specification: LogSource), as written.</summary>
public sealed record LogSource
{
    /// <summary>The kind of log (dns, dns_query …), or null.</summary>
    public string? Category { get; init; }

    /// <summary>The product (windows, zeek …), or null.</summary>
    public string? Product { get; init; }

    /// <summary>The part of the product (dns, dns-client …), or null.</summary>
    public string? Service { get; init; }

    /// <summary>How the log must be configured, for people; or null.</summary>
    public string? Definition { get; init; }

    /// <summary>Where the section is in the file.</summary>
    public SourcePosition Position { get; init; }

    /// <summary>The parts as <c>category dns, product windows</c>.</summary>
    public override string ToString()
    {
        (string Name, string? Value)[] parts = [("category", Category), ("product", Product), ("service", Service)];
        return string.Join(", ", parts.Where(p => p.Value is not null).Select(p => $"{p.Name} {p.Value}"));
    }
}
