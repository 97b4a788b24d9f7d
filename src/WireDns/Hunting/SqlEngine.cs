using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using WireDns.Terminal;

namespace WireDns.Hunting;

/// <summary>A column of a query's result.</summary>
/// <param name="Name">Its name, which the query's author chose.</param>
/// <param name="Kind">What its texts are: <c>text</c>, <c>number</c>, <c>boolean</c> or <c>json</c>.</param>
internal sealed record SqlColumn(string Name, string Kind);

/// <summary>
/// Runs a query by DuckDB in <c>wiredns-sql</c>, a program of its own: its library has 70 MB, which a sensor does not need. One request goes to its standard input, and lines of
/// JSON come back (its ReplyWriter says which). One query.
/// </summary>
internal sealed class SqlEngine : IDisposable
{
    private const string Program = "wiredns-sql";

    private readonly Process _process;
    private readonly CancellationTokenRegistration _stop;

    private SqlEngine(Process process, CancellationToken cancellation)
    {
        _process = process;
        _stop = cancellation.Register(Kill);
    }

    /// <summary>The columns of the result.</summary>
    public IReadOnlyList<SqlColumn> Columns { get; private set; } = [];

    /// <summary>Starts a query; its columns are known then.</summary>
    /// <param name="files">The files of the log.</param>
    /// <param name="condition">What their rows must meet (<see cref="SqlFilter"/>).</param>
    /// <param name="query">The user's query.</param>
    /// <param name="memory">How much memory it may take, in octets.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="CommandFailure">There is no such program, or the query is none.</exception>
    public static SqlEngine Start(IEnumerable<string> files, string condition, string query, long memory, CancellationToken cancellation)
    {
        var engine = new SqlEngine(Start(Find()), cancellation);
        try
        {
            engine.Ask(files, condition, query, memory);
            using var reply = engine.Read();
            engine.Columns = [.. reply.RootElement.GetProperty("columns").EnumerateArray().Select(column => new SqlColumn(column[0].GetString() ?? "", column[1].GetString() ?? ""))];
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>The rows of the result, as they come: a text for each column, or null.</summary>
    /// <exception cref="CommandFailure">The query failed.</exception>
    public IEnumerable<string?[]> Rows()
    {
        while (true)
        {
            using var reply = Read();
            if (reply.RootElement.ValueKind != JsonValueKind.Array)
            {
                yield break;
            }

            yield return [.. reply.RootElement.EnumerateArray().Select(cell => cell.GetString())];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();

        // Whoever needs no more rows does not wait for them.
        Kill();
        _process.Dispose();
    }

    // Beside this program, in its folder sql, or on the PATH.
    private static string Find()
    {
        var name = OperatingSystem.IsWindows() ? Program + ".exe" : Program;
        var own = Path.GetDirectoryName(Environment.ProcessPath) ?? AppContext.BaseDirectory;
        var folders = new[] { own, Path.Combine(own, "sql") }.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        return folders.Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? throw new CommandFailure(
            ExitStatus.Usage,
            $"--sql needs {Program}, which is neither beside wiredns nor on the PATH: put it there from the archive wiredns-sql of the same release, or build it by './run.sh sql' (docs/dnslog.md)");
    }

    private static Process Start(string program)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        }
        catch (Win32Exception)
        {
            throw new CommandFailure(ExitStatus.Usage, $"{program}: it cannot be run");
        }
    }

    private void Ask(IEnumerable<string> files, string condition, string query, long memory)
    {
        try
        {
            using var input = _process.StandardInput.BaseStream;
            using var json = new Utf8JsonWriter(input);
            json.WriteStartObject();
            json.WriteString("version", ProductVersion.Text);
            json.WriteString("condition", condition);
            json.WriteString("query", query);
            json.WriteNumber("memory", memory);
            json.WriteStartArray("files");
            foreach (var file in files)
            {
                json.WriteStringValue(file);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }
        catch (IOException)
        {
            // It has ended; what it said is read next.
        }
    }

    private JsonDocument Read()
    {
        JsonDocument reply;
        try
        {
            reply = _process.StandardOutput.ReadLine() is { } line ? JsonDocument.Parse(line) : throw new CommandFailure(ExitStatus.Failed, $"{Program} ended before its answer did");
        }
        catch (JsonException)
        {
            throw new CommandFailure(ExitStatus.Failed, $"{Program} gave an answer that is none");
        }

        if (reply.RootElement.ValueKind == JsonValueKind.Object && reply.RootElement.TryGetProperty("fault", out var kind))
        {
            using (reply)
            {
                throw Failure(kind.GetString(), reply.RootElement);
            }
        }

        return reply;
    }

    private static CommandFailure Failure(string? kind, JsonElement fault)
    {
        var words = fault.GetProperty("words").GetString()!.ReplaceLineEndings(" ");
        var line = fault.GetProperty("line").GetInt32();
        var excerpt = fault.GetProperty("excerpt").GetString()!.Replace('\t', ' ');
        if (line > 0 && excerpt.Length > 0)
        {
            StandardError.Write($"    {excerpt}");
            StandardError.Write($"    {new string(' ', Math.Clamp(fault.GetProperty("caret").GetInt32(), 0, excerpt.Length))}^");
        }

        return kind switch
        {
            "Query" => new CommandFailure(ExitStatus.Usage, line > 0 ? string.Create(CultureInfo.InvariantCulture, $"--sql: line {line}: {words}") : $"--sql: {words}"),
            "Memory" => new CommandFailure(ExitStatus.Failed, "--sql: the query needs more memory than it may take; --sql-memory gives it more"),
            "Program" => new CommandFailure(ExitStatus.Usage, $"--sql: {words}"),
            _ => new CommandFailure(ExitStatus.Failed, $"--sql: {words}"),
        };
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
