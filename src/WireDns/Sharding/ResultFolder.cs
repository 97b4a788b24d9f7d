using System.Buffers;
using System.Text.Json;
using WireDns.Terminal;

namespace WireDns.Sharding;

/// <summary>A capture as it was read, and where its results go.</summary>
/// <param name="Path">The file.</param>
/// <param name="Octets">Its size.</param>
/// <param name="Hash">The SHA-256 of the file, in hexadecimal.</param>
/// <param name="Name">The name of its results: the hash, that of rules and settings, and the version.</param>
internal sealed record ResultOf(string Path, long Octets, string Hash, string Name);

/// <summary>
/// The folders that hold the results of captures: a file of alerts and a record for each, and the files of the DNS log. What is written aside is moved in when it is whole,
/// and the record, which says that a capture is finished, comes last. One thread at a time; several processes may use the same folders.
/// </summary>
internal sealed class ResultFolder
{
    private const string Finished = "finished";
    private const string Alerts = "alerts";
    private const string Records = "records";

    /// <summary>What the name of a file of the log has more while it is aside, so that nobody who reads the log takes it for one.</summary>
    public const string AsideEnding = ".part";

    private readonly string _folder;
    private readonly string? _logFolder;
    private readonly AsideFolder _aside;
    private readonly AsideFolder? _logAside;
    private readonly Lazy<ILookup<string, string>> _before;

    /// <param name="folder">The folder of the records and of alerts.</param>
    /// <param name="logFolder">The folder of the DNS log; null for none.</param>
    /// <param name="aside">Where what is not finished is, in the first folder.</param>
    /// <param name="logAside">The same for the log.</param>
    public ResultFolder(string folder, string? logFolder, AsideFolder aside, AsideFolder? logAside)
    {
        (_folder, _logFolder, _aside, _logAside) = (folder, logFolder, aside, logAside);
        AsideFolder.Create(Path.Combine(folder, Alerts));
        AsideFolder.Create(Path.Combine(folder, Records));

        // Other processes add records of other captures alone.
        _before = new(() => Directory.EnumerateFiles(Path.Combine(folder, Records), "*.json").ToLookup(
            file => Path.GetFileName(file).Split('-')[0], StringComparer.Ordinal));
    }

    /// <summary>Where the alerts of the capture that is read now are written.</summary>
    public string AlertsAside => Path.Combine(_aside.Path, Alerts);

    /// <summary>Where its log is written; null for none.</summary>
    public string? LogAside => _logAside?.Path;

    /// <summary>Whether a capture has been finished before, and all files of its results are still there.</summary>
    public bool IsFinished(ResultOf result)
    {
        try
        {
            using var record = JsonDocument.Parse(File.ReadAllBytes(RecordOf(result.Name)));
            return record.RootElement.GetProperty(Finished).GetBoolean() && FilesOf(record, Alerts, _folder).All(File.Exists)
                && (_logFolder is null || FilesOf(record, "log", _logFolder).All(File.Exists));
        }
        catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException or InvalidOperationException or UnauthorizedAccessException)
        {
            return false; // read again, its record is written again
        }
    }

    /// <summary>Forgets what is aside.</summary>
    public void Clear()
    {
        _aside.Clear();
        _logAside?.Clear();
    }

    /// <summary>
    /// Moves what was written aside to its place. Files of the log that another run wrote of the same capture, with other rules or in another version, are deleted: a lookup is
    /// in the log once.
    /// </summary>
    /// <param name="result">The capture.</param>
    /// <param name="ending">How the file of alerts ends, as .json; null if there are no rules.</param>
    /// <param name="failures">Why it was not read to its end; empty if it was.</param>
    /// <param name="writeRest">Writes what else the record says.</param>
    /// <exception cref="IOException">Something cannot be written. The capture is not finished then.</exception>
    public void Publish(ResultOf result, string? ending, IReadOnlyList<string> failures, Action<Utf8JsonWriter> writeRest)
    {
        var moves = new List<(string From, string To)>();
        List<string> alerts = ending is null ? [] : [$"{Alerts}/{result.Name}{ending}"];
        moves.AddRange(alerts.Select(file => (AlertsAside, Path.Combine(_folder, file))));
        alerts.ForEach(_ => Flush(AlertsAside)); // the files of the log are on the disk when they are closed
        var log = new List<string>();
        if (_logAside is not null)
        {
            foreach (var file in Directory.EnumerateFiles(_logAside.Path, $"*{AsideEnding}", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                log.Add(Path.GetRelativePath(_logAside.Path, file)[..^AsideEnding.Length]);
                moves.Add((file, Path.Combine(_logFolder!, log[^1])));
            }
        }

        // A process that is killed between two moves leaves a record of what it may have moved.
        Write(result, isFinished: false, alerts, log, failures, writeRest);
        foreach (var (from, to) in moves)
        {
            AsideFolder.Create(Path.GetDirectoryName(to)!);
            File.Move(from, to, overwrite: true);
        }

        if (_logFolder is not null)
        {
            DeleteOthers(result, [.. log]);
        }

        Write(result, failures.Count == 0, alerts, log, failures, writeRest);
    }

    private void DeleteOthers(ResultOf result, HashSet<string> log)
    {
        foreach (var record in _before.Value[result.Hash])
        {
            try
            {
                using var json = JsonDocument.Parse(File.ReadAllBytes(record));
                foreach (var file in FilesOf(json, "log", "").Where(file => !log.Contains(file)))
                {
                    File.Delete(Path.Combine(_logFolder!, file));
                }
            }
            catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FileNotFoundException or DirectoryNotFoundException)
            {
                // No record, or of what is gone.
            }
        }
    }

    private void Write(ResultOf result, bool isFinished, List<string> alerts, List<string> log, IReadOnlyList<string> failures, Action<Utf8JsonWriter> writeRest)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("wiredns_result"u8, 1);
            json.WriteBoolean(Finished, isFinished);
            json.WriteString("capture"u8, result.Path);
            json.WriteNumber("octets"u8, result.Octets);
            json.WriteString("sha256"u8, result.Hash);
            json.WriteString("version"u8, ProductVersion.Text);
            Write(json, "failures", failures);
            Write(json, Alerts, alerts);
            Write(json, "log", log);
            writeRest(json);
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        var draft = Path.Combine(_aside.Path, "record");
        File.WriteAllBytes(draft, bytes.WrittenSpan);
        if (isFinished)
        {
            Flush(draft);
        }

        File.Move(draft, RecordOf(result.Name), overwrite: true);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static List<string> FilesOf(JsonDocument record, string member, string folder) =>
        [.. record.RootElement.GetProperty(member).EnumerateArray().Select(file => Path.Combine(folder, file.GetString()!))];

    private string RecordOf(string name) => Path.Combine(_folder, Records, name + ".json");

    // A record that says "finished" must not reach the disk before what it speaks of.
    private static void Flush(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        if (RandomAccess.GetLength(handle) > 0)
        {
            RandomAccess.FlushToDisk(handle);
        }
    }
}
