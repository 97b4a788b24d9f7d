using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using WireDns.Alerts;
using WireDns.Alerts.Noise;
using WireDns.Detection.Rules;
using WireDns.Detection.State;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Sensor;

/// <summary>
/// What a sensor remembers over a restart: which alerts are being held back, the windows of correlations, and lookups with the rules that fired for them. Written every
/// minute on a thread of the pool, in parts between which packets go on, and at the end.
/// </summary>
internal sealed class SensorState : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // A reload in the middle makes a file worthless. More of them than this within a moment do not come.
    private const int MaximumTries = 10;

    private readonly Lock _gate = new();
    private readonly StateFile _file;
    private readonly NoiseFilter _noise;
    private readonly SensorPipeline _pipeline;
    private readonly Timer _timer;
    private bool _isFailing;
    private bool _isCut;

    private SensorState(StateFile file, NoiseFilter noise, SensorPipeline pipeline)
    {
        _file = file;
        _noise = noise;
        _pipeline = pipeline;
        _timer = new Timer(_ => Save(), null, Interval, Interval);
    }

    /// <summary>Goes on with what an earlier run has left, and begins to write. A damaged file is put aside, with a line on stderr and an event.</summary>
    /// <param name="path">The file; null for no state.</param>
    /// <param name="noise">What holds alerts back.</param>
    /// <param name="pipeline">What processes packets; it has had none so far.</param>
    /// <param name="rules">The rules that run.</param>
    /// <param name="raise">Takes events.</param>
    /// <exception cref="CommandFailure">The file cannot be read or written.</exception>
    public static SensorState? Open(string? path, NoiseFilter noise, SensorPipeline pipeline, LoadedRules rules, Func<SensorEvent, bool> raise)
    {
        if (path is null)
        {
            return null;
        }

        var file = new StateFile(path);
        try
        {
            Load(file, noise, pipeline, rules, raise);
            var state = new SensorState(file, noise, pipeline);
            state.TryWrite();
            return state;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(path, exception);
        }
    }

    /// <summary>Writes the file. What is wrong is said once, until it goes well again.</summary>
    /// <returns>Whether it was written.</returns>
    public bool Save()
    {
        lock (_gate)
        {
            try
            {
                if (!TryWrite())
                {
                    return false;
                }

                if (_isFailing)
                {
                    StandardError.Write($"wiredns: {_file.Path} is written again");
                }

                _isFailing = false;
                return true;
            }
            catch (Exception)
            {
                // A full disk, or a bug of this program: neither ends the sensor.
                if (!_isFailing)
                {
                    StandardError.Write($"wiredns: {_file.Path} cannot be written: a restart would repeat alerts that are held back now, and correlations would count from nothing");
                }

                _isFailing = true;
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private bool TryWrite()
    {
        for (var tries = 0; tries < MaximumTries; tries++)
        {
            var start = Stopwatch.GetTimestamp();
            using var writing = _file.Begin();
            writing.Write(Head());
            if (_pipeline.Save(writing.Write, StateFile.MaximumLength - writing.Length) is { } saved)
            {
                writing.Commit();
                Say(saved, writing.Length, Stopwatch.GetElapsedTime(start));
                return true;
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> Head()
    {
        var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            _noise.Save().Write(writer);
        }

        return content.GetBuffer().AsSpan(0, (int)content.Length);
    }

    private void Say(WorkerSaving saved, long length, TimeSpan duration)
    {
        StandardError.Write(string.Create(CultureInfo.InvariantCulture,
            $"wiredns: {_file.Path}: {saved.Groups:N0} groups of correlations and {saved.Lookups:N0} lookups written, {length:N0} octets in {duration.TotalMilliseconds:N0} ms"), LogLevel.Debug);
        if (saved.IsCut && !_isCut)
        {
            StandardError.Write(string.Create(CultureInfo.InvariantCulture,
                $"wiredns: {_file.Path} is full: {saved.LookupsLeft:N0} lookups, {saved.GroupsLeft:N0} groups of correlations, or the names of their events, are not in it, and a restart would forget them"));
        }

        _isCut = saved.IsCut;
    }

    private static void Load(StateFile file, NoiseFilter noise, SensorPipeline pipeline, LoadedRules rules, Func<SensorEvent, bool> raise)
    {
        using (var content = file.Open(out var fault))
        {
            if (content is null && fault is null)
            {
                return;
            }

            if (content is not null)
            {
                try
                {
                    Load(file, content, noise, pipeline, rules);
                    return;
                }
                catch (Exception exception) when (exception is IOException or FormatException or ArgumentException)
                {
                    fault = "its content makes no sense";
                }
            }

            PutAside(file, fault!, raise);
        }
    }

    private static void Load(StateFile file, Stream content, NoiseFilter noise, SensorPipeline pipeline, LoadedRules rules)
    {
        using var reader = new BinaryReader(content, Encoding.UTF8);
        var age = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - reader.ReadInt64();
        var held = NoiseState.Read(reader);
        var worker = pipeline.Restore(reader);
        var (restored, dropped) = noise.Restore(held, rules.Compiled.Concat(rules.Correlations).Select(rule => rule.Alert));
        StandardError.Write(string.Create(CultureInfo.InvariantCulture,
            $"wiredns: {file.Path}, {age:N0} s old: {restored:N0} windows of held back alerts, {worker.Groups:N0} groups of correlations and {worker.Lookups:N0} lookups go on"));
        foreach (var (count, what) in new[]
        {
            (dropped, "windows of held back alerts, as their rule is gone or nothing is held back any more"),
            (worker.ChangedGroups, "groups of correlations, as those are others now or gone"),
            (worker.GroupsWithoutRoom, "groups of correlations, as there is no room for them any more"),
            (worker.LookupsWithoutRoom, "lookups, as there is no room for them any more"),
        })
        {
            if (count > 0)
            {
                StandardError.Write(string.Create(CultureInfo.InvariantCulture, $"wiredns: {file.Path}: dropped {count:N0} {what}"));
            }
        }
    }

    private static void PutAside(StateFile file, string fault, Func<SensorEvent, bool> raise)
    {
        var reason = $"{file.Path} cannot be used: {fault}; it is now {file.PutAside()}";
        StandardError.Write($"wiredns: {reason}");
        raise(new SensorEvent
        {
            Id = RandomNumberGenerator.GetHexString(16, lowercase: true),
            UnixTimeNanoseconds = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick,
            Part = "state",
            Level = AlertLevel.Medium,
            State = "degraded",
            Cause = "state_damaged",
            Reason = reason,
            PreviousState = "ok",
            PreviousSeconds = 0,
        });
    }
}
