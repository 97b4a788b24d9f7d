using System.CommandLine;
using WireDns.Sigma.Matching;

namespace WireDns.Settings;

/// <summary>Which lints are reported.</summary>
internal sealed class LintOptions
{
    private readonly Option<string[]> _disabled = new("--no-lint")
    {
        Description = "A lint that is not reported, by its id. May be given several times.",
        HelpName = "ID",
        AllowMultipleArgumentsPerToken = false,
    };

    public LintOptions() => _disabled.AcceptOnlyFromAmong([.. RuleLinter.Ids]);

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command) => command.Add(_disabled);

    /// <summary>The ids of the lints that are not reported.</summary>
    public IReadOnlySet<string> DisabledIds(ParseResult arguments) =>
        (arguments.GetValue(_disabled) ?? []).ToHashSet(StringComparer.Ordinal);
}
