using System.CommandLine;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Configuration;

/// <summary>
/// All sources of a command's settings. A flag wins over an environment variable, that over the file of --config, and that over the default; of a setting with
/// several values, all come from the same source.
/// </summary>
internal sealed class SettingSources
{
    private readonly IReadOnlyList<Setting> _known;
    private readonly SettingFlags _flags;
    private readonly Option<string> _file = new("--config")
    {
        Description = "A YAML file with settings, each under the name of its flag ('wiredns config example' prints one). A flag, or an environment variable "
            + "(WIREDNS_TCP_MEMORY for --tcp-memory), wins over it.",
        HelpName = "FILE",
    };

    /// <param name="command">The command, which gets the flags.</param>
    /// <param name="known">Its settings.</param>
    public SettingSources(Command command, IReadOnlyList<Setting> known)
    {
        _known = known;
        _flags = new SettingFlags(command);
        command.Add(_file);
        _flags.Add(known);
    }

    /// <summary>The settings in effect. The arguments must have been parsed without errors.</summary>
    /// <exception cref="CommandFailure">The file or an environment variable is wrong.</exception>
    public EffectiveSettings Read(ParseResult arguments) => Merge(
        [.. arguments.GetValue(_file) is { } file ? ConfigurationFile.Read(file, _known) : [], .. EnvironmentVariables.Read(_known), .. _flags.Given(arguments)]);

    /// <summary>Puts sources over the defaults.</summary>
    /// <param name="given">What they give; the later ones win.</param>
    public static EffectiveSettings Merge(IEnumerable<GivenSetting> given)
    {
        var settings = new SensorSettings();
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (setting, texts, source) in given)
        {
            if (setting.Read(ref settings, texts) is { } fault)
            {
                throw new CommandFailure(ExitStatus.Usage, $"{source}: {setting.Name} {fault}");
            }

            sources[setting.Name] = source;
        }

        return new EffectiveSettings(settings, sources);
    }
}

/// <summary>Settings, and where each of them comes from.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Sources">By the setting's name: --port, WIREDNS_PORT, wiredns.yml:3. Those that are not in it have their default.</param>
internal sealed record EffectiveSettings(SensorSettings Settings, IReadOnlyDictionary<string, string> Sources);
