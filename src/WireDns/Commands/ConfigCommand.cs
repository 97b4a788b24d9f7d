using System.CommandLine;
using System.Globalization;
using WireDns.Configuration;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns config</c>: checks, shows and describes the configuration of <c>live</c>.</summary>
internal static class ConfigCommand
{
    public static Command Create() => new("config", "Check, show and describe the configuration of 'wiredns live'.")
    {
        WithSources("check", "Check all that live would read before it opens an interface or a target: the configuration, rules, lists and targets.", Check),
        WithSources("show", "Print the settings in effect as YAML, and where each comes from. Takes the flags of live.", Show),
        Plain("schema", "Print a JSON Schema of the configuration file, for editors.", () => StandardOutput.Json(json => ConfigurationSchema.Write(json, LiveCommand.Settings))),
        Plain("example", "Print a configuration file with every setting, its description and its default.",
            () => StandardOutput.Report(isColoured: false, writer => ConfigurationText.WriteExample(writer, LiveCommand.Topics))),
    };

    private static Command WithSources(string name, string description, Action<EffectiveSettings> run)
    {
        var command = new Command(name, description);
        var sources = new SettingSources(command, LiveCommand.Settings);
        command.SetAction(arguments =>
        {
            run(sources.Read(arguments));
            return ExitStatus.Done;
        });
        return command;
    }

    private static Command Plain(string name, string description, Action run)
    {
        var command = new Command(name, description);
        command.SetAction(_ =>
        {
            run();
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Check(EffectiveSettings effective)
    {
        var settings = effective.Settings;
        LiveCommand.Require(settings);
        var rules = RunRules.Load(settings.Rules);
        settings.Decoding.Load();
        settings.Noise.Check();
        settings.Output.CheckTargets();
        var (sets, runs) = (effective.Sources.Count, rules.Compiled.Count + rules.Correlations.Count);
        StandardOutput.Report(isColoured: false, writer => writer.Line(string.Create(CultureInfo.InvariantCulture,
            $"{sets:N0} {(sets == 1 ? "setting is" : "settings are")} given, {runs:N0} {(runs == 1 ? "rule runs" : "rules run")}, "
                + $"{settings.Output.Targets.Count:N0} {(settings.Output.Targets.Count == 1 ? "target" : "targets")}: no fault was found")));
    }

    private static void Show(EffectiveSettings effective) =>
        StandardOutput.Report(isColoured: false, writer => ConfigurationText.WriteEffective(writer, LiveCommand.Settings, effective));
}
