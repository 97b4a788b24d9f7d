using System.CommandLine;
using System.Globalization;
using WireDns.Detection;
using WireDns.Inspection;
using WireDns.RuleTools;

namespace WireDns.Commands;

/// <summary><c>wiredns rules check</c>: every diagnostic of rule files, and how many rules would run.</summary>
internal static class RulesCheckCommand
{
    public static Command Create()
    {
        var paths = RulePaths.Argument();
        var json = new Option<bool>("--json") { Description = "Print one JSON object: the diagnostics, and how many rules are covered how." };
        var strict = new Option<bool>("--strict") { Description = "Fail on warnings too." };
        var command = new Command("check", "Load rules, print every diagnostic, and say how many would run.") { paths, json, strict };
        var placeholders = new PlaceholderOptions();
        var lints = new LintOptions();
        placeholders.AddTo(command);
        lints.AddTo(command);
        command.SetAction(arguments =>
        {
            var catalog = RuleCatalog.Load(
                arguments.GetValue(paths) ?? [],
                new RuleLoading { Placeholders = placeholders.Read(arguments) },
                lints.DisabledIds(arguments));
            if (arguments.GetValue(json))
            {
                StandardOutput.Json(writer => CatalogJson.WriteCheck(writer, catalog));
            }
            else
            {
                StandardOutput.Report(isColoured: false, writer => Write(writer, catalog));
            }

            return catalog.Errors > 0 || (arguments.GetValue(strict) && catalog.Diagnostics.Count > 0) ? ExitStatus.Usage : ExitStatus.Done;
        });
        return command;
    }

    private static void Write(ReportWriter writer, RuleCatalog catalog)
    {
        foreach (var diagnostic in catalog.Diagnostics)
        {
            foreach (var line in diagnostic.ToStringWithCaret().Split('\n'))
            {
                writer.Line(line.Replace('\t', ' '));
            }
        }

        foreach (var entry in catalog.Entries.Where(entry => entry.Rule is not null && entry.Coverage != CatalogCoverage.Full))
        {
            var word = entry.Coverage == CatalogCoverage.Degraded ? "runs with a caveat" : "does not run";
            writer.Line($"{entry.File}: {word}: {entry.Reason}");
        }

        var running = catalog.Count(CatalogCoverage.Full) + catalog.Count(CatalogCoverage.Degraded);
        var loaded = catalog.Entries.Count(entry => entry.Rule is not null);
        writer.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{running} of {loaded} rules that loaded would run; {catalog.Errors} errors, {catalog.Diagnostics.Count - catalog.Errors} warnings"));
    }
}
