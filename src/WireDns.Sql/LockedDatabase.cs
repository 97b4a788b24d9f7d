using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace WireDns.Sql;

/// <summary>
/// A database in memory with one view, <c>lookups</c>: the rows of a log. It reads the log's files and nothing else, writes no file, loads no extension, opens no connection, and
/// its settings cannot be changed any more.
/// </summary>
internal static partial class LockedDatabase
{
    /// <summary>Opens it.</summary>
    /// <exception cref="DuckDBException">A file cannot be read.</exception>
    public static DuckDBConnection Open(LogRequest request)
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        try
        {
            connection.Open();
            foreach (var statement in Statements(request))
            {
                using var command = connection.CreateCommand();
                command.CommandText = statement;
                command.ExecuteNonQuery();
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static IEnumerable<string> Statements(LogRequest request)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"SET memory_limit = '{request.Memory / 1024}KiB'");
        yield return "SET temp_directory = ''";
        yield return "SET TimeZone = 'UTC'";
        yield return "SET autoinstall_known_extensions = false";
        yield return "SET autoload_known_extensions = false";
        yield return $"SET allowed_paths = {List(request.Files)}";
        yield return View(request);
        yield return "SET enable_external_access = false";
        yield return "SET lock_configuration = true";
    }

    // Files that are not where a log has them tell their day by their rows.
    private static string View(LogRequest request)
    {
        var byPlace = request.Files.ToLookup(file => Partition().IsMatch(file));
        var sources = new List<string>();
        if (byPlace[true].Any())
        {
            sources.Add($"SELECT * FROM read_parquet({List(byPlace[true])}, union_by_name = true, hive_partitioning = true, hive_types = {{'dt': DATE, 'sensor': VARCHAR}})");
        }

        if (byPlace[false].Any())
        {
            sources.Add($"SELECT *, CAST(ts AS DATE) AS dt, CAST(NULL AS VARCHAR) AS sensor FROM read_parquet({List(byPlace[false])}, union_by_name = true, hive_partitioning = false)");
        }

        return $"CREATE VIEW lookups AS {string.Join(" UNION ALL BY NAME ", sources.Select(source => request.Condition.Length == 0 ? source : $"{source} WHERE {request.Condition}"))}";
    }

    private static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'"))}]";

    [GeneratedRegex(@"[/\\]dt=[^/\\]*[/\\]sensor=[^/\\]*[/\\][^/\\]*$")]
    private static partial Regex Partition();
}
