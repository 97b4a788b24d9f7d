using System.Globalization;
using System.Text.RegularExpressions;
using WireDns.Alerts;
using WireDns.Alerts.Transports;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>
/// An alert target as the user writes it: <c>KIND[:ADDRESS][,NAME=VALUE...]</c>. Each setting is read by the code that knows it; any setting left
/// over at the end is reported as a mistake.
/// </summary>
internal sealed partial class OutputTarget
{
    private readonly List<(string Name, string Value)> _settings;
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    private readonly string _flag;

    private OutputTarget(string address, List<(string, string)> settings, string flag)
    {
        Address = address;
        _settings = settings;
        _flag = flag;
    }

    /// <summary>The target without its settings: <c>stdout</c>, <c>file:/var/log/alerts.json</c>, <c>relp://host:2514</c>.</summary>
    public string Address { get; }

    /// <summary>Whether it is a topic of Kafka.</summary>
    public bool IsTopic => Address.StartsWith("kafka://", StringComparison.Ordinal);

    /// <summary>The topic of Kafka, <c>kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC[,properties=FILE]</c>, with the settings that every topic has.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public KafkaOptions Topic()
    {
        var topic = KafkaOptions.Parse(Address) ?? throw Mistake("kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC was expected, the topic in letters, digits, dots, hyphens and underscores");
        return topic with { PropertiesFile = Text("properties") };
    }

    /// <summary>Splits the address from the settings. A comma starts a setting only if a lower-case name and an equals sign follow it.</summary>
    /// <param name="text">The target.</param>
    /// <param name="flag">The flag that it was given with, for error messages.</param>
    public static OutputTarget Parse(string text, string flag = "-o")
    {
        var parts = new List<string>();
        foreach (var part in text.Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var isSetting = parts.Count > 0 && equals > 0 && part[..equals].All(character => character == '-' || char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character));
            if (parts.Count > 0 && !isSetting)
            {
                parts[^1] += "," + part; // a comma of the address or of a value
            }
            else
            {
                parts.Add(part);
            }
        }

        return new OutputTarget(parts[0], [.. parts.Skip(1).Select(part => (part[..part.IndexOf('=')], part[(part.IndexOf('=') + 1)..]))], flag);
    }

    /// <summary>The value of a setting, or null if it is not given. If it is given more than once, the last value wins.</summary>
    public string? Text(string name) => Texts(name) is { Count: > 0 } values ? values[^1] : null;

    /// <summary>All values of a setting that may be given more than once.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        _known.Add(name);
        return [.. _settings.Where(setting => setting.Name == name).Select(setting => setting.Value)];
    }

    /// <summary>A whole number between <paramref name="minimum"/> and <paramref name="maximum"/>; null if it is not given.</summary>
    /// <exception cref="CommandFailure">It is not a whole number, or is out of range.</exception>
    public int? Number(string name, int minimum, int maximum) => Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum ? number
        : throw Mistake(string.Create(CultureInfo.InvariantCulture, $"{name}={text}: a number from {minimum} to {maximum} was expected"));

    /// <summary>A size in octets: 4096, 100k, 20M, 1G (powers of 1024); null if it is not given.</summary>
    /// <exception cref="CommandFailure">It is not a size.</exception>
    public long? Size(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var shift = text.Length == 0 ? 0 : char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        return long.TryParse(shift > 0 ? text.AsSpan(0, text.Length - 1) : text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < 1L << 32
            ? number << shift
            : throw Mistake($"{name}={text}: a number of octets was expected, as 4096, 100k, 20M or 1G");
    }

    /// <summary>A duration: 30s, 10m, 12h, 7d; null if it is not given.</summary>
    /// <exception cref="CommandFailure">It is not a duration.</exception>
    public TimeSpan? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var seconds = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        return seconds > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? TimeSpan.FromSeconds((double)number * seconds)
            : throw Mistake($"{name}={text}: a time was expected, as 30s, 10m, 12h or 7d");
    }

    /// <summary>The value for one of several words; that of the first word if the setting is not given.</summary>
    /// <exception cref="CommandFailure">It is some other word.</exception>
    public T Choice<T>(string name, params (string Word, T Value)[] choices)
    {
        var text = Text(name) ?? choices[0].Word;
        foreach (var (word, value) in choices)
        {
            if (word == text)
            {
                return value;
            }
        }

        throw Mistake($"{name}={text}: {OneOf(choices.Select(choice => choice.Word))} was expected");
    }

    /// <summary>The lowest level of alerts that go to the target. Default: informational.</summary>
    /// <exception cref="CommandFailure">It is not a level.</exception>
    public AlertLevel Level() => Choice("level", [.. Enum.GetValues<AlertLevel>().Select(level => (level.Name(), level))]);

    /// <summary>Rejects settings that no code has read.</summary>
    /// <exception cref="CommandFailure">Such a setting exists.</exception>
    public void RequireAllTaken()
    {
        if (_settings.Find(setting => !_known.Contains(setting.Name)) is { Name: not null } unknown)
        {
            throw Mistake($"no setting '{unknown.Name}' here; there are {string.Join(", ", _known)}");
        }
    }

    /// <summary>A mistake in this target, worded for the user.</summary>
    public CommandFailure Mistake(string text) => new(ExitStatus.Usage, $"{_flag} {WithoutSecrets(Address)}: {text}");

    /// <summary>A target without what may be a password: what stands before @ in an address, and what stands after ? in it.</summary>
    public static string WithoutSecrets(string target) =>
        target.Contains("://", StringComparison.Ordinal) ? Query().Replace(UserInfo().Replace(target, "://***@"), "?***") : target;

    /// <summary>The words as a list: <c>a, b or c</c>.</summary>
    public static string OneOf(IEnumerable<string> words)
    {
        var all = words.ToList();
        return string.Join(", ", all.SkipLast(1)) + " or " + all[^1];
    }

    [GeneratedRegex("://[^/@,]*@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"\?[^,]*")]
    private static partial Regex Query();
}
