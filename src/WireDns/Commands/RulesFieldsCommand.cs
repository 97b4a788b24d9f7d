using System.CommandLine;
using WireDns.Detection.Rules;
using WireDns.RuleTools;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules fields</c>: lists the fields that a rule about DNS can name.</summary>
internal static class RulesFieldsCommand
{
    public static Command Create()
    {
        var search = new Argument<string?>("TEXT")
        {
            Description = "Only fields whose names or meaning have this text.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var format = new Option<string>("--format", "-f")
        {
            Description = "text: for people; json: a line for each field.",
            HelpName = "text|json",
            DefaultValueFactory = _ => "text",
        };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Show the names that other products use, and every word of a closed set." };
        format.AcceptOnlyFromAmong("text", "json");
        var command = new Command("fields", "List the fields that a rule can name: meaning, type, in which messages, an example.") { search, format, verbose };
        var flags = new SettingFlags(command);
        flags.Add(OutputSettings.Colour("the list"));
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var text = arguments.GetValue(search) ?? "";
            List<FieldDescription> fields = [.. FieldGuide.All.Where(field => FieldListing.IsAbout(field, text))];
            if (fields.Count == 0)
            {
                throw new CommandFailure(ExitStatus.Usage, $"no field has '{text}' in its names or its meaning; a field that is not listed is not on the wire");
            }

            if (arguments.GetValue(format) == "json")
            {
                StandardOutput.JsonLines(fields, FieldListing.Write);
            }
            else
            {
                StandardOutput.Report(settings.Output.Colouring.IsColoured(), writer => FieldListing.Write(writer, fields, arguments.GetValue(verbose)));
            }

            return ExitStatus.Done;
        });
        return command;
    }
}
