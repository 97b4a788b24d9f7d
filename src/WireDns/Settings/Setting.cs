using System.Globalization;

namespace WireDns.Settings;

/// <summary>How many values a setting takes.</summary>
internal enum SettingKind
{
    /// <summary>On or off: the texts "true" and "false".</summary>
    Switch,

    /// <summary>One value.</summary>
    Value,

    /// <summary>Any number of values, kept in the order given.</summary>
    Values,
}

/// <summary>Reads one value of a setting.</summary>
/// <returns>Null if the value is good; otherwise what is wrong with it, worded to follow the setting's name: "takes 1 to 5, not 'x'."</returns>
internal delegate string? ValueReader<T>(string text, out T value);

/// <summary>Stores values in settings.</summary>
/// <returns>Null if all values are good; otherwise what is wrong with the first bad one, and the settings are unchanged.</returns>
internal delegate string? SettingReader(ref SensorSettings settings, IReadOnlyList<string> texts);

/// <summary>What one source gives for a setting.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Texts">The values; never empty.</param>
/// <param name="Source">Where they were given, as messages name it: --port, WIREDNS_PORT, wiredns.yml:3:1.</param>
internal sealed record GivenSetting(Setting Setting, IReadOnlyList<string> Texts, string Source);

/// <summary>
/// One thing that a user can set, defined once: its name, meaning, values, and its place in <see cref="SensorSettings"/>, which holds the default. A
/// source of settings (flags, environment variables, a configuration file) finds the texts given under the name and passes them to <see cref="Read"/>.
/// It needs to know nothing else about a setting, and a setting needs to know nothing about it.
/// </summary>
internal sealed record Setting
{
    private Setting(string name, string description)
    {
        Name = name;
        Description = description;
    }

    /// <summary>The name in lower case, with words joined by hyphens: tcp-memory. The flag is --tcp-memory.</summary>
    public string Name { get; }

    /// <summary>Other spellings of the flag, including the hyphens: -r.</summary>
    public IReadOnlyList<string> Aliases { get; private init; } = [];

    /// <summary>What the setting does, in full sentences, as help prints it.</summary>
    public string Description { get; init; }

    /// <summary>How many values the setting takes.</summary>
    public SettingKind Kind { get; private init; }

    /// <summary>The placeholder that help shows for a value: MIB. Null for a switch, and if the name makes it obvious.</summary>
    public string? ValueName { get; init; }

    /// <summary>The only words that the setting accepts; empty if it accepts other values too.</summary>
    public IReadOnlyList<string> Words { get; private init; } = [];

    /// <summary>The smallest and the largest number accepted, both inclusive; null if the setting does not take numbers.</summary>
    public (long Least, long Largest)? Range { get; private init; }

    /// <summary>Words to suggest for completion if <see cref="Words"/> is empty.</summary>
    public IReadOnlyList<string> Suggestions { get; private init; } = [];

    /// <summary>A value to show in an example of a configuration file; empty if the default shows well enough what a value looks like.</summary>
    public IReadOnlyList<string> Example { get; private init; } = [];

    /// <summary>Whether the user must give it. Default: false.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether a running sensor takes another value when it reloads (docs/reload.md). Default: false, it has to be started again.</summary>
    public bool Reloads { get; private init; }

    /// <summary>Gets the values that settings hold, as texts that <see cref="Read"/> accepts; empty if there are none.</summary>
    public required Func<SensorSettings, IReadOnlyList<string>> Texts { get; init; }

    /// <summary>Stores values in settings.</summary>
    public required SettingReader Read { get; init; }

    /// <summary>The same setting with another spelling of its flag: -r.</summary>
    public Setting Alias(string flag) => this with { Aliases = [.. Aliases, flag] };

    /// <summary>The same setting, but required.</summary>
    public Setting Required() => this with { IsRequired = true };

    /// <summary>The same setting, of which a running sensor takes another value when it reloads.</summary>
    public Setting Reloadable() => this with { Reloads = true };

    /// <summary>The same setting with words to suggest for completion.</summary>
    public Setting Suggest(params string[] words) => this with { Suggestions = words };

    /// <summary>The same setting with a value for examples.</summary>
    public Setting ForExample(params string[] texts) => this with { Example = texts };

    /// <summary>A setting that is on or off.</summary>
    public static Setting Switch(string name, string description, Func<SensorSettings, bool> get, Func<SensorSettings, bool, SensorSettings> set) =>
        One<bool>(name, null, description, ReadBoolean, settings => get(settings) ? "true" : "false", set) with { Kind = SettingKind.Switch };

    /// <summary>A whole number in an inclusive range. {range} in the description is replaced by that range.</summary>
    public static Setting Number(
        string name, string? unit, string description, int least, int largest, Func<SensorSettings, int> get, Func<SensorSettings, int, SensorSettings> set) =>
        One<int>(
            name, unit, description.Replace("{range}", string.Create(CultureInfo.InvariantCulture, $"{least:N0} to {largest:N0}"), StringComparison.Ordinal),
            (string text, out int value) => ReadNumber(text, least, largest, out value), settings => get(settings).ToString(CultureInfo.InvariantCulture), set) with
        {
            Range = (least, largest),
        };

    /// <summary>One word out of a fixed list.</summary>
    /// <param name="ignoreCase">Whether upper and lower case are treated alike.</param>
    public static Setting Word<T>(
        string name, string valueName, string description, (string Word, T Value)[] words, bool ignoreCase,
        Func<SensorSettings, T> get, Func<SensorSettings, T, SensorSettings> set) =>
        One<T>(
            name, valueName, description, (string text, out T value) => ReadWord(text, words, ignoreCase, out value),
            settings => words[Array.FindIndex(words, word => EqualityComparer<T>.Default.Equals(word.Value, get(settings)))].Word, set) with
        {
            Words = Array.ConvertAll(words, word => word.Word),
        };

    /// <summary>Any text; optional, without a value by default.</summary>
    public static Setting Text(
        string name, string valueName, string description, Func<SensorSettings, string?> get, Func<SensorSettings, string, SensorSettings> set) =>
        One<string?>(name, valueName, description, ReadText, get, (settings, value) => set(settings, value!));

    /// <summary>A value of any type; optional. Without a value, <paramref name="get"/> returns null.</summary>
    public static Setting One<T>(
        string name, string? valueName, string description, ValueReader<T> read, Func<SensorSettings, string?> get,
        Func<SensorSettings, T, SensorSettings> set) => new(name, description)
        {
            Kind = SettingKind.Value,
            ValueName = valueName,
            Texts = settings => get(settings) is { } text ? [text] : [],
            Read = (ref SensorSettings settings, IReadOnlyList<string> texts) =>
            {
                if (texts.Count != 1)
                {
                    return string.Create(CultureInfo.InvariantCulture, $"takes one value, and was given {texts.Count}.");
                }

                var fault = read(texts[0], out var value);
                settings = fault is null ? set(settings, value) : settings;
                return fault;
            },
        };

    /// <summary>Any number of values of one type.</summary>
    /// <param name="get">Gets the values that settings hold, as texts.</param>
    public static Setting Many<T>(
        string name, string valueName, string description, ValueReader<T> read, Func<SensorSettings, IEnumerable<string>> get,
        Func<SensorSettings, IReadOnlyList<T>, SensorSettings> set) => new(name, description)
        {
            Kind = SettingKind.Values,
            ValueName = valueName,
            Texts = settings => [.. get(settings)],
            Read = (ref SensorSettings settings, IReadOnlyList<string> texts) =>
            {
                var values = new List<T>(texts.Count);
                foreach (var text in texts)
                {
                    if (read(text, out var value) is { } fault)
                    {
                        return fault;
                    }

                    values.Add(value);
                }

                settings = set(settings, values);
                return null;
            },
        };

    /// <summary>Reads any text but an empty one, which is what a shell makes of a variable that is not set.</summary>
    public static string? ReadText(string text, out string value)
    {
        value = text;
        return text.Length > 0 ? null : "takes a value that is not empty.";
    }

    /// <summary>Reads a whole number within an inclusive range.</summary>
    public static string? ReadNumber(string text, int least, int largest, out int value)
    {
        var fault = CheckNumber(text, least, largest, out var number);
        value = (int)number;
        return fault;
    }

    /// <summary>What is wrong with a text that should be a whole number within an inclusive range; null if it is one.</summary>
    public static string? CheckNumber(string text, long least, long largest) => CheckNumber(text, least, largest, out _);

    private static string? CheckNumber(string text, long least, long largest, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && number >= least && number <= largest
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"takes {least:N0} to {largest:N0}, not '{text}'.");

    private static string? ReadBoolean(string text, out bool value) =>
        bool.TryParse(text, out value) ? null : $"takes true or false, not '{text}'.";

    private static string? ReadWord<T>(string text, (string Word, T Value)[] words, bool ignoreCase, out T value)
    {
        foreach (var (word, meaning) in words)
        {
            if (word.Equals(text, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
            {
                value = meaning;
                return null;
            }
        }

        value = words[0].Value;
        return $"takes {string.Join(", ", Array.ConvertAll(words, word => word.Word))}; not '{text}'.";
    }
}
