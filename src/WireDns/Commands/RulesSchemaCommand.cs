using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using WireDns.Alerts.Transports;
using WireDns.RuleTools;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules schema</c>: prints the JSON Schema of rules, for editors.</summary>
internal static class RulesSchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema", "Print the JSON Schema of rules about DNS, correlations and filters: editors complete and check rules with it.");
        command.SetAction(_ =>
        {
            using var output = StreamTransport.OpenStandardOutput();
            foreach (var line in Text().Split('\n'))
            {
                output.Write(Encoding.UTF8.GetBytes(line));
            }

            StandardOutput.Check(output.Flush());
            return ExitStatus.Done;
        });
        return command;
    }

    private static string Text()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            RuleSchema.Make().WriteTo(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
