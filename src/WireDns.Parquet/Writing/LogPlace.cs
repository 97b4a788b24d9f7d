using System.Globalization;

namespace WireDns.Parquet.Writing;

/// <summary>Where a row of a log belongs: <c>dt=YYYY-MM-DD/sensor=NAME</c>, by the time of its packets.</summary>
internal static class LogPlace
{
    // What a reader of Hive's folders takes for null.
    private const string NoDay = "__HIVE_DEFAULT_PARTITION__";
    private const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>The day of a time in microseconds since the Unix epoch, counted from there; one of its own for no time.</summary>
    public static long DayOf(long? time) => time is { } micros ? (long)Math.Floor((double)micros / MicrosecondsPerDay) : long.MinValue;

    /// <summary>The time as a moment; the Unix epoch for no time.</summary>
    public static DateTimeOffset MomentOf(long? time) => time is { } micros ? DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond) : DateTimeOffset.UnixEpoch;

    /// <summary>The folder of a sensor's rows of a day.</summary>
    public static string FolderOf(string log, long? time, string sensor) =>
        Path.Combine(log, $"dt={(time is null ? NoDay : MomentOf(time).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))}", $"sensor={sensor}");

    /// <summary>A moment as names of files have it.</summary>
    public static string NameOf(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
