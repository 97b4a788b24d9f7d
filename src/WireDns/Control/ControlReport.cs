using System.Globalization;
using System.Text.Json;
using WireDns.Terminal;

namespace WireDns.Control;

/// <summary>Answers of a sensor for people. Members that an older or newer sensor does not have are left out.</summary>
internal static class ControlReport
{
    /// <summary>Writes the answer of a command.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="command">The command.</param>
    /// <param name="answer">The whole answer.</param>
    public static void Write(ReportWriter writer, string command, JsonElement answer)
    {
        var result = answer.GetProperty("result"u8);
        switch (command)
        {
            case "status":
                WriteStatus(writer, answer, result);
                break;
            case "rules":
                WriteRules(writer, result);
                break;
            case "interfaces":
                WriteInterfaces(writer, result);
                break;
            case "silence":
                WriteSilences(writer, result);
                break;
            case "counters":
                WriteMembers(writer, result.GetProperty("counters"u8).GetProperty("ledger"u8), "");
                break;
            case "reload":
                writer.Line(Text(result, "outcome"));
                break;
            case "reopen":
                writer.Line("the files begin anew");
                break;
            default:
                WriteMembers(writer, result, "");
                break;
        }
    }

    private static void WriteStatus(ReportWriter writer, JsonElement answer, JsonElement result)
    {
        var uptime = TimeSpan.FromSeconds(result.GetProperty("uptime_seconds"u8).GetDouble());
        writer.Line(new Part($"wiredns {Text(answer, "version")}", Style.Title), string.Create(
            CultureInfo.InvariantCulture, $", process {Text(result, "process")}, up {(uptime.Days > 0 ? $"{uptime.Days} d " : "")}{uptime:hh\\:mm\\:ss}; figures of {Text(result, "time")}"));
        var faults = Items(result, "faults").ToList();
        writer.Label("ready", faults.Count == 0 ? new Part("yes", Style.Good) : new Part($"no: {string.Join("; ", faults.Select(fault => fault.ToString()))}", Style.Fault));
        foreach (var one in Items(result, "interfaces"))
        {
            writer.Label(Text(one, "name"), State(one), $"; {Number(one, "packets")} packets, {Number(one, "dns_packets")} with DNS, {Number(one, "dropped_by_kernel")} dropped");
        }

        foreach (var part in new[] { "mirror", "correlation" })
        {
            if (result.TryGetProperty(part, out var state))
            {
                writer.Label(part, State(state));
            }
        }

        if (result.TryGetProperty("canary"u8, out var canary))
        {
            WriteCanary(writer, canary);
        }

        writer.Label("rules", Number(result, "rules"));
        if (result.TryGetProperty("reload"u8, out var reload) && reload.ValueKind == JsonValueKind.Object)
        {
            writer.Label("reloads", $"{Number(reload, "done")} done, {Number(reload, "refused")} refused{(Text(reload, "last") is { Length: > 0 } last ? $"; the last one: {last}" : "")}");
        }

        writer.Label("packets", $"{Number(result, "packets")}, {Number(result, "dns_packets")} with DNS");
        writer.Label("alerts", $"{Number(result, "alerts")}, {Number(result, "held_back")} held back");
        foreach (var target in Items(result, "targets"))
        {
            var trouble = target.TryGetProperty("trouble_seconds"u8, out var seconds) ? seconds.GetDouble() : 0;
            writer.Label("target", $"{Text(target, "name")}: {Number(target, "delivered")} {Text(target, "items")} delivered, {Number(target, "waiting")} waiting, {Number(target, "lost")} lost",
                trouble > 0 ? new Part(string.Create(CultureInfo.InvariantCulture, $"; nothing has got through for {trouble:0} s"), Style.Fault) : "");
        }

        writer.Label("events", Number(result, "events"));
    }

    private static void WriteCanary(ReportWriter writer, JsonElement canary)
    {
        if (canary.ValueKind != JsonValueKind.Object)
        {
            writer.Label("canary", new Part("off: no --canary-zone", Style.Faint));
            return;
        }

        if (Text(canary, "periodic") == bool.TrueString)
        {
            var resolver = Text(canary, "resolver") is { Length: > 0 } address ? address : "the system's resolver";
            writer.Label("canary", State(canary), $"; one every {Number(canary, "interval_seconds")} s to {resolver}; {Number(canary, "sent")} sent, {Number(canary, "matched")} matched");
        }
        else
        {
            writer.Label("canary", $"not sent by this sensor (no --canary-interval); {Number(canary, "matched")} matched");
        }

        if (!canary.TryGetProperty("last"u8, out var last) || last.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var stage = Text(last, "stage");
        string?[] facts =
        [
            Text(last, "sent") is { Length: > 0 } sent ? $"sent {sent}" : null,
            Text(last, "answer") is { Length: > 0 } answer ? answer : null,
            Text(last, "seen") is { Length: > 0 } seen ? $"seen on {Text(last, "interface")} {seen}" : null,
            last.TryGetProperty("matched_ms"u8, out _) ? $"matched {Text(last, "matched_ms")} ms after its packet" : null,
        ];
        writer.Label(
            "", new Part($"{stage.Replace('_', ' ')}: ", stage switch { "delivered" => Style.Good, "waiting" => Style.Faint, _ => Style.Fault }), string.Join(", ", facts.OfType<string>()));
        foreach (var sink in Items(last, "sinks"))
        {
            var time = Text(sink, "ended_ms") is { Length: > 0 } ended ? $" within {ended} ms" : "";
            var trouble = Text(sink, "trouble") is { Length: > 0 } words ? $": {words}" : "";
            writer.Label("", $"{Text(sink, "sink")}: ", Text(sink, "outcome") switch
            {
                "delivered" => new Part($"delivered{time}", Style.Good),
                "not_for_it" => new Part("takes no alerts", Style.Faint),
                var outcome => new Part($"{outcome}{time}{trouble}", Style.Fault),
            });
        }
    }

    private static void WriteInterfaces(ReportWriter writer, JsonElement result)
    {
        foreach (var one in Items(result, "interfaces"))
        {
            writer.Line(
                new Part(Text(one, "name").PadRight(16), Style.Value), State(one), $" since {Text(one, "since")}; {Number(one, "packets")} packets, {Number(one, "dns_packets")} with DNS; dropped by "
                    + $"kernel {Number(one, "dropped_by_kernel")}, by interface {Number(one, "dropped_by_interface")}{IfAny(one, "late_packets", " late")}{IfAny(one, "interruptions", " times gone or without a link")}");
        }
    }

    private static void WriteRules(ReportWriter writer, JsonElement result)
    {
        var count = 0;
        writer.Line(new Part($"{"LEVEL",-14}{"ALERTS",10}  {"ID",-38}TITLE  FILE", Style.Faint));
        foreach (var rule in Items(result, "rules"))
        {
            count++;
            writer.Line($"{Text(rule, "level"),-14}{Number(rule, "alerts"),10}  {(Text(rule, "id") is { Length: > 0 } id ? id : "-"),-38}{Text(rule, "title")}  ", new Part(Text(rule, "file"), Style.Faint));
        }

        writer.Line(new Part(string.Create(CultureInfo.InvariantCulture, $"{count:N0} rules run, {Number(result, "not_running")} do not, {Number(result, "errors")} errors in their files"), Style.Faint));
    }

    private static void WriteSilences(ReportWriter writer, JsonElement result)
    {
        var count = 0;
        foreach (var silence in Items(result, "silences"))
        {
            count++;
            string[] parts = ["rule", "client", "name"];
            var covers = string.Join(", ", parts.Where(part => Text(silence, part).Length > 0).Select(part => $"{part} {Text(silence, part)}"));
            writer.Line(new Part(Text(silence, "id"), Style.Value), $"  {covers}; until {Text(silence, "until")}; {Number(silence, "hits")} alerts: {Text(silence, "reason")}");
        }

        writer.Line(new Part(string.Create(CultureInfo.InvariantCulture, $"{count:N0} silences"), Style.Faint));
    }

    // Counters of which there are none are left out, as in the summary.
    private static void WriteMembers(ReportWriter writer, JsonElement element, string prefix)
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = $"{prefix}{member.Name}";
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    WriteMembers(writer, member.Value, $"{name}.");
                    break;
                case JsonValueKind.Array:
                    foreach (var (index, item) in member.Value.EnumerateArray().Index())
                    {
                        if (item.ValueKind == JsonValueKind.Object)
                        {
                            WriteMembers(writer, item, $"{name}.{(Text(item, "name") is { Length: > 0 } known ? known : index.ToString(CultureInfo.InvariantCulture))}.");
                        }
                        else
                        {
                            writer.Line($"{name,-50} {item}");
                        }
                    }

                    break;
                case JsonValueKind.Number when member.Value.TryGetInt64(out var number) && number == 0:
                    break;
                default:
                    writer.Line($"{name,-50} {member.Value}");
                    break;
            }
        }
    }

    private static Part State(JsonElement part) => Text(part, "state") is "ok"
        ? new Part("ok", Style.Good)
        : new Part($"{Text(part, "state")}{(Text(part, "reason") is { Length: > 0 } reason ? $": {reason}" : "")}", Style.Fault);

    // What hardly ever happens is not said where it did not.
    private static string IfAny(JsonElement element, string name, string words) =>
        element.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) && number > 0 ? $"; {Number(element, name)}{words}" : "";

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : default;

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : "";

    private static string Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number.ToString("N0", CultureInfo.InvariantCulture) : "?";
}
