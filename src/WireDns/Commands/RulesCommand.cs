using System.CommandLine;

namespace WireDns.Commands;

/// <summary><c>wiredns rules</c>: what is to be known of rules without a capture.</summary>
internal static class RulesCommand
{
    public static Command Create() => new("rules", "Check, list, show, test, convert rules; match them against JSON events.")
    {
        RulesCheckCommand.Create(),
        RulesListCommand.Create(),
        RulesShowCommand.Create(),
        RulesCoverageCommand.Create(),
        RulesMatchCommand.Create(),
        RulesTestCommand.Create(),
        RulesConvertCommand.Create(),
    };
}
