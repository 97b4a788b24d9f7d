using System.Text.Json;

namespace WireDns.Sql;

/// <summary>What is asked of a log. Immutable.</summary>
/// <param name="Version">The version of the program that asks.</param>
/// <param name="Files">The log's files, with their full paths; at least one.</param>
/// <param name="Condition">A condition of SQL on the columns of the log, which the rows of the view meet; empty for all rows. It is made by <c>wiredns</c>, not by its user.</param>
/// <param name="Query">The user's query.</param>
/// <param name="Memory">How much memory the query may take, in octets.</param>
internal sealed record LogRequest(string Version, IReadOnlyList<string> Files, string Condition, string Query, long Memory)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    /// <exception cref="KeyNotFoundException">Something is missing.</exception>
    /// <exception cref="InvalidOperationException">Something is of another type.</exception>
    public static LogRequest Read(Stream input)
    {
        using var json = JsonDocument.Parse(input);
        var request = json.RootElement;
        return new LogRequest(
            Text("version"), [.. request.GetProperty("files").EnumerateArray().Select(file => file.GetString() ?? "")], Text("condition"), Text("query"), request.GetProperty("memory").GetInt64());

        string Text(string name) => request.GetProperty(name).GetString() ?? "";
    }
}
