using System.Globalization;
using System.Text.Json;
using WireDns.RuleTools;
using WireDns.Terminal;

namespace WireDns.Sharding;

/// <summary>A capture of a manifest.</summary>
/// <param name="Shard">The number of its shard, from 0.</param>
/// <param name="Path">The file. A relative path is relative to the folder in which a run is started.</param>
/// <param name="Octets">Its size when the manifest was made.</param>
internal sealed record ShardedCapture(int Shard, string Path, long Octets);

/// <summary>
/// The captures of an archive, divided into shards of about the same size, as JSON lines: a line about the whole, then one for each capture (docs/fleet.md). Immutable.
/// </summary>
/// <param name="Shards">How many shards there are; one may be empty.</param>
/// <param name="Captures">The captures, in the order in which they were given.</param>
internal sealed record ShardManifest(int Shards, IReadOnlyList<ShardedCapture> Captures)
{
    /// <summary>The most shards of a manifest.</summary>
    public const int MaximumShards = 100_000;

    private const int Version = 1;
    private const int LongestLine = 64 * 1024; // far more than the longest path, all of it escaped
    private const int MaximumFaults = 10;

    /// <summary>Divides captures into shards: the largest one first, each into the shard that is the smallest so far.</summary>
    /// <param name="files">The captures with their sizes.</param>
    /// <param name="shards">How many shards.</param>
    public static ShardManifest Divide(IReadOnlyList<(string Path, long Octets)> files, int shards)
    {
        var sizes = new PriorityQueue<int, (long Octets, int Captures, int Shard)>(Enumerable.Range(0, shards).Select(shard => (shard, (0L, 0, shard))));
        var shardOf = new int[files.Count];
        foreach (var file in Enumerable.Range(0, files.Count).OrderByDescending(file => files[file].Octets))
        {
            sizes.TryDequeue(out var shard, out var size);
            shardOf[file] = shard;
            sizes.Enqueue(shard, (size.Octets + files[file].Octets, size.Captures + 1, shard));
        }

        return new ShardManifest(shards, [.. files.Select((file, index) => new ShardedCapture(shardOf[index], file.Path, file.Octets))]);
    }

    /// <summary>The objects of the lines.</summary>
    public IEnumerable<Action<Utf8JsonWriter>> Lines => Captures.Select(capture => (Action<Utf8JsonWriter>)(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("shard"u8, capture.Shard);
        json.WriteNumber("octets"u8, capture.Octets);
        json.WriteString("path"u8, capture.Path);
        json.WriteEndObject();
    })).Prepend(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("wiredns_manifest"u8, Version);
        json.WriteNumber("shards"u8, Shards);
        json.WriteNumber("captures"u8, Captures.Count);
        json.WriteEndObject();
    });

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="CommandFailure">It cannot be read or used; each fault is said on stderr with its line, up to ten.</exception>
    public static ShardManifest Read(string path)
    {
        var reader = new Reader(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            reader.Read(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(path, exception);
        }

        foreach (var fault in reader.Faults)
        {
            StandardError.Write($"wiredns: {fault}");
        }

        return reader.Faults.Count == 0
            ? new ShardManifest(reader.Shards, reader.Captures)
            : throw new CommandFailure(ExitStatus.Usage, $"{path}: this manifest cannot be used; 'wiredns shard' makes one") { FirstFault = reader.Faults[0] };
    }

    /// <summary>Reads the lines of a manifest.</summary>
    /// <param name="path">The manifest's name, for faults.</param>
    private sealed class Reader(string path)
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private int _line;
        private int _announced;

        public int Shards { get; private set; }

        public List<ShardedCapture> Captures { get; } = [];

        public List<string> Faults { get; } = [];

        public void Read(Stream stream)
        {
            var lines = new EventLineReader(stream, LongestLine, () => { });
            while (Faults.Count < MaximumFaults && lines.TryRead(out var line))
            {
                _line++;
                if (lines.IsTooLong)
                {
                    Add(string.Create(CultureInfo.InvariantCulture, $"a line of at most {LongestLine:N0} octets was expected"));
                }
                else if (Parse(line) is { } json)
                {
                    using (json)
                    {
                        Take(json.RootElement);
                    }
                }

                // Without it nothing that follows can be judged.
                if (_line == 1 && Faults.Count > 0)
                {
                    return;
                }
            }

            if (_line == 0)
            {
                _line = 1;
                Add("a manifest was expected, and the file is empty");
            }
            else if (Faults.Count == 0 && Captures.Count != _announced)
            {
                Add(string.Create(CultureInfo.InvariantCulture, $"the manifest ends after {Captures.Count:N0} of {_announced:N0} captures: it was cut, or changed by hand"));
            }
        }

        private JsonDocument? Parse(ReadOnlySpan<byte> line)
        {
            try
            {
                var document = JsonDocument.Parse(line.ToArray());
                if (document.RootElement.ValueKind == JsonValueKind.Object)
                {
                    return document;
                }

                document.Dispose();
                Add("a JSON object was expected");
            }
            catch (JsonException exception)
            {
                Faults.Add(string.Create(CultureInfo.InvariantCulture, $"{path}:{_line}:{exception.BytePositionInLine + 1}: a JSON object was expected, and here it is none"));
            }

            return null;
        }

        private void Take(JsonElement line)
        {
            if (_line == 1)
            {
                if (Number(line, "wiredns_manifest", 1, int.MaxValue) is { } version && version != Version)
                {
                    Add(string.Create(CultureInfo.InvariantCulture, $"wiredns_manifest: this version of the program reads {Version}, not {version}"));
                }

                Shards = (int)(Number(line, "shards", 1, MaximumShards) ?? 0);
                _announced = (int)(Number(line, "captures", 0, int.MaxValue) ?? 0);
                return;
            }

            var shard = Number(line, "shard", 0, Shards - 1);
            var octets = Number(line, "octets", 0, long.MaxValue);
            if (Text(line, "path") is not { } file || shard is null || octets is null)
            {
                return;
            }

            if (!_seen.Add(file))
            {
                Add($"path: {file} is in the manifest twice");
                return;
            }

            Captures.Add(new ShardedCapture((int)shard, file, octets.Value));
        }

        private long? Number(JsonElement line, string member, long least, long largest)
        {
            if (line.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= largest)
            {
                return number;
            }

            Add(string.Create(CultureInfo.InvariantCulture, $"{member}: a whole number {(largest >= int.MaxValue ? $"from {least} on" : $"from {least} to {largest}")} was expected"));
            return null;
        }

        private string? Text(JsonElement line, string member)
        {
            try
            {
                if (line.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && !text.Contains('\0', StringComparison.Ordinal))
                {
                    return text;
                }
            }
            catch (InvalidOperationException)
            {
                // Half of a pair of surrogates is no text.
            }

            Add($"{member}: a text was expected, the path of a capture");
            return null;
        }

        private void Add(string fault) => Faults.Add(string.Create(CultureInfo.InvariantCulture, $"{path}:{_line}: {fault}"));
    }
}
