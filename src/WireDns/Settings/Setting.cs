using System.Globalization;

namespace WireDns.Settings;

/// <summary>How many values a setting takes.</summary>
internal enum SettingKind
{
    /// <summary>On or off: the texts "true" and "false".</summary>
    Switch,

    /// <summary>One value.</summary>
    Value,

    /// <summary>Any number of values, in their order.</summary>
    Values,
}

/// <summary>Reads one value of a setting.</summary>
/// <returns>Null where it is good; otherwise what is wrong, to follow the setting's name: "takes 1 to 5, not 'x'."</returns>
internal delegate string? ValueReader<T>(string text, out T value);

/// <summary>Puts values into settings.</summary>
/// <returns>Null where all are good; otherwise what is wrong with the first bad one, and the settings are as they were.</returns>
internal delegate string? SettingReader(ref SensorSettings settings, IReadOnlyList<string> texts);

/// <summary>
/// One thing that a user can set, defined once: name, meaning, values, and place in <see cref="SensorSettings"/>, which has the default. A source of
/// settings (<see cref="SettingFlags"/> today) finds the texts that are given under the name and hands them to <see cref="Read"/>; it needs to know
/// nothing else of a setting, and a setting nothing of it.
/// </summary>
internal sealed record Setting
{
    private Setting(string name, string description)
    {
        Name = name;
        Description = description;
    }

    /// <summary>Its name in lower case, words joined by hyphens: tcp-memory. The flag is --tcp-memory.</summary>
    public string Name { get; }

    /// <summary>Other spellings of the flag, with their hyphens: -r.</summary>
    public IReadOnlyList<string> Aliases { get; private init; } = [];

    /// <summary>What it means, in whole sentences.</summary>
    public string Description { get; init; }

    /// <summary>How many values it takes.</summary>
    public SettingKind Kind { get; private init; }

    /// <summary>What help shows for a value: MIB. Null for a switch, and where the name says it.</summary>
    public string? ValueName { get; init; }

    /// <summary>The words that it takes; empty where it takes others too.</summary>
    public IReadOnlyList<string> Words { get; private init; } = [];

    /// <summary>The least and the largest number that it takes; null where it takes no numbers.</summary>
    public (long Least, long Largest)? Range { get; private init; }

    /// <summary>Words worth suggesting where <see cref="Words"/> is empty.</summary>
    public IReadOnlyList<string> Suggestions { get; private init; } = [];

    /// <summary>Whether it must be given.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The values that settings hold, as texts that <see cref="Read"/> takes; empty where there are none.</summary>
    public required Func<SensorSettings, IReadOnlyList<string>> Texts { get; init; }

    /// <summary>Puts values into settings.</summary>
    public required SettingReader Read { get; init; }

    /// <summary>The same setting with another spelling of its flag: -r.</summary>
    public Setting Alias(string flag) => this with { Aliases = [.. Aliases, flag] };

    /// <summary>The same setting, which must be given.</summary>
    public Setting Required() => this with { IsRequired = true };

    /// <summary>The same setting with words worth suggesting.</summary>
    public Setting Suggest(params string[] words) => this with { Suggestions = words };

    /// <summary>Something that is on or off.</summary>
    public static Setting Switch(string name, string description, Func<SensorSettings, bool> get, Func<SensorSettings, bool, SensorSettings> set) =>
        One<bool>(name, null, description, ReadBoolean, settings => get(settings) ? "true" : "false", set) with { Kind = SettingKind.Switch };

    /// <summary>A whole number. {range} in the description is replaced.</summary>
    public static Setting Number(
        string name, string? unit, string description, int least, int largest, Func<SensorSettings, int> get, Func<SensorSettings, int, SensorSettings> set) =>
        One<int>(
            name, unit, description.Replace("{range}", string.Create(CultureInfo.InvariantCulture, $"{least:N0} to {largest:N0}"), StringComparison.Ordinal),
            (string text, out int value) => ReadNumber(text, least, largest, out value), settings => get(settings).ToString(CultureInfo.InvariantCulture), set) with
        {
            Range = (least, largest),
        };

    /// <summary>One of some words.</summary>
    /// <param name="ignoreCase">Whether capitals make no difference.</param>
    public static Setting Word<T>(
        string name, string valueName, string description, IReadOnlyList<(string Word, T Value)> words, bool ignoreCase,
        Func<SensorSettings, T> get, Func<SensorSettings, T, SensorSettings> set) =>
        One<T>(
            name, valueName, description, (string text, out T value) => ReadWord(text, words, ignoreCase, out value),
            settings => words.First(word => EqualityComparer<T>.Default.Equals(word.Value, get(settings))).Word, set) with
        {
            Words = [.. words.Select(word => word.Word)],
        };

    /// <summary>Any text; none unless it is given.</summary>
    public static Setting Text(
        string name, string valueName, string description, Func<SensorSettings, string?> get, Func<SensorSettings, string, SensorSettings> set) =>
        One<string?>(name, valueName, description, ReadText, get, (settings, value) => set(settings, value!));

    /// <summary>A value of any type; none unless it is given, where <paramref name="get"/> gives null.</summary>
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

    /// <summary>Any number of values.</summary>
    /// <param name="get">The values that settings hold, as texts.</param>
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

    /// <summary>Reads any text.</summary>
    public static string? ReadText(string text, out string value)
    {
        value = text;
        return null;
    }

    /// <summary>Reads a whole number within a range.</summary>
    public static string? ReadNumber(string text, int least, int largest, out int value)
    {
        var fault = CheckNumber(text, least, largest, out var number);
        value = (int)number;
        return fault;
    }

    /// <summary>What is wrong with a number within a range, or with what should be one; null if nothing is.</summary>
    public static string? CheckNumber(string text, long least, long largest) => CheckNumber(text, least, largest, out _);

    private static string? CheckNumber(string text, long least, long largest, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && number >= least && number <= largest
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"takes {least:N0} to {largest:N0}, not '{text}'.");

    private static string? ReadBoolean(string text, out bool value) =>
        bool.TryParse(text, out value) ? null : $"takes true or false, not '{text}'.";

    private static string? ReadWord<T>(string text, IReadOnlyList<(string Word, T Value)> words, bool ignoreCase, out T value)
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
        return $"takes {string.Join(", ", words.Select(word => word.Word))}; not '{text}'.";
    }
}
