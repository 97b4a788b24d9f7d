using System.CommandLine;
using WireDns.Capture.Live;
using WireDns.Sensor;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns interfaces</c>: lists what can be captured from, and why something cannot.</summary>
internal static class InterfacesCommand
{
    public static Command Create()
    {
        var command = new Command("interfaces", "List the network interfaces, and say why one cannot be opened.");
        command.SetAction(_ =>
        {
            foreach (var entry in LiveFailures.Turn(CaptureInterfaces.List))
            {
                Console.Out.WriteLine(Printable.Text(Describe(entry)));
            }

            return ExitStatus.Done;
        });
        return command;
    }

    private static string Describe(LiveInterface entry)
    {
        var state = entry switch
        {
            { Problem: { } problem } => $"cannot be opened: {problem}",
            { IsUp: false } => "down",
            { IsRunning: false, IsLoopback: false } => "up, no link",
            _ => "up",
        };
        string?[] notes = [.. entry.Addresses, entry.Description.Length == 0 ? null : $"({entry.Description})"];
        return $"{entry.Name,-16} {state,-12} {string.Join(' ', notes.Where(note => note is not null))}".TrimEnd();
    }
}
