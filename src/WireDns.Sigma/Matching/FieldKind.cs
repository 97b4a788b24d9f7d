namespace WireDns.Sigma.Matching;

/// <summary>What the values of a field are, as far as matching and linting care.</summary>
public enum FieldKind
{
    /// <summary>Any text: upper and lower case are equal by Unicode's simple case folding.</summary>
    Text,

    /// <summary>
    /// A domain name as text, without a trailing dot: case is folded in ASCII only, and a rule's value with other letters is matched in its
    /// xn-- form too.
    /// </summary>
    Name,

    /// <summary>A number.</summary>
    Number,

    /// <summary>An IPv4 or IPv6 address as text.</summary>
    Address,
}
