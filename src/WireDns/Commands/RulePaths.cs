using System.CommandLine;
using WireDns.Detection.Rules;
using WireDns.RuleTools;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary>How the commands about rules are told which rules they are about.</summary>
internal static class RulePaths
{
    /// <summary>Rule files and folders, as arguments.</summary>
    public static Argument<string[]> Argument() =>
        PathArgument.Create("PATH", "Rule files, or folders whose .yml and .yaml files are read, subfolders included.");

    /// <summary>Where a rule that is named by its id or title is looked for.</summary>
    public static Setting Lookup { get; } = RuleSettings.Files with
    {
        Description = "A rule file or folder in which rules are looked up by id or title. May be given several times.",
        IsRequired = false,
    };

    /// <summary>Refuses paths that stand for nothing: a list of rules would silently lack them.</summary>
    /// <exception cref="CommandFailure">A file or folder is not there, or there is no rule at all.</exception>
    public static void RequireFiles(RuleCatalog catalog)
    {
        if (catalog.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Id is "file-not-found" or "file-unreadable") is { } missing)
        {
            throw new CommandFailure(ExitStatus.Usage, $"{missing.File}: {missing.Message}");
        }

        if (catalog.Entries.Count == 0 && !catalog.IsNarrowed)
        {
            throw new CommandFailure(ExitStatus.Usage, catalog.Diagnostics.Count == 0
                ? "there is no rule"
                : $"{catalog.Diagnostics[0].File}: {catalog.Diagnostics[0].Message}");
        }
    }

    /// <summary>The rules that a name stands for (<see cref="RuleFinder"/>); at least one.</summary>
    /// <exception cref="CommandFailure">It stands for none.</exception>
    public static IReadOnlyList<CatalogEntry> Find(string name, RuleCatalog? catalog, RuleLoading loading)
    {
        var found = RuleFinder.Find(name, catalog, loading);
        return found.Count > 0 ? found : throw new CommandFailure(ExitStatus.Usage, catalog is null
            ? $"'{name}' is no rule file; to find a rule by its id or title, say where with -r"
            : $"no rule is called '{name}', and no file");
    }
}
