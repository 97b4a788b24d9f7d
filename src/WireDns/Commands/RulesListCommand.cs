using System.CommandLine;
using WireDns.RuleTools;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules list</c>: rules as a table, those that do not load too.</summary>
internal static class RulesListCommand
{
    public static Command Create()
    {
        var paths = RulePaths.Argument();
        var levels = Several("--level", "LEVEL", "Only rules of this level.");
        var tags = Several("--tag", "TAG", "Only rules with this tag; attack.t1071 stands for its sub-techniques too.");
        var coverages = Several("--coverage", "COVERAGE", "Only rules that the wire serves so.");
        var json = new Option<bool>("--json") { Description = "Print a JSON line for each rule." };
        levels.AcceptOnlyFromAmong("informational", "low", "medium", "high", "critical");
        coverages.AcceptOnlyFromAmong([.. CoverageName.All.Select(CoverageName.Option)]);
        var command = new Command("list", "List rules: level, status, how far the wire serves them, id, title, file.")
        {
            paths, levels, tags, coverages, json,
        };
        var flags = new SettingFlags(command);
        flags.Add(RuleSettings.PlaceholderFiles);
        flags.Add(OutputSettings.Colour("the report"));
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var catalog = RuleCatalog.Load(arguments.GetValue(paths) ?? [], PlaceholderFile.Load(settings.Rules.Placeholders));
            RulePaths.RequireFiles(catalog);
            var filter = new CatalogFilter(
                arguments.GetValue(levels) ?? [], arguments.GetValue(tags) ?? [], arguments.GetValue(coverages) ?? []);
            List<CatalogEntry> entries = [.. catalog.Entries.Where(filter.Accepts)];
            if (arguments.GetValue(json))
            {
                StandardOutput.JsonLines(entries, CatalogJson.Write);
            }
            else
            {
                StandardOutput.Report(settings.Output.Colouring.IsColoured(), writer => new RuleTable(writer).Write(entries));
            }

            return ExitStatus.Done;
        });
        return command;
    }

    private static Option<string[]> Several(string name, string helpName, string description) => new(name)
    {
        Description = description + " May be given several times.",
        HelpName = helpName,
        AllowMultipleArgumentsPerToken = false,
    };
}
