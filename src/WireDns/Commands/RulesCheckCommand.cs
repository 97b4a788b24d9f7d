using System.CommandLine;
using System.Globalization;
using WireDns.RuleTools;
using WireDns.Settings;
using WireDns.Sigma.Matching;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules check</c>: prints every diagnostic of rule files, and how many rules would run.</summary>
internal static class RulesCheckCommand
{
    public static Command Create()
    {
        var paths = RulePaths.Argument();
        var lints = new Option<string[]>("--no-lint")
        {
            Description = "A lint that is not reported, by its id. May be given several times.",
            HelpName = "ID",
            AllowMultipleArgumentsPerToken = false,
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object: the diagnostics, and how many rules are covered how." };
        var strict = new Option<bool>("--strict") { Description = "Fail on warnings too." };
        lints.AcceptOnlyFromAmong([.. RuleLinter.Ids]);
        var command = new Command("check", "Load rules, print every diagnostic, and say how many would run.") { paths };
        var flags = new SettingFlags(command);
        flags.Add(RuleSettings.Loading);
        flags.Add(PrivacySettings.All);
        command.Add(lints);
        command.Add(json);
        command.Add(strict);
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var catalog = RuleCatalog.Load(arguments.GetValue(paths) ?? [], settings.Rules.Load(takesAll: true), (arguments.GetValue(lints) ?? []).ToHashSet(StringComparer.Ordinal));
            if (arguments.GetValue(json))
            {
                StandardOutput.Json(writer => CatalogJson.WriteCheck(writer, catalog));
            }
            else
            {
                StandardOutput.Report(isColoured: false, writer => Write(writer, catalog, isPrivate: settings.Privacy.How is not null));
            }

            return catalog.Errors > 0 || (arguments.GetValue(strict) && catalog.Diagnostics.Count > 0) ? ExitStatus.Usage : ExitStatus.Done;
        });
        return command;
    }

    private static void Write(ReportWriter writer, RuleCatalog catalog, bool isPrivate)
    {
        foreach (var diagnostic in catalog.Diagnostics)
        {
            writer.Line(diagnostic.ToString());
            foreach (var line in MarkedLine.Of(diagnostic))
            {
                writer.Line(line);
            }
        }

        foreach (var entry in catalog.Entries.Where(entry => entry.Document is not null && entry.Coverage != CatalogCoverage.Full))
        {
            var place = entry.Rule is null ? string.Create(CultureInfo.InvariantCulture, $":{entry.Line}") : "";
            writer.Line($"{entry.File}{place}: {(entry.Runs ? "runs with a caveat" : "does not run")}: {entry.Reason}");
        }

        foreach (var entry in isPrivate ? catalog.Entries.Where(entry => entry.Runs) : [])
        {
            if (entry.Rule is { } rule && rule.FieldNames.FirstOrDefault(name => FieldWords.IsOfAnEnd(name, rule.LogSource)) is { } field)
            {
                writer.Line($"{entry.File}: matches the true addresses ({field}) under --client-privacy: its alerts show neither the address nor the rule's value, but who knows the rule knows it");
            }
        }

        var correlations = catalog.Entries.Where(entry => entry.Correlation is not null).ToList();
        if (correlations.Count + catalog.FilterCount > 0)
        {
            writer.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{correlations.Count(entry => entry.Runs)} of {correlations.Count} correlations that loaded would run; {catalog.FilterCount} filters apply"));
        }

        var rules = catalog.Entries.Where(entry => entry.Rule is not null).ToList();
        writer.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{rules.Count(entry => entry.Runs)} of {rules.Count} rules that loaded would run; {Count(catalog.Errors, "error")}, {Count(catalog.Diagnostics.Count - catalog.Errors, "warning")}"));
        if (catalog.Entries.Count(entry => entry is { Runs: true, IsSetAside: true }) is > 0 and var aside)
        {
            writer.Line(string.Create(CultureInfo.InvariantCulture, $"{aside} of them deprecated or unsupported: read and live leave them out unless --status asks for them"));
        }
    }

    private static string Count(int number, string word) => string.Create(CultureInfo.InvariantCulture, $"{number} {word}{(number == 1 ? "" : "s")}");
}
