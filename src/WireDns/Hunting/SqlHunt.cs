using System.Globalization;
using WireDns.Parquet.Reading;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Hunting;

/// <summary><c>hunt --sql</c>: a query over the files of a log.</summary>
/// <param name="Query">The query, or <c>@FILE</c> for one in a file.</param>
/// <param name="Format">One of <see cref="SqlOutput.Formats"/>.</param>
/// <param name="Memory">How much memory it may take, in octets.</param>
internal sealed record SqlHunt(string Query, string Format, long Memory)
{
    private const string Interrupted = "interrupted: the query was not run to its end";

    // What DuckDB would take for a pattern of names of files.
    private static readonly char[] Wildcards = ['*', '?', '['];

    /// <summary>Runs it.</summary>
    /// <param name="files">The files.</param>
    /// <param name="choice">Which rows are wanted.</param>
    /// <returns>The exit status.</returns>
    /// <exception cref="CommandFailure">It cannot be run, or fails.</exception>
    public int Run(IReadOnlyList<string> files, ChoiceSettings choice)
    {
        var query = ReadQuery();
        var condition = SqlFilter.Of(choice);
        using var signals = new StopSignals();
        var readable = new List<string>();
        foreach (var file in files)
        {
            if (signals.Requested.IsCancellationRequested)
            {
                throw new CommandFailure(ExitStatus.Failed, Interrupted);
            }

            if (IsReadable(Path.GetFullPath(file)))
            {
                readable.Add(Path.GetFullPath(file));
            }
        }

        if (readable.Count == 0)
        {
            throw new CommandFailure(ExitStatus.Failed, "no file of the log can be read");
        }

        try
        {
            using var engine = SqlEngine.Start(readable, condition, query, Memory, signals.Requested);
            var rows = SqlOutput.Write(Format, engine.Columns, engine.Rows());
            StandardError.Write(string.Create(CultureInfo.InvariantCulture, $"wiredns: {rows:N0} {(rows == 1 ? "row" : "rows")} from {readable.Count:N0} {(readable.Count == 1 ? "file" : "files")}"));
        }
        catch (CommandFailure) when (signals.Requested.IsCancellationRequested)
        {
            throw new CommandFailure(ExitStatus.Failed, Interrupted);
        }

        return readable.Count == files.Count ? ExitStatus.Done : ExitStatus.Failed;
    }

    private string ReadQuery()
    {
        if (!Query.StartsWith('@'))
        {
            return Query;
        }

        try
        {
            return File.ReadAllText(Query[1..]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(Query[1..], exception);
        }
    }

    private static bool IsReadable(string path)
    {
        if (path.IndexOfAny(Wildcards) >= 0)
        {
            StandardError.Write($"wiredns: {path}: left out: --sql would take *, ? or [ in its path for a pattern");
            return false;
        }

        try
        {
            LogFileReader.Open(path).Dispose();
            return true;
        }
        catch (LogFileException exception)
        {
            StandardError.Write($"wiredns: {exception.Message}");
            return false;
        }
    }
}
