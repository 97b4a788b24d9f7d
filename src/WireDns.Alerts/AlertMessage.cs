namespace WireDns.Alerts;

/// <summary>
/// What an alert says of the DNS message that raised it. Names and data are hostile text in presentation form: printable ASCII.
/// </summary>
public sealed record AlertMessage
{
    /// <summary>The DNS message id.</summary>
    public required int Id { get; init; }

    /// <summary>Whether the message is a response.</summary>
    public required bool IsResponse { get; init; }

    /// <summary>The opcode's mnemonic (QUERY).</summary>
    public required string Opcode { get; init; }

    /// <summary>The response code's mnemonic (NXDOMAIN); null in a query.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>The header flags that are set, as mnemonics (AA, TC, RD, RA, AD, CD).</summary>
    public IReadOnlyList<string> HeaderFlags { get; init; } = [];

    /// <summary>The question's name, or null where the message has no question.</summary>
    public string? QuestionName { get; init; }

    /// <summary>The question's type mnemonic, or null.</summary>
    public string? QuestionType { get; init; }

    /// <summary>The question's class mnemonic, or null.</summary>
    public string? QuestionClass { get; init; }

    /// <summary>The question name's registered domain by the public suffix list, where known.</summary>
    public string? RegisteredDomain { get; init; }

    /// <summary>The answers that were read; none in a query.</summary>
    public IReadOnlyList<AlertAnswer> Answers { get; init; } = [];

    /// <summary>The addresses of A and AAAA answers.</summary>
    public IReadOnlyList<string> ResolvedAddresses { get; init; } = [];

    /// <summary>How the message was malformed, or null where it was sound.</summary>
    public string? Malformed { get; init; }

    /// <summary>Whether the snap length cut the message.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether fragments or segments overlapped with different bytes.</summary>
    public bool HasOverlap { get; init; }
}
