using System.CommandLine;
using WireDns.RuleTools;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules show</c>: shows a person everything known about one rule.</summary>
internal static class RulesShowCommand
{
    // With more candidates than this, the name is a search rather than a choice.
    private const int MaximumCandidates = 20;

    public static Command Create()
    {
        var name = new Argument<string>("RULE") { Description = "A rule file; or, among the rules of -r, an id or its beginning, a file name, a title or a part of one." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Show every value of every list." };
        var command = new Command("show", "Show a rule: what it looks for in words, on which log, how far the wire serves it, and what it is about.")
        {
            name,
        };
        var flags = new SettingFlags(command);
        flags.Add(RulePaths.Lookup);
        command.Add(verbose);
        flags.Add(RuleSettings.Loading);
        flags.Add(OutputSettings.Colour("the report"));
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var values = settings.Rules.Load(takesAll: true);
            var catalog = settings.Rules.Paths is { Count: > 0 } paths ? RuleCatalog.Load(paths, values) : null;
            var found = RulePaths.Find(arguments.GetValue(name)!, catalog, values);
            if (found.Count > 1 && !File.Exists(arguments.GetValue(name)))
            {
                RefuseChoice(arguments.GetValue(name)!, found);
            }

            StandardOutput.Report(settings.Output.Colouring.IsColoured(), writer =>
            {
                var card = new RuleCard(writer, catalog, arguments.GetValue(verbose));
                for (var i = 0; i < found.Count; i++)
                {
                    if (i > 0)
                    {
                        writer.Line();
                        writer.Line();
                    }

                    if (found[i].Document is null)
                    {
                        card.WriteRejected(found[i]);
                    }
                    else
                    {
                        card.Write(found[i]);
                    }
                }
            });
            return found.Any(entry => entry.Document is null) ? ExitStatus.Usage : ExitStatus.Done;
        });
        return command;
    }

    private static void RefuseChoice(string name, IReadOnlyList<CatalogEntry> found)
    {
        foreach (var entry in found.Take(MaximumCandidates))
        {
            StandardError.Write($"{entry.Id ?? "-"}  {entry.Name}  ({entry.File})");
        }

        throw new CommandFailure(ExitStatus.Usage, $"'{name}' is the name of {found.Count} rules; give the id of one");
    }
}
