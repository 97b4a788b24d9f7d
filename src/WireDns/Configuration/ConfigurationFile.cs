using System.Globalization;
using WireDns.Settings;
using WireDns.Sigma;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.Configuration;

/// <summary>
/// A configuration file: one YAML map whose keys are the names of settings. A target of alerts or of the lookup log may be a map as well: its key
/// <c>target</c> is the address, the others are the target's own settings.
/// </summary>
internal static class ConfigurationFile
{
    /// <summary>The key of a target's address where a target is a map.</summary>
    public const string Target = "target";

    /// <summary>Reads a file, and says on stderr all that is wrong with it, a line for each fault with its line and column.</summary>
    /// <param name="path">The file.</param>
    /// <param name="known">The settings that it may have.</param>
    /// <exception cref="CommandFailure">It cannot be read, or something in it is wrong.</exception>
    public static IReadOnlyList<GivenSetting> Read(string path, IReadOnlyList<Setting> known)
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

        var given = Parse(path, text, known, out var faults);
        if (faults.Count == 0)
        {
            return given;
        }

        foreach (var fault in faults)
        {
            StandardError.Write(fault);
        }

        throw new CommandFailure(ExitStatus.Usage, $"{path}: the configuration has {(faults.Count == 1 ? "a fault" : string.Create(CultureInfo.InvariantCulture, $"{faults.Count:N0} faults"))}") { FirstFault = faults[0] };
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="path">The file's name, for places.</param>
    /// <param name="text">The text.</param>
    /// <param name="known">The settings that it may have.</param>
    /// <param name="faults">Everything that is wrong, with line and column; empty if nothing is.</param>
    public static IReadOnlyList<GivenSetting> Parse(string path, string text, IReadOnlyList<Setting> known, out IReadOnlyList<string> faults)
    {
        var found = new List<string>();
        faults = found;
        var documents = YamlReader.Read(path, text, out var diagnostics);
        found.AddRange(diagnostics.Select(diagnostic => diagnostic.ToString()));
        if (found.Count > 0)
        {
            return [];
        }

        if (documents.Count > 1)
        {
            found.Add(Fault(path, documents[1], "expected one document"));
        }

        var given = new List<GivenSetting>();
        switch (documents is [var first, ..] ? first : null)
        {
            case null or YamlScalar { IsNull: true }:
                break;
            case YamlMap map:
                foreach (var (key, value) in map.Entries)
                {
                    if (Read(path, key, value, known, found) is { } one)
                    {
                        given.Add(one);
                    }
                }

                break;
            case var other:
                found.Add(Fault(path, other, $"expected a map of settings, found {other.Description}"));
                break;
        }

        return given;
    }

    /// <summary>The texts of a YAML value: one of a scalar, all of a list.</summary>
    /// <param name="setting">The setting that the value is for.</param>
    /// <param name="value">The value.</param>
    /// <param name="fault">Takes what is wrong with the value, and the node that it is about.</param>
    /// <returns>Null if something is wrong.</returns>
    public static IReadOnlyList<string>? Texts(Setting setting, YamlNode value, Action<YamlNode, string> fault)
    {
        if (value is not YamlList list)
        {
            return Text(setting, value, fault) is { } text ? [text] : null;
        }

        if (setting.Kind != SettingKind.Values)
        {
            fault(value, "takes one value, not a list");
            return null;
        }

        if (list.Items.Count == 0)
        {
            fault(value, "takes at least one value; leave the key out for none");
            return null;
        }

        var texts = list.Items.Select(item => Text(setting, item, fault)).ToList();
        return texts.Contains(null) ? null : [.. texts.Select(text => text!)];
    }

    private static GivenSetting? Read(string path, YamlScalar key, YamlNode value, IReadOnlyList<Setting> known, List<string> faults)
    {
        var setting = known.FirstOrDefault(setting => setting.Name == key.Text);
        if (setting is null)
        {
            var suggestion = Spelling.Suggest(key.Text, known.Select(setting => setting.Name));
            faults.Add(Fault(path, key, $"there is no setting {key.Description}{(suggestion is null ? "; 'wiredns config example' lists all" : $"; {suggestion}")}"));
            return null;
        }

        var before = faults.Count;
        var texts = Texts(setting, value, (node, fault) => faults.Add(Fault(path, node, $"{setting.Name} {fault}")));
        if (texts is null || faults.Count > before)
        {
            return null;
        }

        // Each value by itself, so that the fault has its place.
        var nodes = value is YamlList list ? list.Items : [value];
        for (var i = 0; i < texts.Count; i++)
        {
            var settings = new SensorSettings();
            if (setting.Read(ref settings, [texts[i]]) is { } fault)
            {
                faults.Add(Fault(path, nodes[i], $"{setting.Name} {fault.TrimEnd('.')}"));
            }
        }

        return faults.Count > before ? null
            : new GivenSetting(setting, texts, string.Create(CultureInfo.InvariantCulture, $"{path}:{key.Position.Line}"));
    }

    private static string? Text(Setting setting, YamlNode value, Action<YamlNode, string> fault)
    {
        switch (value)
        {
            case YamlScalar { IsNull: false } scalar:
                return scalar.Text;
            case YamlMap map when OutputSettings.AreTargets(setting):
                return TargetText(map, fault);
            default:
                fault(value, $"takes {(setting.Kind == SettingKind.Values ? "a value or a list of values" : "a value")}, found {value.Description}");
                return null;
        }
    }

    /// <summary>A target that is written as a map, as -o has it.</summary>
    private static string? TargetText(YamlMap map, Action<YamlNode, string> fault)
    {
        var address = "";
        var settings = new List<string>();
        foreach (var (key, value) in map.Entries)
        {
            foreach (var item in value is YamlList list && key.Text != Target ? list.Items : [value])
            {
                if (item is not YamlScalar { IsNull: false } scalar)
                {
                    fault(item, $"takes a value for {key.Description}, found {item.Description}");
                    return null;
                }

                if (key.Text == Target)
                {
                    address = scalar.Text;
                    continue;
                }

                var written = $"{key.Text}={scalar.Text}";
                var read = OutputTarget.Parse($"x,{written}");
                if (read.Address != "x" || read.Text(key.Text) != scalar.Text)
                {
                    fault(item, $"takes no value with a comma and a setting's name after it for {key.Description}, nor a name with other letters than a to z and hyphens");
                    return null;
                }

                settings.Add(written);
            }
        }

        if (address.Length == 0)
        {
            fault(map, $"takes a map with the key {Target}, the address");
            return null;
        }

        return string.Join(',', settings.Prepend(address));
    }

    private static string Fault(string path, YamlNode node, string message) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}:{node.Position.Line}:{node.Position.Column}: error: {message}");
}
