using System.Security.Cryptography;
using WireDns.Alerts;
using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Counters;
using WireDns.Detection.Evidence;
using WireDns.Detection.Health;
using WireDns.Detection.Messages;
using WireDns.Reading;
using WireDns.Terminal;

namespace WireDns.Reporting;

/// <summary>Reads capture files one by one and says of each what it is, what it holds and what is wrong with it. One thread.</summary>
/// <remarks>Give <see cref="Anomalies"/> to the worker as an observer, and <see cref="Note"/> every alert that it raises.</remarks>
internal sealed class CaptureSurvey
{
    private readonly long[] _byLevel = new long[(int)AlertLevel.Critical + 1];
    private readonly bool _hashes;
    private readonly List<string> _failures = [];
    private readonly FileSurvey _survey = new();
    private volatile FileRun? _run;

    /// <param name="hashes">Whether the SHA-256 of each file is computed too, which reads it once more.</param>
    public CaptureSurvey(bool hashes) => _hashes = hashes;

    /// <summary>Notes the anomalies of the file that is read.</summary>
    public FileAnomalies Anomalies { get; } = new();

    /// <summary>Files that were not read to their end.</summary>
    public int Failed { get; private set; }

    /// <summary>An alert was raised.</summary>
    public void Note(Alert alert) => _byLevel[(int)alert.Rule.Level]++;

    /// <summary>Reads the files, and hands over what is known of each when it has been read. Ends early when it is cancelled.</summary>
    /// <param name="worker">Takes the packets.</param>
    /// <param name="keeper">Keeps the packets of alerts; null for none.</param>
    /// <param name="paths">The files.</param>
    /// <param name="take">Receives the facts of a file.</param>
    /// <param name="cancellation">Ends the run early.</param>
    public void Read(Worker worker, EvidenceKeeper? keeper, IReadOnlyList<string> paths, Action<FileFacts> take, CancellationToken cancellation)
    {
        var run = new FileRun(worker, onFailure: Report, keeper: keeper, survey: _survey);
        _run = run;
        var gate = new Lock();
        var (index, isOpen, isOver) = (-1, false, false);
        var before = worker.Snapshot();
        run.ReadEach(
            () =>
            {
                isOpen = ++index < paths.Count;
                return isOpen ? (paths[index], index) : null;
            },
            _ =>
            {
                lock (gate)
                {
                    Finish();
                }
            },
            cancellation);

        // A file that is waited for in vain when the run is cancelled is over now, whatever its thread does later.
        lock (gate)
        {
            Finish();
            isOver = true;
        }

        void Finish()
        {
            if (isOpen && !isOver)
            {
                isOpen = false;
                var after = run.Pause(worker.Snapshot);
                take(Take(paths[index], after.Since(before), cancellation));
                before = after;
            }
        }

        Failed = run.Failed;
    }

    /// <summary>Looks at the worker from another thread, while it stands still.</summary>
    public T Pause<T>(Func<T> look) => _run is { } run ? run.Pause(look) : look();

    private void Report(string failure)
    {
        _failures.Add(failure);
        StandardError.Write($"wiredns: {failure}");
    }

    private FileFacts Take(string path, RunCounters counters, CancellationToken cancellation)
    {
        var facts = new FileFacts
        {
            Path = path,
            File = _survey.Take(),
            Digest = _hashes && path != FileRun.StandardInput ? Hash(path, cancellation) : null,
            Packets = counters.Packets,
            DnsPackets = counters.DnsPackets,
            Messages = counters.Messages,
            Lookups = counters.Lookups.Total,
            Malformed = counters.Malformed,
            Undecodable = counters.Undecodable,
            Incomplete = counters.Incomplete,
            LostTcpBytes = counters["lost_tcp_bytes"],
            Findings = [.. MirrorHealth.Of(counters).Findings.Select(finding => finding.Name)],
            Anomalies = Anomalies.Take(),
            AlertsByLevel = [.. _byLevel],
            Failure = _failures.Count == 0 ? null : string.Join("; ", _failures),
        };
        Array.Clear(_byLevel);
        _failures.Clear();
        return facts;
    }

    // A file that can be read as a capture can be read here; one that has gone since has no digest.
    private static FileDigest? Hash(string path, CancellationToken cancellation)
    {
        try
        {
            using var stream = NativePath.HasEscapes(path) ? NativePath.OpenRead(path) : File.OpenRead(path);
            if (!stream.CanSeek)
            {
                return null;
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[1 << 20];
            long size = 0;
            for (int read; !cancellation.IsCancellationRequested && (read = stream.Read(buffer)) > 0; size += read)
            {
                hash.AppendData(buffer, 0, read);
            }

            return cancellation.IsCancellationRequested ? null : new FileDigest(size, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>What is known of a capture file that was read.</summary>
internal sealed record FileFacts
{
    /// <summary>The path, as the user named it or the folder above it.</summary>
    public required string Path { get; init; }

    /// <summary>What it is; null if it could not be opened as a capture.</summary>
    public required SurveyedFile? File { get; init; }

    /// <summary>Its size and digest; null if it was not asked for, or cannot be had, as that of standard input.</summary>
    public required FileDigest? Digest { get; init; }

    /// <summary>Its packets.</summary>
    public required long Packets { get; init; }

    /// <summary>Packets that held a part of a DNS message.</summary>
    public required long DnsPackets { get; init; }

    /// <summary>DNS messages.</summary>
    public required long Messages { get; init; }

    /// <summary>Lookups, whole or of which one half was seen.</summary>
    public required long Lookups { get; init; }

    /// <summary>DNS messages with a fault.</summary>
    public required long Malformed { get; init; }

    /// <summary>Packets that could not be decoded.</summary>
    public required long Undecodable { get; init; }

    /// <summary>DNS messages that began and were never complete, or were cut.</summary>
    public required long Incomplete { get; init; }

    /// <summary>Bytes that are missing from TCP streams with DNS.</summary>
    public required long LostTcpBytes { get; init; }

    /// <summary>What the health of the mirror says, as names of the ledger.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>Its anomalies by reason, the most frequent first.</summary>
    public required IReadOnlyList<NotedAnomaly> Anomalies { get; init; }

    /// <summary>Alerts by <see cref="AlertLevel"/>.</summary>
    public required IReadOnlyList<long> AlertsByLevel { get; init; }

    /// <summary>Why it was not read to its end; null if it was.</summary>
    public required string? Failure { get; init; }
}

/// <summary>What identifies the bytes of a file.</summary>
/// <param name="SizeInBytes">How many there are, as they are on disk.</param>
/// <param name="Sha256">Their SHA-256 in lower-case hex.</param>
internal sealed record FileDigest(long SizeInBytes, string Sha256);

/// <summary>Counts the anomalies of a file by reason, and keeps the numbers of the first packets of each. Bounded: reasons are members of enumerations.</summary>
internal sealed class FileAnomalies : IMessageConsumer
{
    private const int MaximumPackets = 5;

    private readonly Dictionary<(AnomalyKind Kind, string Reason), (long Count, List<long> Packets)> _noted = [];

    /// <inheritdoc/>
    public void Consume(in ObservedMessage message, PacketSource source)
    {
    }

    /// <inheritdoc/>
    public void Note(in Anomaly anomaly, PacketSource source)
    {
        var key = (anomaly.Kind, anomaly.Reason);
        var (count, packets) = _noted.GetValueOrDefault(key, (0, []));
        if (packets.Count < MaximumPackets)
        {
            packets.Add(anomaly.Origin.PacketNumber);
        }

        _noted[key] = (count + 1, packets);
    }

    /// <inheritdoc/>
    public void FinishSource()
    {
    }

    /// <summary>What was noted since the last call.</summary>
    public IReadOnlyList<NotedAnomaly> Take()
    {
        NotedAnomaly[] all =
        [
            .. _noted.OrderByDescending(entry => entry.Value.Count).ThenBy(entry => entry.Key.Reason, StringComparer.Ordinal)
                .Select(entry => new NotedAnomaly(entry.Key.Kind.ToCounter(), entry.Key.Reason, entry.Value.Count, entry.Value.Packets)),
        ];
        _noted.Clear();
        return all;
    }
}

/// <summary>A kind of anomaly in a file.</summary>
/// <param name="Kind">malformed or undecodable.</param>
/// <param name="Reason">Why, as the ledger names it.</param>
/// <param name="Count">How often.</param>
/// <param name="Packets">The numbers of the first packets, from 1.</param>
internal sealed record NotedAnomaly(string Kind, string Reason, long Count, IReadOnlyList<long> Packets);
