using System.Globalization;
using WireDns.Capture.Files;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Reading;

/// <summary>The capture files of a command line.</summary>
/// <param name="Paths">The files, with folders replaced by what they hold; <see cref="FileRun.StandardInput"/> for standard input.</param>
/// <param name="Failed">Paths and folders in folders that could not be read. Each was said on stderr; the rest is read, and the exit status says it.</param>
internal sealed record InputFiles(IReadOnlyList<string> Paths, int Failed)
{
    // Up to so many skipped files have a line each, with the reason. Of more, one line names the first.
    private const int MaximumSkippedLines = 3;

    /// <summary>
    /// The files, folders expanded. What a folder holds besides captures, and paths that do not exist or hold no capture, are said on stderr.
    /// </summary>
    /// <param name="named">Files and folders, as arguments of the command line.</param>
    /// <param name="settings">Which files of folders are read, and whether all that are skipped are listed.</param>
    /// <exception cref="CommandFailure">There is nothing to read.</exception>
    public static InputFiles Expand(IReadOnlyList<string> named, SensorSettings settings)
    {
        var files = new List<string>();
        var failures = new List<string>();
        var skipped = new List<SkippedFile>();
        var unmatched = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Exact(named))
        {
            if (path == FileRun.StandardInput)
            {
                Add(path, path, "standard input");
                continue;
            }

            try
            {
                var found = CapturePaths.Expand([path], settings.Reading.Pattern, settings.Reading.IsRecursive);
                foreach (var file in found.Files)
                {
                    Add(file, RealPath(file), file);
                }

                skipped.AddRange(found.Skipped);
                unmatched += found.Unmatched;
                failures.AddRange(found.Unreadable.Select(folder => $"{folder.Path}: {folder.Reason}"));
            }
            catch (UnauthorizedAccessException)
            {
                failures.Add($"{path}: permission denied");
            }
            catch (IOException exception)
            {
                failures.Add(exception.Message);
            }
        }

        foreach (var line in Describe(skipped, unmatched, settings))
        {
            StandardError.Write($"wiredns: skipped {line}");
        }

        // The last one ends the command where nothing is left to read.
        foreach (var failure in files.Count == 0 ? failures.SkipLast(1) : failures)
        {
            StandardError.Write($"wiredns: {failure}");
        }

        return files.Count == 0 ? throw new CommandFailure(ExitStatus.Failed, failures[^1]) : new InputFiles(files, failures.Count);

        void Add(string path, string identity, string name)
        {
            if (seen.Add(identity))
            {
                files.Add(path);
            }
            else
            {
                StandardError.Write($"wiredns: {name} is given twice; it is read once");
            }
        }
    }

    private static IEnumerable<string> Describe(List<SkippedFile> skipped, int unmatched, SensorSettings settings)
    {
        if (settings.Output.IsVerbose || skipped.Count <= MaximumSkippedLines)
        {
            foreach (var (path, reason) in skipped)
            {
                yield return $"{path}: {reason}";
            }
        }
        else
        {
            var first = skipped.Take(MaximumSkippedLines).Select(file => file.Path);
            yield return string.Create(CultureInfo.InvariantCulture, $"{skipped.Count:N0} files that hold no capture, or folders: {string.Join(", ", first)} ... (-v lists them)");
        }

        if (unmatched > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{unmatched:N0} {(unmatched == 1 ? "file whose name does" : "files whose names do")} not match {settings.Reading.Pattern}");
        }
    }

    // .NET gives an argument that is not UTF-8 without the bytes that are not.
    private static IEnumerable<string> Exact(IReadOnlyList<string> named)
    {
        var undecodable = NativePath.UndecodableArguments().ToDictionary(
            group => group.Key, group => new Queue<string>(group), StringComparer.Ordinal);
        return named.Select(path => undecodable.TryGetValue(path, out var paths) && paths.TryDequeue(out var exact) ? exact : path);
    }

    /// <summary>The path that identifies a file, whatever links lead to it.</summary>
    public static string RealPath(string path)
    {
        try
        {
            return new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        }
        catch (IOException)
        {
            return Path.GetFullPath(path);
        }
    }
}
