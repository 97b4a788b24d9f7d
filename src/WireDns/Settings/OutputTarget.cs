using System.Globalization;
using WireDns.Alerts;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>
/// One target of alerts as a user writes it: <c>KIND[:ADDRESS][,NAME=VALUE...]</c>. Each setting is taken by the one who knows it; what is
/// left over at the end is a mistake, and said.
/// </summary>
internal sealed class OutputTarget
{
    private readonly List<(string Name, string Value)> _settings;
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    private OutputTarget(string address, List<(string, string)> settings)
    {
        Address = address;
        _settings = settings;
    }

    /// <summary>The target without its settings: <c>stdout</c>, <c>file:/var/log/alerts.json</c>, <c>relp://host:2514</c>.</summary>
    public string Address { get; }

    /// <summary>Tells address and settings apart. A comma starts a setting only where a name in lower case and an equals sign follow.</summary>
    public static OutputTarget Parse(string text)
    {
        var parts = new List<string>();
        foreach (var part in text.Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var isSetting = parts.Count > 0 && equals > 0 && part[..equals].All(character => character == '-' || char.IsAsciiLetterLower(character));
            if (parts.Count > 0 && !isSetting)
            {
                parts[^1] += "," + part; // a comma of the address or of a value
            }
            else
            {
                parts.Add(part);
            }
        }

        return new OutputTarget(parts[0], [.. parts.Skip(1).Select(part => (part[..part.IndexOf('=')], part[(part.IndexOf('=') + 1)..]))]);
    }

    /// <summary>The value of a setting, or null where it is not given. The last one counts.</summary>
    public string? Text(string name) => Texts(name) is { Count: > 0 } values ? values[^1] : null;

    /// <summary>All values of a setting that may be given several times.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        _known.Add(name);
        return [.. _settings.Where(setting => setting.Name == name).Select(setting => setting.Value)];
    }

    /// <summary>A whole number.</summary>
    /// <exception cref="CommandFailure">It is none, or outside the range.</exception>
    public int? Number(string name, int minimum, int maximum) => Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum ? number
        : throw Mistake(string.Create(CultureInfo.InvariantCulture, $"{name}={text}: a number from {minimum} to {maximum} was expected"));

    /// <summary>A number of octets: 4096, 100k, 20M, 1G (of 1024 each).</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
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

    /// <summary>A time: 30s, 10m, 12h, 7d.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
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

    /// <summary>One of several words; the first where it is not given.</summary>
    /// <exception cref="CommandFailure">It is another.</exception>
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

    /// <summary>The least level of alerts that go to the target; informational where it is not given.</summary>
    /// <exception cref="CommandFailure">It is no level.</exception>
    public AlertLevel Level() => Choice("level", [.. Enum.GetValues<AlertLevel>().Select(level => (level.Name(), level))]);

    /// <summary>Says what nobody has taken.</summary>
    /// <exception cref="CommandFailure">There is such a setting.</exception>
    public void RequireAllTaken()
    {
        if (_settings.Find(setting => !_known.Contains(setting.Name)) is { Name: not null } unknown)
        {
            throw Mistake($"no setting '{unknown.Name}' here; there are {string.Join(", ", _known)}");
        }
    }

    /// <summary>A mistake in this target, in words for the user.</summary>
    public CommandFailure Mistake(string text) => new(ExitStatus.Usage, $"-o {Address}: {text}");

    private static string OneOf(IEnumerable<string> words)
    {
        var all = words.ToList();
        return string.Join(", ", all.SkipLast(1)) + " or " + all[^1];
    }
}
