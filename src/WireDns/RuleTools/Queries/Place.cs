namespace WireDns.RuleTools.Queries;

/// <summary>Where a table has values of a field.</summary>
internal abstract record Place;

/// <summary>A column of texts.</summary>
/// <param name="Folded">The text in lower case, as SQL.</param>
/// <param name="Spelt">The text as it is spelt.</param>
/// <param name="HasDomain">Whether the table is sorted by the registered domain of this name (column registered_domain).</param>
internal sealed record TextPlace(string Folded, string Spelt, bool HasDomain = false) : Place;

/// <summary>A column of numbers.</summary>
/// <param name="Sql">The number.</param>
/// <param name="IsReal">Whether it may have a fraction.</param>
internal sealed record NumberPlace(string Sql, bool IsReal = false) : Place;

/// <summary>A member of each item of a list.</summary>
/// <param name="List">The column.</param>
/// <param name="Member">The member.</param>
/// <param name="IsNumber">Whether it is a number, and otherwise a text.</param>
internal sealed record ItemPlace(string List, string Member, bool IsNumber = false) : Place
{
    /// <summary>Whether only items count that are addresses: the data of A and AAAA records.</summary>
    public bool IsAddress { get; init; }
}

/// <summary>
/// A field that has few values: for each, a condition on the table. What a rule makes of each value is asked of the engine itself. Such a field has no other place.
/// </summary>
/// <param name="States">The values of the field as a JSON array, and when it has them. An empty array: it is missing.</param>
internal sealed record StatePlace(IReadOnlyList<(string Values, string Condition)> States) : Place;

/// <summary>The same for a column of numbers that stand for words.</summary>
/// <param name="Sql">The number; null where the field is missing.</param>
/// <param name="Count">The numbers are below it.</param>
/// <param name="ValuesOf">The words of a number, as a JSON array.</param>
internal sealed record NumberedPlace(string Sql, int Count, Func<int, string> ValuesOf) : Place;

/// <summary>A time.</summary>
/// <param name="Microseconds">Since 1970; null if the engine cannot tell.</param>
internal sealed record TimePlace(string? Microseconds) : Place;

/// <summary>What a table has of a field.</summary>
/// <param name="Places">Where its values are; any of them counts. None: the field is missing in every row.</param>
/// <param name="IsName">Whether the values are domain names, so that letters outside ASCII are in their xn-- form.</param>
/// <param name="Refusal">Why a query cannot ask for it; null if it can.</param>
internal sealed record QueryField(IReadOnlyList<Place> Places, bool IsName = false, string? Refusal = null)
{
    /// <summary>A field that a query cannot ask for.</summary>
    public static QueryField Refused(string reason) => new([], Refusal: reason);
}
