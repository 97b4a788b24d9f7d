using System.CommandLine;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>How the rules of a command are loaded: which are wanted, the values of their placeholders, the names of a house.</summary>
/// <param name="takesAll">Whether deprecated and unsupported rules are wanted unless a status is given.</param>
internal sealed class RuleLoadingOptions(bool takesAll)
{
    private readonly Option<string[]> _statuses = Several(
        "--status", "STATUS", "Take rules of this status: stable, test, experimental, deprecated, unsupported, or any."
            + (takesAll ? "" : " Without it all but deprecated and unsupported rules run."));

    private readonly Option<string?> _level = new("--level")
    {
        Description = "Take rules of this level or a higher one: informational, low, medium, high, critical.",
        HelpName = "LEVEL",
    };

    private readonly Option<string[]> _tags = Several("--tag", "TAG", "Take rules with this tag (attack.t1071, t1071, command-and-control).");
    private readonly Option<string[]> _excluded = Several("--exclude", "ID", "Do not take the rule with this id.");

    private readonly Option<string[]> _mappings = Several(
        "--mapping", "FILE", "A YAML file that maps the log sources and field names of your house to those of the rules' events, as a pipeline of pySigma does (docs/rules.md).");

    private readonly PlaceholderOptions _placeholders = new();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        RequireWord(_statuses, RuleSelection.StatusWords);
        RequireWord(_level, RuleSelection.LevelWords);
        _placeholders.AddTo(command);
        command.Add(_mappings);
        command.Add(_statuses);
        command.Add(_level);
        command.Add(_tags);
        command.Add(_excluded);
    }

    /// <summary>What was said. Reads the files of placeholders and mappings.</summary>
    /// <exception cref="CommandFailure">One of them cannot be read, or is wrong: said line by line on stderr.</exception>
    public RuleLoading Read(ParseResult arguments) => new()
    {
        Placeholders = _placeholders.Read(arguments),
        Mapping = ReadMappings(arguments.GetValue(_mappings) ?? []),
        Selection = new RuleSelection
        {
            Statuses = arguments.GetValue(_statuses) is { Length: > 0 } statuses ? statuses : takesAll ? RuleSelection.Everything.Statuses : [],
            Level = arguments.GetValue(_level),
            Tags = arguments.GetValue(_tags) ?? [],
            Excluded = arguments.GetValue(_excluded) ?? [],
        },
    };

    private static RuleMapping ReadMappings(IReadOnlyList<string> files)
    {
        var results = files.Select(ReadMapping).ToList();
        foreach (var diagnostic in results.SelectMany(result => result.Diagnostics))
        {
            StandardError.Write(diagnostic.ToString());
        }

        var broken = results.FindIndex(result => result.Mapping is null);
        return broken >= 0
            ? throw new CommandFailure(ExitStatus.Usage, $"{files[broken]}: the mapping cannot be used")
            : results.OrderBy(result => result.Priority).Aggregate(RuleMapping.None, (all, result) => all.Then(result.Mapping!));
    }

    private static MappingResult ReadMapping(string file)
    {
        try
        {
            return RuleMappingReader.Read(file, File.ReadAllBytes(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitStatus.Usage, exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"{file}: no such file",
                UnauthorizedAccessException => $"{file}: permission denied, or a folder",
                _ => $"{file}: it cannot be read",
            });
        }
    }

    private static Option<string[]> Several(string name, string helpName, string description) => new(name)
    {
        Description = description + " May be given several times.",
        HelpName = helpName,
        AllowMultipleArgumentsPerToken = false,
    };

    private static void RequireWord<T>(Option<T> option, IReadOnlyList<string> words) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens.Where(token => !words.Contains(token.Value, StringComparer.OrdinalIgnoreCase)))
        {
            result.AddError($"{option.Name} takes {string.Join(", ", words)}, not '{token.Value}'.");
        }
    });
}
