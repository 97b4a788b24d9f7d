using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Reading;

/// <summary>
/// Shows on stderr how far a run is, until it is disposed: a line on a terminal, or lines of JSON. A timer asks for the position; reading itself does nothing
/// for it but count.
/// </summary>
internal sealed class ReadingProgress : IDisposable
{
    // A run that is over before is not worth a line.
    private static readonly TimeSpan FirstLine = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LinePause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan JsonPause = TimeSpan.FromSeconds(1);

    // A column less than the narrowest terminal, so that it never wraps.
    private const int LongestLine = 79;

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly FileCrew _crew;
    private readonly Func<long> _alerts;
    private readonly int _files;
    private readonly long? _octets;
    private readonly bool _isJson;
    private readonly Timer _timer;
    private int _isWriting;

    private ReadingProgress(IReadOnlyList<string> paths, FileCrew crew, Func<long> alerts, bool isJson)
    {
        (_crew, _alerts, _files, _octets, _isJson) = (crew, alerts, paths.Count, Length(paths), isJson);
        _timer = new Timer(_ => Tick(), null, isJson ? JsonPause : FirstLine, isJson ? JsonPause : LinePause);
    }

    /// <summary>Starts to show it; null if it is not wanted, or there is no terminal.</summary>
    /// <param name="settings">What is wanted.</param>
    /// <param name="paths">The files.</param>
    /// <param name="crew">Reads them.</param>
    /// <param name="alerts">The number of alerts so far.</param>
    public static ReadingProgress? Start(ReadingSettings settings, IReadOnlyList<string> paths, FileCrew crew, Func<long> alerts) => settings.Progress switch
    {
        ProgressDisplay.Json => new ReadingProgress(paths, crew, alerts, isJson: true),
        ProgressDisplay.Auto when !settings.IsQuiet && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb" =>
            new ReadingProgress(paths, crew, alerts, isJson: false),
        _ => null,
    };

    /// <summary>The line for a terminal: short enough that any alert that is printed there covers it.</summary>
    internal static string Line(in Progress progress)
    {
        var octets = progress.TotalOctets is > 0 and var total
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(100, 100 * progress.Octets / total)} % of {Figures.Size(total)}")
            : Figures.Size(progress.Octets);
        var left = progress.SecondsLeft is { } seconds ? $", {Time(seconds)} left" : "";
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{octets}, {Figures.Short(progress.Packets)} packets, {Figures.Short(progress.PacketsPerSecond)}/s, file {Math.Min(progress.Files + 1, progress.TotalFiles)}/{progress.TotalFiles}, {Figures.Short(progress.Alerts)} alerts{left}");
        return line.Length <= LongestLine ? line : line[..LongestLine];
    }

    /// <summary>The line for a program.</summary>
    internal static string Json(in Progress progress, bool isEnd, bool isPartial)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteStartObject("progress"u8);
            json.WriteNumber("seconds"u8, Math.Round(progress.Seconds, 3));
            json.WriteNumber("bytes"u8, progress.Octets);
            Write(json, "total_bytes"u8, progress.TotalOctets);
            json.WriteNumber("packets"u8, progress.Packets);
            json.WriteNumber("packets_per_second"u8, progress.PacketsPerSecond);
            json.WriteNumber("files"u8, progress.Files);
            json.WriteNumber("total_files"u8, progress.TotalFiles);
            json.WriteNumber("alerts"u8, progress.Alerts);
            Write(json, "seconds_left"u8, isEnd ? 0 : progress.SecondsLeft);
            json.WriteBoolean("end"u8, isEnd);
            json.WriteBoolean("partial"u8, isPartial);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>Ends it; JSON has a last line then, whatever the time.</summary>
    /// <param name="isPartial">Whether a part of the input was not read.</param>
    public void End(bool isPartial)
    {
        Stop();
        if (_isJson)
        {
            StandardError.Write(Json(Now(), isEnd: true, isPartial));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();

    private void Stop()
    {
        using var stopped = new ManualResetEvent(false);
        if (_timer.Dispose(stopped))
        {
            stopped.WaitOne(FirstLine); // a standard error that nobody reads holds the timer up
        }

        if (!_isJson)
        {
            StandardError.Show(null);
        }
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _isWriting, 1) == 0)
        {
            if (_isJson)
            {
                StandardError.Write(Json(Now(), isEnd: false, isPartial: false));
            }
            else
            {
                StandardError.Show(Line(Now()));
            }

            Volatile.Write(ref _isWriting, 0);
        }
    }

    private Progress Now()
    {
        var (files, octets, packets) = _crew.Position;
        return new Progress(Stopwatch.GetElapsedTime(_start).TotalSeconds, octets, _octets, packets, files, _files, _alerts());
    }

    // Unknown as soon as one file has no length: a pipe.
    private static long? Length(IReadOnlyList<string> paths)
    {
        var sum = 0L;
        foreach (var path in paths)
        {
            if (path == FileRun.StandardInput || new FileInfo(path) is not { Exists: true, Length: > 0 and var length })
            {
                return null;
            }

            sum += length;
        }

        return sum;
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Time(long seconds) => seconds switch
    {
        >= 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h{seconds / 60 % 60:00}m"),
        >= 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m{seconds % 60:00}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
    };
}

/// <summary>How far a run is.</summary>
/// <param name="Seconds">Since it started.</param>
/// <param name="Octets">Octets of the files that were read.</param>
/// <param name="TotalOctets">Octets of all files; null if not all have a length.</param>
/// <param name="Packets">Packets that were read.</param>
/// <param name="Files">Files that were read to their end.</param>
/// <param name="TotalFiles">All files.</param>
/// <param name="Alerts">Alerts that were sent.</param>
internal readonly record struct Progress(double Seconds, long Octets, long? TotalOctets, long Packets, int Files, int TotalFiles, long Alerts)
{
    /// <summary>Packets a second since the start.</summary>
    public long PacketsPerSecond => Seconds > 0 ? (long)(Packets / Seconds) : 0;

    /// <summary>How long the rest takes at the speed so far; null if it is not known.</summary>
    public long? SecondsLeft => TotalOctets is { } total && Octets > 0 && Seconds > 0 ? (long)Math.Ceiling(Math.Max(0, total - Octets) / (Octets / Seconds)) : null;
}
