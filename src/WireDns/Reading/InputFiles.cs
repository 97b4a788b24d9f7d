using WireDns.Capture.Files;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Reading;

/// <summary>The capture files of a command line.</summary>
/// <param name="Paths">The files, with folders replaced by what they hold; <see cref="FileRun.StandardInput"/> for standard input.</param>
/// <param name="Failed">Paths and folders in folders that could not be read. Each was said on stderr; the rest is read, and the exit status says it.</param>
internal sealed record InputFiles(IReadOnlyList<string> Paths, int Failed)
{
    /// <summary>
    /// The files, folders expanded. What a folder holds besides captures, and paths that do not exist or hold no capture, are said on stderr.
    /// </summary>
    /// <param name="named">Files and folders, as arguments of the command line.</param>
    /// <param name="settings">Which files of folders are read.</param>
    /// <exception cref="CommandFailure">There is nothing to read.</exception>
    public static InputFiles Expand(IReadOnlyList<string> named, ReadingSettings settings)
    {
        var files = new List<string>();
        var failures = new List<string>();
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
                var found = CapturePaths.Expand([path], settings.Pattern, settings.IsRecursive);
                foreach (var file in found.Files)
                {
                    Add(file, RealPath(file), file);
                }

                foreach (var skipped in found.Skipped)
                {
                    StandardError.Write($"wiredns: skipped {skipped.Path}: {skipped.Reason}");
                }

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

    // .NET gives an argument that is not UTF-8 without the bytes that are not.
    private static IEnumerable<string> Exact(IReadOnlyList<string> named)
    {
        var undecodable = NativePath.UndecodableArguments().ToDictionary(
            group => group.Key, group => new Queue<string>(group), StringComparer.Ordinal);
        return named.Select(path => undecodable.TryGetValue(path, out var paths) && paths.TryDequeue(out var exact) ? exact : path);
    }

    private static string RealPath(string path)
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
