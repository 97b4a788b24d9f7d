namespace WireDns.Sigma.Matching;

/// <summary>Why a rule matched an event: one value that passed.</summary>
/// <param name="Selection">The selection's name.</param>
/// <param name="Field">The field as the rule names it, or null for a keyword.</param>
/// <param name="Modifiers">The modifiers as written, in order.</param>
/// <param name="Pattern">The rule's value as written; for one of a large list, in folded case.</param>
/// <param name="Value">The event's value as text, or null where the field is missing or null. Hostile: escape it before a person sees it.</param>
/// <param name="Start">First character of what matched in <paramref name="Value"/>, from 0.</param>
/// <param name="Length">Its length in characters; 0 where no text matched, such as for null.</param>
public sealed record MatchReason(
    string Selection, string? Field, IReadOnlyList<string> Modifiers, string Pattern, string? Value, int Start, int Length);
