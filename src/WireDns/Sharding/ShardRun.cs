using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Transports;
using WireDns.Capture.Files;
using WireDns.Choosing;
using WireDns.Detection.Counters;
using WireDns.Detection.Rules;
using WireDns.Output;
using WireDns.Reading;
using WireDns.Recording;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Sharding;

/// <summary>
/// <c>wiredns read --manifest</c>: reads the captures of a shard one by one, each with results of its own that are there as a whole or not at all. What an earlier run has
/// finished is passed over, so that a run which was killed is repeated, and the results are those of a run that nothing disturbed.
/// </summary>
internal sealed class ShardRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SensorSettings _settings;
    private readonly LoadedRules _rules;
    private readonly string _fingerprint;
    private readonly string? _logTarget;
    private readonly string? _logFolder;
    private readonly string _folder;
    private readonly List<(string Path, string Failure)> _failed = [];
    private RunCounters _counters = RunCounters.None;
    private long _alerts;
    private int _read;
    private int _finishedBefore;

    private ShardRun(SensorSettings settings, IEnumerable<Setting> known)
    {
        _logTarget = settings.Output.LogTargets.SingleOrDefault();
        _logFolder = _logTarget is null ? null : OutputTarget.Parse(_logTarget).Address[LogSinks.ParquetKind.Length..];
        _folder = settings.Reading.Results ?? _logFolder ?? throw new CommandFailure(
            ExitStatus.Usage, "--manifest needs a folder for the results: --results FOLDER for alerts, -o parquet:DIR for the DNS log, or both");
        settings.Output.CheckTargets();
        _rules = RunRules.Load(settings.Rules);
        _fingerprint = ResultFingerprint.Of(settings, known, _rules);
        _settings = settings.WithPrivacy();
    }

    /// <summary>Reads the shard that settings name.</summary>
    /// <param name="settings">The settings; <see cref="ReadingSettings.Manifest"/> is given.</param>
    /// <param name="known">The settings that the command has.</param>
    /// <returns>An exit status.</returns>
    /// <exception cref="CommandFailure">The manifest or a setting cannot be used.</exception>
    public static int Run(SensorSettings settings, IEnumerable<Setting> known)
    {
        RequireOwnResults(settings);
        settings.Choice.Check();
        var manifest = ShardManifest.Read(settings.Reading.Manifest!);
        if (settings.Reading.Shard is { } wanted && wanted >= manifest.Shards)
        {
            throw new CommandFailure(ExitStatus.Usage, string.Create(
                CultureInfo.InvariantCulture, $"--shard {wanted}: {settings.Reading.Manifest} has the shards 0 to {manifest.Shards - 1}"));
        }

        var run = new ShardRun(settings, known);
        try
        {
            return run.Run(manifest);
        }
        catch (IOException exception)
        {
            throw new CommandFailure(ExitStatus.Failed, FileRun.Describe(run._folder, exception));
        }
    }

    // What goes elsewhere than into the results of a capture would be sent again by a run that repeats another.
    private static void RequireOwnResults(SensorSettings settings)
    {
        var output = settings.Output;
        var fault = settings.Reading.IsMerged ? "--merge: each capture of a manifest is read by itself"
            : settings.Choice.FailsOn is not null ? "--fail-on: not with --manifest; count the alerts of the results"
            : settings.Reading.Progress == ProgressDisplay.Json ? "--progress: not with --manifest; -v says what was read"
            : output.Evidence is not null ? "--evidence: not with --manifest, whose results are alerts and a DNS log"
            : output.LedgerFile is not null ? "--ledger-file: not with --manifest; the record of each capture has its ledger"
            : output.File is not null ? $"-O {output.File}: not with --manifest, which writes a file for each capture; give --results FOLDER"
            : output.LineTargets.Count > 0 ? $"{LogSinks.Flag} {output.LineTargets[0]}: not with --manifest; give -o parquet:DIR"
            : output.LogTargets.Count > 1 ? "-o: one parquet:DIR is enough for --manifest"
            : output.TargetsGiven.FirstOrDefault(target => !LogSinks.IsLog(target)) is { } other
                ? $"-o {OutputTarget.WithoutSecrets(other)}: with --manifest alerts go into files, one for each capture; give --results FOLDER"
            : null;
        if (fault is not null)
        {
            throw new CommandFailure(ExitStatus.Usage, fault);
        }
    }

    private int Run(ShardManifest manifest)
    {
        var captures = manifest.Captures.Where(capture => _settings.Reading.Shard is null || capture.Shard == _settings.Reading.Shard).ToList();
        var start = Stopwatch.GetTimestamp();
        using var signals = new StopSignals();
        using var aside = AsideFolder.Make(_folder);
        using var logAside = _logFolder is null ? null : AsideFolder.Make(_logFolder);
        var results = new ResultFolder(_folder, _logFolder, aside, logAside);
        foreach (var capture in captures)
        {
            if (signals.Requested.IsCancellationRequested)
            {
                break;
            }

            try
            {
                Read(capture, results, signals.Requested);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Fail(capture.Path, FileRun.Describe(capture.Path, exception));
            }
        }

        var isInterrupted = signals.Requested.IsCancellationRequested;
        if (!_settings.Reading.IsQuiet)
        {
            StandardError.WriteTable(Report(captures.Count, isInterrupted, Stopwatch.GetElapsedTime(start)));
        }

        if (isInterrupted)
        {
            StandardError.Write("wiredns: interrupted: the rest was not read; the same command goes on from here");
        }

        return _failed.Count == 0 && !isInterrupted ? ExitStatus.Done : ExitStatus.Failed;
    }

    private void Read(ShardedCapture capture, ResultFolder results, CancellationToken cancellation)
    {
        if (Identify(capture.Path, cancellation) is not { } result)
        {
            return;
        }

        if (results.IsFinished(result))
        {
            _finishedBefore++;
            Tell(capture.Path, "is finished already");
            return;
        }

        results.Clear();
        var failures = new List<string>();
        var choice = new AlertChoice(_settings.Choice);
        using (var outputs = RunOutputs.Open(_settings with { Output = OutputsOf(results, result) }, QueueMode.Block, usualWindows: null))
        {
            using var givingUp = cancellation.Register(() => outputs.Complete(Patience));
            var crew = new FileCrew(
                _rules, _settings with { Detection = _settings.Detection with { TellsCorrelationEnds = _settings.Noise.TellsCorrelationEnds ?? false } },
                files: 1, choice, outputs, failures.Add);
            crew.Read([capture.Path], cancellation);
            outputs.Noise.Complete();
            outputs.Complete(Timeout.InfiniteTimeSpan);
            if (cancellation.IsCancellationRequested)
            {
                return;
            }

            var counters = crew.CountAtEnd();
            foreach (var sink in outputs.Counters.Where(sink => sink.HasLosses))
            {
                throw new IOException(string.Create(
                    CultureInfo.InvariantCulture, $"{capture.Path}: {sink.Lost:N0} {sink.Items} could not be written: {sink.DescribeLosses()}"));
            }

            var alerts = outputs.Alerts.Raised;
            outputs.Dispose();
            Publish(results, result, failures, json =>
            {
                json.WritePropertyName("ledger"u8);
                LedgerJson.Write(json, counters, outputs.Privacy, () => DeliveryJson.Write(json, outputs.Noise.Counters, [], []));
            });
            _counters = _counters.Plus(counters);
            _alerts += alerts;
            Tell(capture.Path, string.Create(CultureInfo.InvariantCulture, $"{counters.Packets:N0} packets, {alerts:N0} alerts"));
        }

        _read++;
        failures.ForEach(failure => Fail(capture.Path, failure));
    }

    private void Publish(ResultFolder results, ResultOf result, List<string> failures, Action<System.Text.Json.Utf8JsonWriter> writeRest)
    {
        try
        {
            results.Publish(result, _rules.Compiled.Count + _rules.Correlations.Count > 0 || HasAnomalies ? AlertsEnding : null, failures, writeRest);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{result.Path}: its results cannot be written: {SystemErrors.Words(exception)}", exception);
        }
    }

    private bool HasAnomalies => _settings.Detection.AnomaliesPerSecond > 0;

    private string AlertsEnding => _settings.Output.Format switch
    {
        "csv" => ".csv",
        "text" or "table" or "cef" => ".txt",
        _ => ".jsonl",
    };

    private OutputSettings OutputsOf(ResultFolder results, ResultOf result) => _settings.Output with
    {
        File = results.AlertsAside,
        Targets = _logTarget is null ? [] : [$"{LogSinks.ParquetKind}{results.LogAside}{_logTarget[(LogSinks.ParquetKind.Length + _logFolder!.Length)..]}"],
        LogRun = result.Name,
        LogEnding = ResultFolder.AsideEnding,
    };

    // The name has to be known before anything is read, so a capture is read twice: once for its hash.
    private ResultOf? Identify(string path, CancellationToken cancellation)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        var octets = 0L;
        while (stream.Read(buffer) is > 0 and var count)
        {
            if (cancellation.IsCancellationRequested)
            {
                return null;
            }

            hash.AppendData(buffer, 0, count);
            octets += count;
        }

        var digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        return new ResultOf(path, octets, digest, $"{digest}-{_fingerprint}-{ProductVersion.Text}");
    }

    private void Fail(string path, string failure)
    {
        _failed.Add((path, failure));
        StandardError.Write($"wiredns: {failure}");
    }

    private void Tell(string path, string what)
    {
        if (_settings.Output.IsVerbose)
        {
            StandardError.Write($"wiredns: {path}: {what}");
        }
    }

    private string Report(int captures, bool isInterrupted, TimeSpan duration)
    {
        var text = new StringBuilder(isInterrupted ? "PARTIAL RESULT: interrupted\n" : "");
        var failed = _failed.Select(failure => failure.Path).Distinct(StringComparer.Ordinal).ToList();
        Summary.Line(text, "captures", captures, _settings.Reading.Shard is { } shard ? string.Create(CultureInfo.InvariantCulture, $"in shard {shard}") : "in all shards");
        Summary.LineIfAny(text, "  finished by an earlier run", _finishedBefore);
        Summary.LineIfAny(text, "  read now", _read);
        Summary.LineIfAny(text, "  failed", failed.Count, note: "the same command reads them again:");
        failed.ForEach(path => text.Append(CultureInfo.InvariantCulture, $"    {Printable.Text(path)}\n"));
        if (_read > 0)
        {
            text.Append(Summary.Of(_counters, duration, _settings.Detection.Privacy));
            Summary.Line(text, "alerts", _alerts, $"in {Path.Combine(_folder, "alerts")}; the records of the captures say the rest");
        }

        return text.ToString();
    }
}
