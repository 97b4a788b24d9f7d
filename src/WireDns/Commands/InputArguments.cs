using System.CommandLine;
using WireDns.Capture;

namespace WireDns.Commands;

/// <summary>The capture files that a command reads.</summary>
internal sealed class InputArguments
{
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Capture files (pcap or pcapng, also compressed), folders, whose captures are read in the order of their names, "
            + "or - for standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

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

    /// <summary>The files, folders expanded; what a folder holds besides captures is said on stderr.</summary>
    /// <exception cref="CommandFailure">A path does not exist, or a folder holds no capture.</exception>
    public IReadOnlyList<string> Expand(ParseResult arguments)
    {
        var files = new List<string>();
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
                throw new CommandFailure(ExitStatus.Failed, $"{path}: permission denied");
            }
            catch (IOException exception)
            {
                throw new CommandFailure(ExitStatus.Failed, exception.Message);
            }
        }

        return files;
    }
}
