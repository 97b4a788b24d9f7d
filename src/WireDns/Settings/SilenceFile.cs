using System.Globalization;
using System.Net;
using WireDns.Alerts.Noise;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>
/// A file of silences: a YAML list, each with <c>until</c>, <c>reason</c>, and at least one of <c>rule</c>, <c>client</c> and <c>name</c>. docs/alerts.md
/// describes it.
/// </summary>
internal static class SilenceFile
{
    /// <summary>The most silences: each alert is compared with all of them.</summary>
    private const int Most = 1000;

    private static readonly string[] Keys = ["until", "reason", "rule", "client", "name"];
    private static readonly string[] DateFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    /// <summary>Reads the file, and says on stderr which silences are over; these are left out.</summary>
    /// <exception cref="CommandFailure">It cannot be read, or something in it is wrong; each fault is on a line of its own on stderr.</exception>
    public static IReadOnlyList<Silence> Read(string path, TimeProvider clock)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(path, exception);
        }

        var silences = Parse(path, text, out var faults);
        if (faults.Count > 0)
        {
            foreach (var fault in faults)
            {
                StandardError.Write(fault);
            }

            throw new CommandFailure(ExitStatus.Usage, $"{path}: its silences cannot be used") { FirstFault = faults[0] };
        }

        foreach (var over in silences.Where(silence => silence.Until <= clock.GetUtcNow()))
        {
            StandardError.Write($"wiredns: {over.Place}: this silence is over and has no effect: {over.Reason}");
        }

        IReadOnlyList<Silence> inForce = [.. silences.Where(silence => silence.Until > clock.GetUtcNow())];
        StandardError.Write(string.Create(CultureInfo.InvariantCulture,
            $"wiredns: {path}: {inForce.Count:N0} {(inForce.Count == 1 ? "silence is" : "silences are")} in force"));
        return inForce;
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="path">The file's name, for places.</param>
    /// <param name="text">The text.</param>
    /// <param name="faults">Everything that is wrong, with line and column; empty if nothing is.</param>
    public static IReadOnlyList<Silence> Parse(string path, string text, out IReadOnlyList<string> faults)
    {
        var found = new List<string>();
        faults = found;
        var documents = YamlReader.Read(path, text, out var diagnostics);
        if (diagnostics.Count > 0)
        {
            found.AddRange(diagnostics.Select(diagnostic => diagnostic.ToString()));
            return [];
        }

        var silences = new List<Silence>();
        foreach (var document in documents)
        {
            if (document is not YamlList list)
            {
                if (document is not YamlScalar { IsNull: true })
                {
                    found.Add(Fault(path, document, $"expected a list of silences, found {document.Description}"));
                }

                continue;
            }

            foreach (var item in list.Items)
            {
                var before = found.Count;
                var silence = ReadSilence(path, item, found);
                if (found.Count == before && silences.Count == Most)
                {
                    found.Add(Fault(path, item, string.Create(CultureInfo.InvariantCulture, $"expected at most {Most:N0} silences")));
                    return silences;
                }

                if (found.Count == before)
                {
                    silences.Add(silence!);
                }
            }
        }

        return silences;
    }

    /// <summary>Checks what a silence is to cover, for those that are not written in a file.</summary>
    /// <param name="rule">A rule's id or title; null for all.</param>
    /// <param name="client">An address or a network; null for all.</param>
    /// <param name="name">A name; null for all.</param>
    /// <param name="network">The client, as it was read.</param>
    /// <returns>Null if all are good; otherwise what is wrong.</returns>
    public static string? Check(string? rule, string? client, string? name, out IPNetwork? network)
    {
        network = null;
        if (rule?.Length == 0)
        {
            return "rule takes a rule's id or title";
        }

        if (client is not null)
        {
            if (DetectionSettings.ReadNetwork(client, out var read) is { } fault)
            {
                return $"client {fault.TrimEnd('.')}";
            }

            network = read;
        }

        return name is null || IsName(name) ? null : $"name takes a name without a final dot, or *. and a name for all names below it, not '{name}'";
    }

    private static Silence? ReadSilence(string path, YamlNode item, List<string> faults)
    {
        if (item is not YamlMap map)
        {
            faults.Add(Fault(path, item, $"expected a silence with the keys {string.Join(", ", Keys)}, found {item.Description}"));
            return null;
        }

        foreach (var (key, _) in map.Entries.Where(entry => !Keys.Contains(entry.Key.Text, StringComparer.Ordinal)))
        {
            faults.Add(Fault(path, key, $"expected one of the keys {string.Join(", ", Keys)}, found {key.Description}"));
        }

        var (until, reason) = (Text(path, map, "until", faults), Text(path, map, "reason", faults));
        var (rule, client, name) = (Text(path, map, "rule", faults), Text(path, map, "client", faults), Text(path, map, "name", faults));
        Require("until", "the date on which it ends");
        Require("reason", "which says why it is there");
        if (map.Find("rule") is null && map.Find("client") is null && map.Find("name") is null)
        {
            faults.Add(Fault(path, map, "expected at least one of rule, client and name: a silence of everything would hide an attack"));
        }

        var date = until is null ? default : ReadDate(path, map.Find("until")!, until, faults);
        var network = client is null ? null : ReadClient(path, map.Find("client")!, client, faults);
        if (name is not null)
        {
            CheckName(path, map.Find("name")!, name, faults);
        }

        return new Silence(Place(path, map), date, reason ?? "") { Rule = rule, Client = network, Name = name };

        void Require(string key, string what)
        {
            if (map.Find(key) is null)
            {
                faults.Add(Fault(path, map, $"expected the key {key}, {what}"));
            }
        }
    }

    private static string? Text(string path, YamlMap map, string key, List<string> faults)
    {
        switch (map.Find(key))
        {
            case null:
                return null;
            case YamlScalar { IsNull: false, Text.Length: > 0 } scalar:
                return scalar.Text;
            case var other:
                faults.Add(Fault(path, other, $"expected a text under {key}, found {other.Description}"));
                return null;
        }
    }

    /// <summary>A date is in force to its end, in UTC.</summary>
    private static DateTimeOffset ReadDate(string path, YamlNode node, string text, List<string> faults)
    {
        for (var index = 0; index < DateFormats.Length; index++)
        {
            if (DateTimeOffset.TryParseExact(
                text, DateFormats[index], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
                && date.Year < 9999)
            {
                return index == 0 ? date.AddDays(1) : date;
            }
        }

        faults.Add(Fault(path, node, $"expected a date, as 2027-01-31 or 2027-01-31T12:00Z, found {node.Description}"));
        return default;
    }

    private static IPNetwork? ReadClient(string path, YamlNode node, string text, List<string> faults)
    {
        if (DetectionSettings.ReadNetwork(text, out var network) is null)
        {
            return network;
        }

        faults.Add(Fault(path, node, $"expected an address or a network without host bits, as 192.0.2.7 or 192.0.2.0/24, found {node.Description}"));
        return null;
    }

    private static void CheckName(string path, YamlNode node, string name, List<string> faults)
    {
        if (!IsName(name))
        {
            faults.Add(Fault(path, node, $"expected a name without a final dot, or *. and a name for all names below it, found {node.Description}"));
        }
    }

    private static bool IsName(string name)
    {
        var labels = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
        return labels.Length > 0 && !labels.Contains('*') && !labels.StartsWith('.') && !labels.EndsWith('.') && !labels.Contains(' ');
    }

    private static string Place(string path, YamlNode node) => string.Create(CultureInfo.InvariantCulture, $"{path}:{node.Position.Line}");

    private static string Fault(string path, YamlNode node, string message) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}:{node.Position.Line}:{node.Position.Column}: error: {message}");
}
