using System.Globalization;

namespace WireDns.Statistics;

/// <summary>A table of numbers about lookups.</summary>
/// <param name="Name">The word that selects it.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Columns">Its columns, as snake_case words with their unit.</param>
/// <param name="Rows">Its rows: a cell for each column.</param>
/// <param name="Note">What a reader must know of it; empty if nothing.</param>
internal sealed record StatisticsTable(
    string Name, string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows, string Note = "");

/// <summary>A cell of a table: for programs a value, for people words.</summary>
/// <param name="Value">A string, a long, a double, or null for nothing.</param>
/// <param name="Text">The same for a person.</param>
/// <param name="IsNumber">Whether it stands at the right of its column.</param>
internal readonly record struct Cell(object? Value, string Text, bool IsNumber)
{
    /// <summary>Text from the wire; it is made printable where it is written.</summary>
    public static Cell Of(string text) => new(text, text, false);

    /// <summary>A number.</summary>
    public static Cell Of(long number) => new(number, number.ToString("N0", CultureInfo.InvariantCulture), true);

    /// <summary>A number that may be estimated: then it has a ~ before it.</summary>
    public static Cell Of(DistinctCount count) =>
        new(count.Value, (count.IsExact ? "" : "~") + count.Value.ToString("N0", CultureInfo.InvariantCulture), true);

    /// <summary>A count of a table that was full at some time: how many more it may be is said.</summary>
    public static Cell Of(CountedEntry entry) => entry.Missing == 0
        ? Of(entry.Count)
        : new(entry.Count, string.Create(CultureInfo.InvariantCulture, $"{entry.Count:N0} to {entry.Count + entry.Missing:N0}"), true);

    /// <summary>A number with one decimal.</summary>
    public static Cell Decimal(double number) => new(Math.Round(number, 1), number.ToString("N1", CultureInfo.InvariantCulture), true);

    /// <summary>A share of a whole in percent; nothing of nothing.</summary>
    public static Cell Percent(long part, long whole) => whole == 0 ? Nothing : Decimal(100.0 * part / whole);

    /// <summary>Nanoseconds as milliseconds.</summary>
    public static Cell Milliseconds(long? nanoseconds) => nanoseconds is not { } time
        ? Nothing
        : new(Math.Round(time / 1e6, 3), (time / 1e6).ToString(time < 10_000_000 ? "N2" : "N0", CultureInfo.InvariantCulture), true);

    /// <summary>Nanoseconds since the Unix epoch as a time in UTC, to the second.</summary>
    public static Cell Time(long? unixNanoseconds)
    {
        if (unixNanoseconds is not { } time)
        {
            return Nothing;
        }

        var text = DateTime.UnixEpoch.AddSeconds(Math.Floor(time / 1e9)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return new Cell(text, text, false);
    }

    private static Cell Nothing => new(null, "-", true);
}
