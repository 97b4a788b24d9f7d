using System.Globalization;
using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Queries;

/// <summary>
/// How an engine's SQL says what rules need. Every text that comes from a rule passes through <see cref="Quote(string)"/>, so that it cannot end its literal. Immutable.
/// </summary>
internal abstract class SqlDialect
{
    /// <summary>A text as a literal.</summary>
    public abstract string Quote(string text);

    /// <summary>A column's name, whatever is in it. Empty if the engine has no way to write it.</summary>
    public abstract string Identifier(string name);

    /// <summary>Whether a regular expression matches somewhere in a text.</summary>
    public abstract string Matches(string text, string expression);

    /// <summary>Whether a text contains another; both are SQL.</summary>
    public virtual string Contains(string text, string part) => $"contains({text}, {part})";

    /// <summary>Whether a text begins with another; both are SQL.</summary>
    public virtual string StartsWith(string text, string part) => $"starts_with({text}, {part})";

    /// <summary>Whether a text ends with another; both are SQL.</summary>
    public virtual string EndsWith(string text, string part) => $"ends_with({text}, {part})";

    /// <summary>Whether a condition holds for an item of a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="variable">The name of an item.</param>
    /// <param name="condition">The condition; never null.</param>
    public abstract string Any(string list, string variable, string condition);

    /// <summary>A member of an item of a list.</summary>
    public virtual string Member(string variable, string member) => $"{variable}.{member}";

    /// <summary>How many items a list has.</summary>
    public abstract string Count(string list);

    /// <summary>A text in lower case.</summary>
    public virtual string Lower(string text) => $"lower({text})";

    /// <summary>A value as a text.</summary>
    public virtual string Text(string value) => $"CAST({value} AS VARCHAR)";

    /// <summary>A number as a double.</summary>
    public virtual string Double(string number) => $"CAST({number} AS DOUBLE)";

    /// <summary>A text as a double; null if it is none.</summary>
    public virtual string TryDouble(string text) => $"TRY_CAST({text} AS DOUBLE)";

    /// <summary>Some bits of a number.</summary>
    public virtual string Bits(string number, int mask) => string.Create(CultureInfo.InvariantCulture, $"({number} & {mask})");

    /// <summary>A text without what an expression matches: each match is replaced by one character.</summary>
    public virtual string ReplaceAll(string text, string expression) => $"regexp_replace({text}, {Quote(expression)}, '_')";

    /// <summary>Microseconds since 1970 of a column of timestamps; null if that depends on the session's time zone.</summary>
    public virtual string? Microseconds(string column) => null;

    /// <summary>A part of a time, in UTC; null if the engine cannot tell it without the session's time zone.</summary>
    /// <param name="microseconds">Since 1970.</param>
    /// <param name="part">The part.</param>
    public virtual string? Part(string microseconds, TimePart part) => null;

    /// <summary>The text between quotes, where a quote is doubled and nothing else is special.</summary>
    protected static string Standard(string text, char quote)
    {
        var name = quote.ToString();
        return name + text.Replace(name, name + name, StringComparison.Ordinal) + name;
    }

    /// <summary>Whether a character could move the cursor of a terminal or turn the direction of a line.</summary>
    protected static bool IsUnprintable(Rune rune) =>
        Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>A literal in an engine where a quote is doubled, and a character that cannot be printed is a call.</summary>
    protected static string WithCalls(string text)
    {
        var parts = new List<string>();
        var literal = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsUnprintable(rune))
            {
                literal.Append(rune.ToString());
                continue;
            }

            AddLiteral();
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"chr({rune.Value})"));
        }

        AddLiteral();
        return parts.Count switch { 0 => "''", 1 => parts[0], _ => $"({string.Join(" || ", parts)})" };

        void AddLiteral()
        {
            if (literal.Length > 0)
            {
                parts.Add(Standard(literal.ToString(), '\''));
                literal.Clear();
            }
        }
    }

    /// <summary>A literal in an engine where a backslash begins an escape.</summary>
    protected static string WithEscapes(string text, Func<Rune, string> escape)
    {
        var literal = new StringBuilder("'");
        foreach (var rune in text.EnumerateRunes())
        {
            literal.Append(rune.Value is '\'' or '\\' ? $"\\{rune}" : IsUnprintable(rune) ? escape(rune) : rune.ToString());
        }

        return literal.Append('\'').ToString();
    }
}

/// <summary>DuckDB, version 1.3 and later.</summary>
internal sealed class DuckDbDialect : SqlDialect
{
    public override string Quote(string text) => WithCalls(text);

    public override string Identifier(string name) => Standard(name, '"');

    public override string Matches(string text, string expression) => $"regexp_matches({text}, {Quote(expression)})";

    public override string Any(string list, string variable, string condition) => $"len(list_filter({list}, lambda {variable}: {condition})) > 0";

    public override string Count(string list) => $"len({list})";

    public override string ReplaceAll(string text, string expression) => $"regexp_replace({text}, {Quote(expression)}, '_', 'g')";

    public override string? Microseconds(string column) => $"epoch_us({column})";

    public override string? Part(string microseconds, TimePart part) => part switch
    {
        TimePart.Minute => $"({microseconds} // 60000000) % 60",
        TimePart.Hour => $"({microseconds} // 3600000000) % 24",
        _ => $"extract({part.ToString().ToLowerInvariant()} FROM make_timestamp({microseconds}))",
    };
}

/// <summary>ClickHouse, version 23 and later.</summary>
internal sealed class ClickHouseDialect : SqlDialect
{
    // Octets of UTF-8: the escapes of larger numbers are not known to all versions.
    public override string Quote(string text) => WithEscapes(text, rune => string.Concat(Encoding.UTF8.GetBytes(rune.ToString()).Select(octet => $"\\x{octet:X2}")));

    public override string Identifier(string name) => name.EnumerateRunes().Any(IsUnprintable) ? "" :
        "`" + name.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal) + "`";

    public override string Matches(string text, string expression) => $"match({text}, {Quote(expression)})";

    public override string Contains(string text, string part) => $"position({text}, {part}) > 0";

    public override string StartsWith(string text, string part) => $"startsWith({text}, {part})";

    public override string EndsWith(string text, string part) => $"endsWith({text}, {part})";

    public override string Any(string list, string variable, string condition) => $"arrayExists({variable} -> {condition}, {list})";

    public override string Member(string variable, string member) => $"tupleElement({variable}, '{member}')";

    public override string Count(string list) => $"length({list})";

    public override string Lower(string text) => $"lowerUTF8({text})";

    public override string Text(string value) => $"toString({value})";

    public override string Double(string number) => $"toFloat64({number})";

    public override string TryDouble(string text) => $"toFloat64OrNull({text})";

    public override string Bits(string number, int mask) => string.Create(CultureInfo.InvariantCulture, $"bitAnd({number}, {mask})");

    public override string ReplaceAll(string text, string expression) => $"replaceRegexpAll({text}, {Quote(expression)}, '_')";

    public override string? Microseconds(string column) => $"toUnixTimestamp64Micro({column})";

    public override string? Part(string microseconds, TimePart part)
    {
        var time = $"fromUnixTimestamp64Micro({microseconds}, 'UTC')";
        return part switch
        {
            TimePart.Minute => $"toMinute({time})",
            TimePart.Hour => $"toHour({time})",
            TimePart.Day => $"toDayOfMonth({time})",
            TimePart.Week => $"toISOWeek({time})",
            TimePart.Month => $"toMonth({time})",
            _ => $"toYear({time})",
        };
    }
}

/// <summary>Trino, and what is made of it (Athena, version 3).</summary>
internal sealed class TrinoDialect : SqlDialect
{
    public override string Quote(string text) => WithCalls(text);

    public override string Identifier(string name) => Standard(name, '"');

    public override string Matches(string text, string expression) => $"regexp_like({text}, {Quote(expression)})";

    public override string Contains(string text, string part) => $"strpos({text}, {part}) > 0";

    // There is no function for it. A text that is shorter gives an empty one.
    public override string EndsWith(string text, string part) => $"substr({text}, -length({part})) = {part}";

    public override string Any(string list, string variable, string condition) => $"any_match({list}, {variable} -> {condition})";

    public override string Count(string list) => $"cardinality({list})";

    public override string Bits(string number, int mask) => string.Create(CultureInfo.InvariantCulture, $"bitwise_and({number}, {mask})");
}

/// <summary>Spark SQL, version 3.3 and later, and Databricks.</summary>
internal sealed class SparkDialect : SqlDialect
{
    // Its literals have escapes of UTF-16.
    public override string Quote(string text) => WithEscapes(text, rune => string.Concat(rune.ToString().Select(unit => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}"))));

    public override string Identifier(string name) => Standard(name, '`');

    public override string Matches(string text, string expression) => $"{text} RLIKE {Quote(expression)}";

    public override string StartsWith(string text, string part) => $"startswith({text}, {part})";

    public override string EndsWith(string text, string part) => $"endswith({text}, {part})";

    public override string Any(string list, string variable, string condition) => $"exists({list}, {variable} -> {condition})";

    public override string Count(string list) => $"size({list})";

    public override string Text(string value) => $"CAST({value} AS STRING)";

    public override string? Microseconds(string column) => $"unix_micros({column})";

    // Its other functions take the session's time zone.
    public override string? Part(string microseconds, TimePart part) => part switch
    {
        TimePart.Minute => $"({microseconds} div 60000000) % 60",
        TimePart.Hour => $"({microseconds} div 3600000000) % 24",
        _ => null,
    };
}
