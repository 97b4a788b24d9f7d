using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// What is known of the values of a field beside their kind, so that a value of a rule that none of them ever equals is found when the rule loads.
/// Immutable; a schema makes one for each field and shares it.
/// </summary>
public sealed class FieldFacts
{
    /// <summary>Facts of a field that nothing more is known of.</summary>
    public static FieldFacts None { get; } = new();

    /// <summary>What one value is, with its article: "a record type". Used where <see cref="Words"/> is.</summary>
    public string Noun { get; init; } = "a value";

    /// <summary>Every word that a field of the kind <see cref="FieldKind.Word"/> can hold, but for numbered ones.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Words that are a prefix and a number, such as TYPE65280, with the largest number.</summary>
    public IReadOnlyList<(string Prefix, int Maximum)> NumberedWords { get; init; } = [];

    /// <summary>What the author of a word that is none may have meant ("write TXT"); null where that is not known.</summary>
    public Func<string, string?> Suggest { get; init; } = _ => null;

    /// <summary>The least and the largest number of a field that holds numbers; null where there are no such bounds.</summary>
    public (SigmaNumber Least, SigmaNumber Largest)? Range { get; init; }

    /// <summary>Whether every event has a value, so that null never matches.</summary>
    public bool IsAlwaysThere { get; init; }

    /// <summary>Whether a byte that cannot be printed may be written as <c>\x00</c>.</summary>
    public bool HasHexEscapes { get; init; }

    /// <summary>Whether a text field holds names among other things; names have no dot at their end.</summary>
    public bool HoldsNames { get; init; }

    /// <summary>
    /// For names that follow a list: why a text is no value of the field, or null. It is asked for a whole value, and for the end of one, which then
    /// begins with a dot. What it gives is a sentence without its subject, and a suggestion or null.
    /// </summary>
    public Func<string, (string Problem, string? Suggestion)?> Refute { get; init; } = _ => null;
}
