using System.CommandLine;

namespace WireDns.Settings;

/// <summary>Whether what goes to standard output is coloured.</summary>
internal sealed class ColourOption
{
    private readonly Option<string> _colour;

    /// <param name="what">What is coloured, as the help says it: "the report".</param>
    public ColourOption(string what)
    {
        _colour = new Option<string>("--color", "--colour")
        {
            Description = $"Colour {what}: auto (on a terminal, unless NO_COLOR is set or TERM is dumb), always or never.",
            HelpName = "auto|always|never",
            DefaultValueFactory = _ => "auto",
        };
        _colour.AcceptOnlyFromAmong("auto", "always", "never");
    }

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command) => command.Add(_colour);

    /// <summary>Whether to colour, as the option, the terminal (terminfo's "dumb" has no colours) and <c>NO_COLOR</c> (https://no-color.org) say.</summary>
    public bool IsColoured(ParseResult arguments) => arguments.GetValue(_colour) switch
    {
        "always" => true,
        "never" => false,
        _ => !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb",
    };
}
