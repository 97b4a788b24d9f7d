using System.CommandLine;
using System.Globalization;
using WireDns.Detection.Lists;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>The values of rules' placeholders (<c>QueryName|expand: '%name%'</c>), from files.</summary>
internal sealed class PlaceholderOptions
{
    private readonly Option<string[]> _placeholders = new("--placeholder")
    {
        Description = "Values for %NAME% in rules, from a list, a hosts file, an RPZ zone or a column of a CSV file. The format is found by the content, "
            + "or given after the file: :list, :hosts, :rpz or :csv:COLUMN. May be given several times.",
        HelpName = "NAME=FILE",
        AllowMultipleArgumentsPerToken = false,
    };

    public PlaceholderOptions() => _placeholders.Validators.Add(result =>
    {
        foreach (var token in result.Tokens.Where(token => PlaceholderArgument.Parse(token.Value) is null))
        {
            result.AddError($"--placeholder takes NAME=FILE, the name in letters, digits and underscores, not '{token.Value}'.");
        }
    });

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command) => command.Add(_placeholders);

    /// <summary>Reads the files; says on stderr what is left out of one. A name that is given twice has the values of both files.</summary>
    /// <exception cref="CommandFailure">A file cannot be read, or is not in its format: said line by line on stderr.</exception>
    public SigmaPlaceholders Read(ParseResult arguments)
    {
        var lists = (arguments.GetValue(_placeholders) ?? [])
            .Select(text => PlaceholderArgument.Parse(text)!)
            .Select(argument => (argument.Name, Reading: Read(argument), argument.File))
            .ToList();
        foreach (var note in lists.SelectMany(list => list.Reading.Notes))
        {
            StandardError.Write(note);
        }

        var broken = lists.Where(list => list.Reading.Faults.Count > 0).ToList();
        foreach (var fault in broken.SelectMany(list => list.Reading.Faults))
        {
            StandardError.Write(fault);
        }

        if (broken.Count > 0)
        {
            throw new CommandFailure(ExitStatus.Usage, string.Create(
                CultureInfo.InvariantCulture, $"{broken[0].File}: its values for %{broken[0].Name}% cannot be used"));
        }

        var placeholders = new SigmaPlaceholders();
        foreach (var group in lists.GroupBy(list => list.Name, StringComparer.Ordinal))
        {
            var values = group.Select(list => list.Reading.Values).ToList();
            placeholders.Add(
                group.Key, values.Count == 1 ? values[0] : values.SelectMany(list => list), values.Sum(list => (long)list.Count), values.Sum(list => (long)list.Length));
        }

        return placeholders;
    }

    private static ListReading Read(PlaceholderArgument argument)
    {
        try
        {
            // The reader has a buffer of its own.
            using var stream = new FileStream(argument.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return ListFile.Read(stream, argument.File, argument.Format, argument.Column);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitStatus.Usage, exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"{argument.File}: no such file",
                UnauthorizedAccessException => $"{argument.File}: permission denied, or a folder",
                _ => $"{argument.File}: {exception.Message}",
            });
        }
    }
}
