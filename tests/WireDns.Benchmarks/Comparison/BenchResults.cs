using System.Text;
using System.Text.Json;

namespace WireDns.Benchmarks.Comparison;

/// <summary>Writes what was measured into the folder of the results: as JSON, every run of it, and as Markdown to be read.</summary>
internal sealed class BenchResults(string folder, MachineDescription machine)
{
    /// <summary>Writes NAME.json and NAME.md; returns the Markdown.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="results">Every run.</param>
    /// <param name="table">The tables.</param>
    public string Write(string name, IEnumerable<PeerResult> results, string table)
    {
        PeerResult[] all = [.. results];
        var markdown = $"{machine.ToMarkdown()}\n\n{table}\n{Commands(all)}";
        File.WriteAllText(Path.Combine(folder, name + ".md"), markdown);
        using var file = File.Create(Path.Combine(folder, name + ".json"));
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        machine.Write(json);
        json.WriteStartArray("results");
        foreach (var result in all)
        {
            Write(json, result);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        return markdown;
    }

    private static void Write(Utf8JsonWriter json, PeerResult result)
    {
        json.WriteStartObject();
        json.WriteString("program", result.Peer.Name);
        json.WriteString("version", result.Peer.Version);
        json.WriteString("capture", result.Capture.Name);
        json.WriteString("command", result.Peer.CommandFor(result.Capture.Path));
        if (result.Peer.Missing is { } missing)
        {
            json.WriteString("not_run", missing);
        }

        if (result.Hits is { } hits)
        {
            json.WriteNumber("found", hits.Found);
            json.WriteNumber("others", hits.Others);
            json.WriteNumber("planted", result.Capture.Planted);
        }

        json.WriteStartArray("runs");
        foreach (var run in result.Runs)
        {
            json.WriteStartObject();
            json.WriteNumber("seconds", run.Seconds);
            json.WriteNumber("user_seconds", run.UserSeconds);
            json.WriteNumber("system_seconds", run.SystemSeconds);
            if (run.PeakKibibytes is { } peak)
            {
                json.WriteNumber("peak_kib", peak);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // What each program was, and how it was called: the same for every capture but the file's name.
    private static string Commands(IEnumerable<PeerResult> results)
    {
        var text = new StringBuilder("| program | version | command |\n|---|---|---|\n");
        foreach (var peer in results.Select(result => result.Peer).Distinct())
        {
            var command = peer.Missing is { } missing ? missing : $"`{Shorten(peer.Command)}`";
            text.Append($"| {Escape(peer.Name)} | {Escape(peer.Version)} | {Escape(command)} |\n");
        }

        return text.ToString();
    }

    private static string Escape(string text) => text.Replace("|", @"\|", StringComparison.Ordinal);

    // As one would type it from here, without the 22 domains.
    private static string Shorten(string command)
    {
        command = command.Replace(Directory.GetCurrentDirectory() + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        var domains = TestTraffic.Generation.WatchedDomains.All;
        foreach (var dot in (string[])[".", "[.]"])
        {
            var last = domains[^1].Replace(".", dot, StringComparison.Ordinal);
            var first = command.IndexOf(domains[1].Replace(".", dot, StringComparison.Ordinal), StringComparison.Ordinal);
            var end = command.IndexOf(last, StringComparison.Ordinal);
            command = first < 0 || end < first ? command : $"{command[..first]}…{command[(end + last.Length)..]}";
        }

        return command;
    }
}
