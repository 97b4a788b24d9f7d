using System.Globalization;
using WireDns.Parquet.Reading;
using WireDns.Terminal;

namespace WireDns.Hunting;

/// <summary>The span of time that is hunted in, in microseconds since the Unix epoch. A lookup without a time is always in it.</summary>
/// <param name="First">The first moment.</param>
/// <param name="End">The moment after the last one.</param>
internal readonly record struct HuntedTime(long First, long End)
{
    /// <summary>All times.</summary>
    public static HuntedTime All { get; } = new(long.MinValue, long.MaxValue);

    /// <summary>Whether something from one moment to another may lie in it; null for a moment that is not known.</summary>
    public bool MayHave(long? first, long? last) => (last is null || last >= First) && (first is null || first < End);
}

/// <summary>Finds the files of DNS logs.</summary>
internal static class LogFolder
{
    private const string Ending = ".parquet";
    private const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>
    /// The files in folders and those below them, by their names; files that are given themselves are taken whatever they are called. A folder <c>dt=YYYY-MM-DD</c> of
    /// another time is passed over.
    /// </summary>
    /// <exception cref="CommandFailure">There is no such file or folder, or it cannot be read.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> paths, HuntedTime time)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (File.Exists(path))
            {
                files.Add(path);
                continue;
            }

            if (!Directory.Exists(path))
            {
                throw new CommandFailure(ExitStatus.Failed, $"{path}: no such file or folder");
            }

            try
            {
                Collect(path, time, files);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new CommandFailure(ExitStatus.Failed, $"{path}: it cannot be read");
            }
        }

        return files;
    }

    private static void Collect(string folder, HuntedTime time, List<string> files)
    {
        // A hidden file is one that is being written; a hidden folder holds such files.
        files.AddRange(Directory.EnumerateFiles(folder, $"*{Ending}").Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal));
        foreach (var inner in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            if (!Path.GetFileName(inner).StartsWith('.') && MayHave(Path.GetFileName(inner), time))
            {
                Collect(inner, time, files);
            }
        }
    }

    private static bool MayHave(string name, HuntedTime time)
    {
        if (!name.StartsWith("dt=", StringComparison.Ordinal)
            || !DateTime.TryParseExact(name.AsSpan(3), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day))
        {
            return true;
        }

        var first = (day - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return time.MayHave(first, first + MicrosecondsPerDay - 1);
    }
}

/// <summary>A group of rows of a file.</summary>
internal sealed record GroupPlace(string File, int Index, int Rows)
{
    /// <summary>The rows whose messages are made again, ascending; null for all.</summary>
    public int[]? Made { get; init; }

    /// <summary>Whether all rows are of one source.</summary>
    public bool IsOfOneSource { get; init; }
}

/// <summary>
/// The lookups of one source (a capture, or all that one run of a sensor saw): correlations count within it. Its groups may hold rows of other sources too.
/// </summary>
/// <param name="Index">The place of the source in its run; null if the run has but one, in the order of time.</param>
/// <param name="File">The capture; empty if <paramref name="Index"/> is null.</param>
internal sealed record HuntedSource(int? Index, string File)
{
    /// <summary>The groups that have rows of it, oldest file first.</summary>
    public List<GroupPlace> Groups { get; } = [];

    /// <summary>Where it begins: the file's place, the group's in it, and the source's among those of the group.</summary>
    public (int File, int Group, int Ordinal) Place { get; init; }
}
