using System.Collections;
using System.Text.RegularExpressions;
using WireDns.Settings;
using WireDns.Sigma;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.Configuration;

/// <summary>
/// Settings from environment variables: WIREDNS_TCP_MEMORY is tcp-memory. A text that begins with [ is a YAML list, any other is one value.
/// </summary>
internal static partial class EnvironmentVariables
{
    private const string Prefix = "WIREDNS_";

    /// <summary>The variable of a setting.</summary>
    public static string NameOf(Setting setting) => Prefix + setting.Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>Reads the variables of this process. One that is unknown is named on stderr and has no effect: the environment belongs to others too.</summary>
    /// <param name="known">The settings that there are.</param>
    /// <exception cref="CommandFailure">A value is wrong.</exception>
    public static IReadOnlyList<GivenSetting> Read(IReadOnlyList<Setting> known) =>
        Read(
            Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => ((string)entry.Key, (string?)entry.Value ?? "")),
            known, line => StandardError.Write($"wiredns: {line}"));

    /// <summary>Reads variables.</summary>
    /// <param name="variables">Names and values of all variables.</param>
    /// <param name="known">The settings that there are.</param>
    /// <param name="say">Takes a line about a variable that has no effect.</param>
    /// <exception cref="CommandFailure">A value is wrong.</exception>
    public static IReadOnlyList<GivenSetting> Read(IEnumerable<(string Name, string Value)> variables, IReadOnlyList<Setting> known, Action<string> say)
    {
        var settings = known.ToDictionary(NameOf, StringComparer.Ordinal);
        var given = new List<GivenSetting>();
        foreach (var (name, value) in variables.Where(variable => variable.Name.StartsWith(Prefix, StringComparison.Ordinal)).OrderBy(variable => variable.Name, StringComparer.Ordinal))
        {
            // Kubernetes tells every container of a service that is called wiredns its address, in variables with these names.
            if (ServiceVariable().IsMatch(name) && (name != Prefix + "PORT" || value.Contains("://", StringComparison.Ordinal)))
            {
                continue;
            }

            if (settings.TryGetValue(name, out var setting))
            {
                given.Add(new GivenSetting(setting, Texts(setting, name, value), name));
                continue;
            }

            var suggestion = Spelling.Suggest(name, settings.Keys);
            say($"{name} is no setting and has no effect{(suggestion is null ? "" : $"; {suggestion}")}");
        }

        return given;
    }

    private static IReadOnlyList<string> Texts(Setting setting, string name, string value)
    {
        var node = value.StartsWith('[') && setting.Kind == SettingKind.Values ? YamlReader.Read(name, value, out var diagnostics) switch
        {
            _ when diagnostics.Count > 0 => throw new CommandFailure(ExitStatus.Usage, $"{name} takes a value or a list as [a, b]: {diagnostics[0].Message}"),
            [var only] => only,
            _ => throw new CommandFailure(ExitStatus.Usage, $"{name} takes a value or a list as [a, b]"),
        } : null;
        var texts = node is null ? [value] : ConfigurationFile.Texts(setting, node, (_, fault) => throw new CommandFailure(ExitStatus.Usage, $"{name} {fault}"))!;
        var settings = new SensorSettings();
        return setting.Read(ref settings, texts) is { } fault ? throw new CommandFailure(ExitStatus.Usage, $"{name} {fault}") : texts;
    }

    [GeneratedRegex(@"^WIREDNS_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$")]
    private static partial Regex ServiceVariable();
}
