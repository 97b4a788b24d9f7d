using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;
using WireDns.Alerts.Transports;
using WireDns.Parquet.Decoding;

namespace WireDns.Parquet.Reading;

/// <summary>A file of a DNS log cannot be read, wholly or from some group on. The message names the file and what is wrong, in words for the user.</summary>
public sealed class LogFileException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>What is known of a group of rows before it is read.</summary>
/// <param name="Rows">How many rows it has.</param>
/// <param name="FirstDomain">The registered domain that is first in ordinal order; null if it is not known.</param>
/// <param name="LastDomain">The one that is last.</param>
/// <param name="MayHaveOtherNames">Whether a row may be of a message with further names, or with a name that is not quite one.</param>
public sealed record LogGroup(int Rows, string? FirstDomain, string? LastDomain, bool MayHaveOtherNames);

/// <summary>
/// A file of a DNS log. Whatever is in it, only <see cref="LogFileException"/> is thrown. Columns are taken by name: one that is missing is null in every row. One thread at
/// a time.
/// </summary>
public sealed class LogFileReader : IDisposable
{
    // Far more than a writer puts into a group, and little enough that a wrong number in a file takes no memory to speak of.
    private const int MaximumRows = 10_000_000;

    private readonly ParquetReader _reader;
    private readonly Dictionary<string, DataField> _fields;
    private readonly ColumnDecoder _decoder;
    private readonly DecodedColumn _room = new();

    private LogFileReader(string path, ParquetReader reader)
    {
        (Path, _reader, _decoder) = (path, reader, new ColumnDecoder(path));
        _fields = reader.Schema.GetDataFields().ToDictionary(field => field.Path.ToString(), StringComparer.Ordinal);
        Run = Text(LookupColumns.RunKey) ?? path;
        IsOrderedByTime = Text(LookupColumns.OrderKey) == "time";
        HidesClients = Text(LookupColumns.PrivacyKey) is not (null or "none");
        Suffixes = Text(LookupColumns.SuffixesKey);
        Groups = [.. Enumerable.Range(0, reader.RowGroupCount).Select(Describe)];
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The run that wrote it.</summary>
    public string Run { get; }

    /// <summary>Whether the packets of a source are in the order of their times, and not of their numbers.</summary>
    public bool IsOrderedByTime { get; }

    /// <summary>Whether the addresses of clients are hidden.</summary>
    public bool HidesClients { get; }

    /// <summary>What tells the public suffix list that gave registered domains from others; null if they are not to be relied on.</summary>
    public string? Suffixes { get; }

    /// <summary>Its groups of rows.</summary>
    public IReadOnlyList<LogGroup> Groups { get; }

    /// <summary>Opens a file and reads its footer.</summary>
    /// <exception cref="LogFileException">It cannot be read, or is none of a DNS log that this version knows.</exception>
    public static LogFileReader Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Guard(path, "the footer", () =>
        {
            var reader = ParquetReader.CreateAsync(path).GetAwaiter().GetResult();
            try
            {
                var version = reader.CustomMetadata?.GetValueOrDefault(LookupColumns.VersionKey);
                return version is null ? throw new LogFileException($"{path}: no file of a DNS log: its footer has no {LookupColumns.VersionKey}")
                    : version != LookupColumns.Version ? throw new LogFileException($"{path}: a DNS log of version {Shown(version)}; this program reads version {LookupColumns.Version}")
                    : new LogFileReader(path, reader);
            }
            catch
            {
                reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
                throw;
            }
        });
    }

    /// <summary>Reads rows of a group.</summary>
    /// <param name="index">The group, from 0.</param>
    /// <param name="rows">Which rows, from 0 and ascending; null for all.</param>
    /// <exception cref="LogFileException">It is damaged.</exception>
    public LookupRows Read(int index, int[]? rows = null) => Guard(index, group => LookupRows.Read(new ColumnSource(group, _fields, _decoder, _room, Groups[index].Rows, rows)));

    /// <summary>Reads what can be told of all rows of a group from few columns.</summary>
    /// <param name="index">The group, from 0.</param>
    /// <param name="parts">What is read.</param>
    /// <param name="heads">Takes it, in place of those of another group.</param>
    /// <exception cref="LogFileException">It is damaged.</exception>
    public void ReadHeads(int index, HeadParts parts, LookupHeads heads)
    {
        ArgumentNullException.ThrowIfNull(heads);
        Guard(index, group =>
        {
            heads.Read(new ColumnSource(group, _fields, _decoder, _room, Groups[index].Rows), parts);
            return heads;
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _decoder.Dispose();
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private T Guard<T>(int index, Func<ParquetRowGroupReader, T> read) => Guard(Path, $"group {(index + 1).ToString(CultureInfo.InvariantCulture)}", () =>
    {
        using var group = _reader.OpenRowGroupReader(index);
        return read(group);
    });

    private string? Text(string key) => _reader.CustomMetadata?.GetValueOrDefault(key);

    private LogGroup Describe(int index)
    {
        using var group = _reader.OpenRowGroupReader(index);
        if (group.RowCount is < 0 or > MaximumRows)
        {
            throw new LogFileException(string.Create(CultureInfo.InvariantCulture, $"{Path}: damaged: a group of {group.RowCount} rows"));
        }

        var (from, to) = (default(string), default(string));
        if (_fields.TryGetValue("registered_domain", out var domain) && group.GetMetadata(domain)?.MetaData?.Statistics is { } domains)
        {
            (from, to) = (Text(domains.MinValue ?? domains.Min), Text(domains.MaxValue ?? domains.Max));
        }

        return new LogGroup((int)group.RowCount, from, to, LookupHeads.Unusual.Any(name => !IsNull(group, name)));
    }

    // Whether a column is known to be null in all rows.
    private bool IsNull(ParquetRowGroupReader group, string name) =>
        !_fields.TryGetValue(name, out var field) || (group.GetMetadata(field)?.MetaData is { Statistics: { } values } column && values.NullCount == column.NumValues);

    private static string? Text(byte[]? value) => value is null ? null : Encoding.UTF8.GetString(value);

    private static string Shown(string text) => new([.. text.Take(32).Select(character => char.IsAsciiLetterOrDigit(character) || character == '_' ? character : '?')]);

    // The library throws whatever a damaged file leads it to, so everything that is not the user's or the system's doing means that.
    private static T Guard<T>(string path, string part, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (LogFileException)
        {
            throw;
        }
        catch (ColumnTypeException exception)
        {
            throw new LogFileException($"{path}: the column {Shown(exception.Column)} has another type than in a DNS log", exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new LogFileException($"{path}: no such file or folder", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new LogFileException($"{path}: permission denied", exception);
        }
        catch (IOException exception) when (exception.GetType() == typeof(IOException) && exception.HResult is > 0 and < 200)
        {
            throw new LogFileException($"{path}: {SystemErrors.Words(exception)}", exception);
        }
        catch (Exception exception)
        {
            throw new LogFileException($"{path}: damaged, or no Parquet file: {part} cannot be read", exception);
        }
    }
}
