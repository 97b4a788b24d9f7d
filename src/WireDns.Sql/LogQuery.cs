using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace WireDns.Sql;

/// <summary>Runs a user's query.</summary>
internal static partial class LogQuery
{
    // Of the statement that a query is a part of: "SELECT … FROM (" has a line of its own.
    private const int LinesBefore = 1;

    /// <summary>Runs it, and writes what it gives.</summary>
    public static void Run(LogRequest request, ReplyWriter replies)
    {
        try
        {
            using var connection = LockedDatabase.Open(request);
            if (FaultOf(connection, request.Query) is { } fault)
            {
                replies.Fault(FaultKind.Query, fault);
                return;
            }

            // The text is one SELECT by itself, so it cannot end the parentheses.
            var source = $"(\n{request.Query.TrimEnd().TrimEnd(';')}\n) AS t";
            var columns = Columns(connection, source);
            replies.Write(json => Write(json, columns));
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {string.Join(", ", columns.Select((column, index) => column.AsText(Name(index))))} FROM {source}({string.Join(", ", columns.Select((_, index) => Name(index)))})";
            command.UseStreamingMode = true;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                replies.Write(json =>
                {
                    json.WriteStartArray();
                    for (var index = 0; index < columns.Count; index++)
                    {
                        json.WriteStringValue(reader.IsDBNull(index) ? null : reader.GetString(index));
                    }

                    json.WriteEndArray();
                });
            }

            replies.Write(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("end", true);
                json.WriteEndObject();
            });
        }
        catch (DuckDBException exception)
        {
            var (kind, fault) = Explain(exception.Message);
            replies.Fault(kind, fault);
        }
    }

    // DuckDB's own parser tells whether the text is one query and nothing else.
    private static QueryFault? FaultOf(DuckDBConnection connection, string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT CAST(json_serialize_sql(CAST($query AS VARCHAR)) AS VARCHAR)";
        command.Parameters.Add(new DuckDBParameter("query", query));
        using var json = JsonDocument.Parse((string)command.ExecuteScalar()!);
        if (!json.RootElement.GetProperty("error").GetBoolean())
        {
            return json.RootElement.GetProperty("statements").GetArrayLength() == 1 ? null : new QueryFault("one query was expected");
        }

        var words = json.RootElement.TryGetProperty("error_message", out var message) ? message.GetString() ?? "" : "";
        return json.RootElement.TryGetProperty("position", out var position) && int.TryParse(position.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            ? At(words, query, place)
            : words.Contains("Only SELECT", StringComparison.Ordinal) ? new QueryFault("a query was expected (SELECT, FROM, WITH): nothing else runs here")
            : new QueryFault(words);
    }

    // A place in UTF-8.
    private static QueryFault At(string words, string query, int place)
    {
        var octets = Encoding.UTF8.GetBytes(query);
        var before = Encoding.UTF8.GetString(octets, 0, Math.Clamp(place, 0, octets.Length));
        var lines = query.Split('\n');
        var line = before.Count(character => character == '\n');
        return new QueryFault(words, line + 1, lines[line], before.Length - (before.LastIndexOf('\n') + 1));
    }

    private static List<Column> Columns(DuckDBConnection connection, string source)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"DESCRIBE SELECT * FROM {source}";
        using var reader = command.ExecuteReader();
        var columns = new List<Column>();
        while (reader.Read())
        {
            columns.Add(new Column(reader.GetString(0), reader.GetString(1)));
        }

        return columns;
    }

    private static void Write(Utf8JsonWriter json, List<Column> columns)
    {
        json.WriteStartObject();
        json.WriteStartArray("columns");
        foreach (var column in columns)
        {
            json.WriteStartArray();
            json.WriteStringValue(column.Name);
            json.WriteStringValue(column.Kind);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"c{index}");

    // "Binder Error: no such column\n\nLINE 2: select x\n               ^"
    private static (FaultKind Kind, QueryFault Fault) Explain(string message)
    {
        var parts = Message().Match(message);
        var kind = parts.Groups["kind"].Value switch
        {
            "Parser" or "Binder" or "Catalog" or "Syntax" or "Not implemented" or "Permission" => FaultKind.Query,
            "Out of Memory" => FaultKind.Memory,
            _ => FaultKind.Data,
        };
        var words = parts.Groups["words"].Value.Trim();
        var excerpt = parts.Groups["excerpt"].Value;
        var shift = parts.Groups["line"].Length + "LINE : ".Length;
        return (kind, parts.Groups["line"].Success && int.TryParse(parts.Groups["line"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line > LinesBefore
            ? new QueryFault(words, line - LinesBefore, excerpt, Math.Max(0, parts.Groups["space"].Length - shift))
            : new QueryFault(words));
    }

    [GeneratedRegex(@"^(?:(?<kind>[A-Z][A-Za-z ]*) Error: )?(?<words>.*?)(?:\n\nLINE (?<line>[0-9]+): (?<excerpt>[^\n]*)\n(?<space> *)\^.*)?$", RegexOptions.Singleline)]
    private static partial Regex Message();
}

/// <summary>A column of a result.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as DuckDB says it.</param>
internal sealed record Column(string Name, string Type)
{
    private bool IsNested => Type.EndsWith(']') || Type.StartsWith("STRUCT", StringComparison.Ordinal) || Type.StartsWith("MAP", StringComparison.Ordinal)
        || Type.StartsWith("UNION", StringComparison.Ordinal) || Type == "JSON";

    /// <summary>What its texts are: text, number, boolean, json.</summary>
    public string Kind => IsNested ? "json"
        : Type == "BOOLEAN" ? "boolean"
        : Type is "DOUBLE" or "FLOAT" || Type.EndsWith("INT", StringComparison.Ordinal) || Type.EndsWith("INTEGER", StringComparison.Ordinal) || Type.StartsWith("DECIMAL", StringComparison.Ordinal) ? "number"
        : "text";

    /// <summary>Its value as a text, in SQL.</summary>
    public string AsText(string name) => IsNested ? $"CAST(to_json({name}) AS VARCHAR)"
        : Type == "BLOB" ? $"lower(hex({name}))"
        : Type == "TIMESTAMP WITH TIME ZONE" ? $"strftime({name} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
        : $"CAST({name} AS VARCHAR)";
}
