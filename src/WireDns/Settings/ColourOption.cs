using System.CommandLine;
using WireDns.Alerts.Formats;

namespace WireDns.Settings;

/// <summary>Whether a report on standard output is coloured.</summary>
internal sealed class ColourOption
{
    private readonly Option<string> _colour = new("--color", "--colour")
    {
        Description = "Colour the report: auto (on a terminal, unless NO_COLOR is set), always or never.",
        HelpName = "auto|always|never",
        DefaultValueFactory = _ => "auto",
    };

    public ColourOption() => _colour.AcceptOnlyFromAmong("auto", "always", "never");

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command) => command.Add(_colour);

    /// <summary>Whether to colour, as the option, the terminal and <c>NO_COLOR</c> (https://no-color.org) say.</summary>
    public bool IsColoured(ParseResult arguments) => arguments.GetValue(_colour) switch
    {
        "always" => true,
        "never" => false,
        _ => !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
    };
}
