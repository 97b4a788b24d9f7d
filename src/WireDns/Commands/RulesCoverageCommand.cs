using System.CommandLine;
using WireDns.RuleTools;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules coverage</c>: shows how many rules of a set can run on network traffic, and why the others cannot.</summary>
internal static class RulesCoverageCommand
{
    public static Command Create()
    {
        var paths = RulePaths.Argument();
        var format = new Option<string>("--format", "-f")
        {
            Description = "How the report looks; navigator: a layer for MITRE's ATT&CK Navigator.",
            HelpName = "text|json|markdown|navigator",
            DefaultValueFactory = _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "json", "markdown", "navigator");
        var command = new Command("coverage", "Say which rules run in full, with a caveat or not at all, and why; and for which ATT&CK techniques.")
        {
            paths, format,
        };
        var flags = new SettingFlags(command);
        flags.Add(RuleSettings.Loading);
        flags.Add(OutputSettings.Colour("the report"));
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var catalog = RuleCatalog.Load(arguments.GetValue(paths) ?? [], settings.Rules.Load(takesAll: true));
            RulePaths.RequireFiles(catalog);
            var report = new CoverageReport(catalog.Entries);
            switch (arguments.GetValue(format))
            {
                case "json":
                    StandardOutput.Json(report.Write);
                    break;
                case "navigator":
                    StandardOutput.Json(CoverageLayer.Of(report).Write);
                    break;
                case "markdown":
                    StandardOutput.Report(isColoured: false, writer => new CoverageMarkdown(writer).Write(report));
                    break;
                default:
                    StandardOutput.Report(settings.Output.Colouring.IsColoured(), writer => new CoverageText(writer).Write(report));
                    break;
            }

            return ExitStatus.Done;
        });
        return command;
    }
}
