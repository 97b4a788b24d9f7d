using System.CommandLine;
using WireDns.Capture.Files;
using WireDns.Reading;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>The capture files that a command reads.</summary>
internal sealed class InputArguments
{
    private readonly Argument<string[]> _files = PathArgument.Create("FILE",
        "Capture files (pcap, pcapng or snoop, also compressed), folders, whose captures and those of the folders in them are read in "
        + "the order of their names, or - for standard input.");

    private readonly Option<string?> _pattern = new("--name")
    {
        Description = "Of the files in folders, read only those whose name matches, with * and ?, as in '*.pcap*'.",
        HelpName = "PATTERN",
    };

    private readonly Option<bool> _notRecursive = new("--no-recursion") { Description = "Of folders, read their own files alone." };

    private readonly Option<bool> _merge = new("--merge")
    {
        Description = "Read all files as one capture, in the order of time: what two taps saw, or the two directions of a link.",
    };

    /// <summary>Adds the argument and its option to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_files);
        command.Add(_pattern);
        command.Add(_notRecursive);
        command.Add(_merge);
    }

    /// <summary>Whether the files are read as one capture.</summary>
    public bool IsMerged(ParseResult arguments) => arguments.GetValue(_merge);

    /// <summary>
    /// The files, folders expanded. What a folder holds besides captures, and paths that do not exist or hold no capture, are said on stderr.
    /// </summary>
    /// <exception cref="CommandFailure">There is nothing to read.</exception>
    public InputFiles Expand(ParseResult arguments)
    {
        var files = new List<string>();
        var failures = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Paths(arguments))
        {
            if (path == FileRun.StandardInput)
            {
                Add(path, path, "standard input");
                continue;
            }

            try
            {
                var found = CapturePaths.Expand([path], arguments.GetValue(_pattern), !arguments.GetValue(_notRecursive));
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
    private IEnumerable<string> Paths(ParseResult arguments)
    {
        var undecodable = NativePath.UndecodableArguments().ToDictionary(
            group => group.Key, group => new Queue<string>(group), StringComparer.Ordinal);
        return (arguments.GetValue(_files) ?? []).Select(
            path => undecodable.TryGetValue(path, out var paths) && paths.TryDequeue(out var exact) ? exact : path);
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

/// <summary>The capture files of a command line.</summary>
/// <param name="Paths">The files, with folders replaced by what they hold; <see cref="FileRun.StandardInput"/> for standard input.</param>
/// <param name="Failed">Paths and folders in folders that could not be read. Each was said on stderr; the rest is read, and the exit status says it.</param>
internal sealed record InputFiles(IReadOnlyList<string> Paths, int Failed);
