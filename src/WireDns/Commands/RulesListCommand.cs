using System.CommandLine;
using WireDns.RuleTools;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules list</c>: a table of rules, including those that do not load.</summary>
internal static class RulesListCommand
{
    public static Command Create()
    {
        var paths = RulePaths.Argument();
        var coverages = new Option<string[]>("--coverage")
        {
            Description = "Only rules that the wire serves so. May be given several times.",
            HelpName = "COVERAGE",
            AllowMultipleArgumentsPerToken = false,
        };
        var json = new Option<bool>("--json") { Description = "Print a JSON line for each rule." };
        coverages.AcceptOnlyFromAmong([.. CoverageName.All.Select(CoverageName.Option)]);
        var command = new Command("list", "List rules: level, status, how far the wire serves them, id, title, file.")
        {
            paths, coverages, json,
        };
        var flags = new SettingFlags(command);
        flags.Add(RuleSettings.Loading);
        flags.Add(OutputSettings.Colour("the report"));
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var catalog = RuleCatalog.Load(arguments.GetValue(paths) ?? [], settings.Rules.Load(takesAll: true));
            RulePaths.RequireFiles(catalog);
            var wanted = arguments.GetValue(coverages) ?? [];
            List<CatalogEntry> entries = [.. catalog.Entries.Where(entry =>
                wanted.Length == 0 || wanted.Contains(CoverageName.Option(entry.Coverage), StringComparer.OrdinalIgnoreCase))];
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
}
