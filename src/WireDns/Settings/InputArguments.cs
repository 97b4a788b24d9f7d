using System.CommandLine;
using WireDns.Capture;
using WireDns.Reading;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>The capture files that a command reads.</summary>
internal sealed class InputArguments
{
    private readonly Argument<string[]> _files = PathArgument.Create("FILE",
        "Capture files (pcap, pcapng or snoop, also compressed), folders, whose captures are read in the order of their names, "
        + "or - for standard input.");

    private readonly Option<bool> _merge = new("--merge")
    {
        Description = "Read all files as one capture, in the order of time: what two taps saw, or the two directions of a link.",
    };

    /// <summary>Adds the argument and its option to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_files);
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
        foreach (var path in arguments.GetValue(_files) ?? [])
        {
            if (path == FileRun.StandardInput)
            {
                files.Add(path);
                continue;
            }

            try
            {
                var found = CaptureFiles.Expand([path]);
                files.AddRange(found.Files);
                foreach (var skipped in found.Skipped)
                {
                    StandardError.Write($"wiredns: skipped {skipped.Path}: {skipped.Reason}");
                }
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
    }
}
