using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Configuration;

/// <summary>Writes settings as YAML that <see cref="ConfigurationFile"/> reads.</summary>
internal static partial class ConfigurationText
{
    private const int Width = 80;

    /// <summary>An example: every setting with its description; those without which nothing runs are set, the others are comments.</summary>
    /// <param name="topics">The settings in groups, each with a title.</param>
    public static void WriteExample(ReportWriter writer, IReadOnlyList<(string Title, IReadOnlyList<Setting> Settings)> topics)
    {
        writer.Line("# Configuration of 'wiredns live --config FILE'. Each key is the name of a flag.");
        writer.Line("# Commented keys show their default, or an example where there is none.");
        writer.Line("# A flag, or an environment variable (WIREDNS_TCP_MEMORY), wins over this file.");
        foreach (var (title, settings) in topics)
        {
            writer.Line();
            writer.Line($"# ---- {title} {new string('-', Width - title.Length - 8)}");
            foreach (var setting in settings)
            {
                writer.Line();
                foreach (var line in WrappedText.Lines(setting.Description, Width - 2))
                {
                    writer.Line($"# {line}");
                }

                var usual = setting.Texts(new SensorSettings());
                var isSet = setting.Name is "interface" or "rules";
                writer.Line($"{(isSet ? "" : "#")}{setting.Name}: {Value(setting, usual.Count > 0 ? usual : setting.Example)}");
            }
        }
    }

    /// <summary>The settings in effect, each with where it comes from.</summary>
    public static void WriteEffective(ReportWriter writer, IReadOnlyList<Setting> settings, EffectiveSettings effective)
    {
        foreach (var setting in settings)
        {
            var texts = setting.Texts(effective.Settings);
            var source = effective.Sources.GetValueOrDefault(setting.Name, "default");
            writer.Line(texts.Count == 0
                ? $"# {setting.Name}: not set"
                : $"{setting.Name}: {Value(setting, [.. texts.Select(text => OutputSettings.AreTargets(setting) ? OutputTarget.WithoutSecrets(text) : text)])}  # {source}");
        }
    }

    private static string Value(Setting setting, IReadOnlyList<string> texts) =>
        setting.Kind == SettingKind.Values ? $"[{string.Join(", ", texts.Select(Scalar))}]" : Scalar(texts[0]);

    private static string Scalar(string text) => PlainScalar().IsMatch(text) ? text : Quoted(text);

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '"' or '\\' => $"\\{character}",
                < ' ' or '\x7f' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}"),
                _ => character,
            });
        }

        return quoted.Append('"').ToString();
    }

    // What every reader of YAML takes as this text, or as the number or truth value that is meant.
    [GeneratedRegex(@"^(true|false|[0-9]{1,9}|(?!(?:true|false|yes|no|on|off|null|y|n)$)[A-Za-z/][A-Za-z0-9/._+-]*)$", RegexOptions.IgnoreCase)]
    private static partial Regex PlainScalar();
}
