using System.CommandLine;
using System.CommandLine.Parsing;

namespace WireDns.Settings;

/// <summary>The settings that a command accepts as flags. This is the only place that reads settings from a command line.</summary>
/// <param name="command">The command. Its help shows the flags in the order in which they were added.</param>
internal sealed class SettingFlags(Command command)
{
    private static readonly SensorSettings Defaults = new();

    private readonly List<(Setting Setting, Option Option)> _flags = [];

    /// <summary>Adds a flag for each setting to the command.</summary>
    public void Add(params IEnumerable<Setting> settings)
    {
        foreach (var setting in settings)
        {
            var option = Flag(setting);
            _flags.Add((setting, option));
            command.Add(option);
        }
    }

    /// <summary>The settings given by the arguments, with defaults for all others. The arguments must have been parsed without errors.</summary>
    public SensorSettings Read(ParseResult arguments)
    {
        var settings = Defaults;
        foreach (var (setting, texts, source) in Given(arguments))
        {
            if (setting.Read(ref settings, texts) is { } fault)
            {
                throw new InvalidOperationException($"{source} {fault} Its flag should have refused it.");
            }
        }

        return settings;
    }

    /// <summary>The settings that the arguments give, without defaults. The arguments must have been parsed without errors.</summary>
    public IEnumerable<GivenSetting> Given(ParseResult arguments)
    {
        foreach (var (setting, option) in _flags)
        {
            if (arguments.GetResult(option) is { Implicit: false } given)
            {
                yield return new GivenSetting(setting, Texts(setting, given), $"--{setting.Name}");
            }
        }
    }

    /// <summary>
    /// For an option of a single command that is not a setting: rejects a value that is not a number or is out of range. (A validator must not ask
    /// the parser for the value, because that fails if it is not a number.)
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
        string[] usual = [.. setting.Texts(Defaults)];
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
        var settings = Defaults;
        if (setting.Kind != SettingKind.Switch && result.Tokens.Count > 0 && setting.Read(ref settings, Texts(setting, result)) is { } fault)
        {
            // An error about an unknown word names the flag in the spelling that the user chose.
            var name = setting.Words.Count > 0 ? result.IdentifierToken?.Value : null;
            result.AddError($"{name ?? result.Option.Name} {fault}");
        }
    }

    private static string[] Texts(Setting setting, OptionResult result) =>
        setting.Kind == SettingKind.Switch && result.Tokens.Count == 0 ? ["true"] : [.. result.Tokens.Select(token => token.Value)];
}
