using System.Security.Cryptography;
using System.Text;
using WireDns.Detection.Rules;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Sharding;

/// <summary>The hash of all that decides what is found in a capture: rules, lists, and every setting but those about how and where.</summary>
internal static class ResultFingerprint
{
    private const int Length = 16; // of 64 hexadecimal digits: enough for names that nobody forges

    // They change how a run goes and what it says, and none of its results.
    private static readonly HashSet<string> WithoutEffect = new(StringComparer.Ordinal)
    {
        "include", "no-recursion", "manifest", "shard", "results", "quiet", "progress", "jobs", "output", "queue", "spool", "color", "verbose", "strict", "syslog-facility",
        "syslog-max-length",
    };

    /// <summary>Computes it.</summary>
    /// <param name="settings">The settings of the run.</param>
    /// <param name="known">The settings that the command has.</param>
    /// <param name="rules">The rules as they were loaded.</param>
    /// <exception cref="CommandFailure">A file cannot be read again, or is a pipe.</exception>
    public static string Of(SensorSettings settings, IEnumerable<Setting> known, LoadedRules rules)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var setting in known.Where(setting => !WithoutEffect.Contains(setting.Name)).OrderBy(setting => setting.Name, StringComparer.Ordinal))
        {
            Append(hash, setting.Name);
            foreach (var text in setting.Texts(settings))
            {
                Append(hash, text);
            }
        }

        foreach (var target in settings.Output.LogTargets)
        {
            Append(hash, target[OutputTarget.Parse(target).Address.Length..]);
        }

        foreach (var file in FilesOf(settings, rules))
        {
            Append(hash, file);
            hash.AppendData(ContentOf(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Length];
    }

    private static IEnumerable<string> FilesOf(SensorSettings settings, LoadedRules rules)
    {
        var ruleFiles = rules.Verdicts.Select(verdict => verdict.Rule.File).Concat(rules.CorrelationVerdicts.Select(verdict => verdict.Correlation.Rule.File))
            .Concat(rules.Filters.Select(filter => filter.File));
        string?[] others =
        [
            .. settings.Rules.Placeholders.Select(placeholder => placeholder.File), .. settings.Rules.Intel.Sources.SelectMany(source => source.Find()), .. settings.Rules.Mappings,
            settings.Noise.SilenceFile, settings.Decoding.EncryptedDnsResolverFile, settings.Privacy.KeyFile,
        ];
        return ruleFiles.Distinct(StringComparer.Ordinal).Concat(others.OfType<string>());
    }

    private static byte[] ContentOf(string file)
    {
        try
        {
            // A pipe has no length, and nothing a second time.
            using var content = new FileInfo(file).Length > 0
                ? File.OpenRead(file)
                : throw new CommandFailure(ExitStatus.Usage, $"{file}: results are named by what is in their rules and lists: a file that is not empty was expected, and no pipe");
            return SHA256.HashData(content);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(file, exception);
        }
    }

    private static void Append(IncrementalHash hash, string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData([0]);
    }
}
