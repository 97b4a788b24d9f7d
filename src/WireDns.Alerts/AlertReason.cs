namespace WireDns.Alerts;

/// <summary>Why a rule fired: one value that matched.</summary>
/// <param name="Selection">The selection of the rule's detection, as named there.</param>
/// <param name="Field">The field as the rule names it, or null for a keyword.</param>
/// <param name="Modifiers">The modifiers as written, in order (contains, all …); empty for a plain value.</param>
/// <param name="Pattern">The rule's value, as written.</param>
/// <param name="Value">The event's value that it matched, as text (hostile: escape it before a person sees it).</param>
/// <param name="Start">First character of the matched span in <paramref name="Value"/>, from 0.</param>
/// <param name="Length">Length of the matched span in characters.</param>
public sealed record AlertReason(
    string Selection, string? Field, IReadOnlyList<string> Modifiers, string Pattern, string Value, int Start, int Length);
