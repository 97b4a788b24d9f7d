using System.CommandLine;
using System.CommandLine.Parsing;

namespace WireDns.Settings;

/// <summary>The settings that a command takes as flags: the one place where a command line becomes <see cref="SensorSettings"/>.</summary>
/// <param name="command">The command, whose help shows the flags in the order in which they are added.</param>
internal sealed class SettingFlags(Command command)
{
    private readonly List<(Setting Setting, Option Option)> _flags = [];

    /// <summary>Adds settings to the command.</summary>
    public void Add(params IEnumerable<Setting> settings)
    {
        foreach (var setting in settings)
        {
            var option = Flag(setting);
            _flags.Add((setting, option));
            command.Add(option);
        }
    }

    /// <summary>The settings that the arguments give; what they do not name has its default. The arguments have been parsed without an error.</summary>
    public SensorSettings Read(ParseResult arguments)
    {
        var settings = new SensorSettings();
        foreach (var (setting, option) in _flags)
        {
            if (arguments.GetResult(option) is { Implicit: false } given && setting.Read(ref settings, Texts(setting, given)) is { } fault)
            {
                throw new InvalidOperationException($"--{setting.Name} {fault} Its flag should have refused it.");
            }
        }

        return settings;
    }

    /// <summary>
    /// Refuses for an option of one command, which is no setting, what is outside of a range, and what is no number. (A validator may not ask the
    /// parser for a value that is none.)
    /// </summary>
    public static void RequireNumber(Option option, long least, long largest) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            if (Setting.CheckNumber(token.Value, least, largest) is { } fault)
            {
                result.AddError($"{option.Name} {fault}");
            }
        }
    });

    private static Option Flag(Setting setting)
    {
        string[] usual = [.. setting.Texts(new SensorSettings())];
        var (name, aliases) = ($"--{setting.Name}", setting.Aliases.ToArray());
        Option option = setting.Kind switch
        {
            SettingKind.Switch => new Option<bool>(name, aliases),
            SettingKind.Value => new Option<string>(name, aliases) { DefaultValueFactory = usual.Length == 0 ? null : _ => usual[0] },
            _ => new Option<string[]>(name, aliases) { DefaultValueFactory = usual.Length == 0 ? null : _ => usual },
        };
        option.Description = setting.Description;
        option.HelpName = setting.ValueName;
        option.Required = setting.IsRequired;
        if (setting.Words.Count + setting.Suggestions.Count > 0)
        {
            option.CompletionSources.Add([.. setting.Words, .. setting.Suggestions]);
        }

        option.Validators.Add(result => Check(setting, result));
        return option;
    }

    private static void Check(Setting setting, OptionResult result)
    {
        var settings = new SensorSettings();
        if (setting.Kind != SettingKind.Switch && result.Tokens.Count > 0 && setting.Read(ref settings, Texts(setting, result)) is { } fault)
        {
            // A word that is not known is said of the spelling that was used.
            var name = setting.Words.Count > 0 ? result.IdentifierToken?.Value : null;
            result.AddError($"{name ?? result.Option.Name} {fault}");
        }
    }

    private static string[] Texts(Setting setting, OptionResult result) =>
        setting.Kind == SettingKind.Switch && result.Tokens.Count == 0 ? ["true"] : [.. result.Tokens.Select(token => token.Value)];
}
