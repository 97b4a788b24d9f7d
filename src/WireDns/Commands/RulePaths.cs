using System.CommandLine;
using WireDns.Detection.Rules;
using WireDns.RuleTools;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary>How the commands about rules learn which rules are meant.</summary>
internal static class RulePaths
{
    /// <summary>The argument for rule files and folders.</summary>
    public static Argument<string[]> Argument() =>
        PathArgument.Create("PATH", "Rule files, or folders whose .yml and .yaml files are read, subfolders included.");

    /// <summary>The setting for where to look up a rule by its id or title.</summary>
    public static Setting Lookup { get; } = RuleSettings.Files with
    {
        Description = "A rule file or folder in which rules are looked up by id or title. May be given several times.",
        IsRequired = false,
    };

    /// <summary>Rejects paths that yield no rules; otherwise a list of rules would silently lack them.</summary>
    /// <exception cref="CommandFailure">A file or folder does not exist, or there are no rules at all.</exception>
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

    /// <summary>The rules that a name refers to (<see cref="RuleFinder"/>); at least one.</summary>
    /// <exception cref="CommandFailure">No rule has that name.</exception>
    public static IReadOnlyList<CatalogEntry> Find(string name, RuleCatalog? catalog, RuleLoading loading)
    {
        var found = RuleFinder.Find(name, catalog, loading);
        return found.Count > 0 ? found : throw new CommandFailure(ExitStatus.Usage, catalog is null
            ? $"'{name}' is no rule file; to find a rule by its id or title, say where with -r"
            : $"no rule is called '{name}', and no file");
    }
}
