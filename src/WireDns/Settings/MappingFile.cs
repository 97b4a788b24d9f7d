using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>Reads the files that map an organisation's own log sources and field names.</summary>
internal static class MappingFile
{
    /// <summary>The mappings of all files, sorted by priority and then in the order given.</summary>
    /// <exception cref="CommandFailure">A file cannot be read or is not a mapping; every problem is reported on its own line on stderr.</exception>
    public static RuleMapping Load(IReadOnlyList<string> files)
    {
        var results = files.Select(Read).ToList();
        foreach (var diagnostic in results.SelectMany(result => result.Diagnostics))
        {
            StandardError.Write(diagnostic.ToString());
        }

        var broken = results.FindIndex(result => result.Mapping is null);
        return broken >= 0
            ? throw new CommandFailure(ExitStatus.Usage, $"{files[broken]}: the mapping cannot be used") { FirstFault = results[broken].Diagnostics.Count > 0 ? results[broken].Diagnostics[0].ToString() : null }
            : results.OrderBy(result => result.Priority).Aggregate(RuleMapping.None, (all, result) => all.Then(result.Mapping!));
    }

    private static MappingResult Read(string file)
    {
        try
        {
            return RuleMappingReader.Read(file, File.ReadAllBytes(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(file, exception);
        }
    }
}
