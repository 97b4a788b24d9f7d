using System.Text;
using Wcwidth;
using WireDns.Terminal;

namespace WireDns.Screen;

/// <summary>
/// The lines of a picture: never more than the terminal has, none wider than it, and of printable characters alone, whatever the texts hold. Not thread-safe.
/// </summary>
/// <param name="width">Columns.</param>
/// <param name="height">Lines.</param>
/// <param name="look">What the terminal can show.</param>
internal sealed class ScreenCanvas(int width, int height, ScreenLook look)
{
    private readonly List<string> _lines = [];

    /// <summary>Columns.</summary>
    public int Width => width;

    /// <summary>What the terminal can show.</summary>
    public ScreenLook Look => look;

    /// <summary>Lines that there is still room for.</summary>
    public int Room => height - _lines.Count;

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a line of parts that stand directly after each other; what does not fit is left out, with a mark. Does nothing where there is no room.</summary>
    public void Line(params ReadOnlySpan<Part> parts) => Add(Style.Plain, parts);

    /// <summary>Adds a line of which every part has one style, up to the right edge.</summary>
    public void Bar(Style style, params ReadOnlySpan<Part> parts) => Add(style, parts);

    /// <summary>Adds empty lines until only so many are left.</summary>
    public void FillTo(int left)
    {
        while (Room > left)
        {
            Line();
        }
    }

    /// <summary>A text in exactly so many columns.</summary>
    /// <param name="text">The text.</param>
    /// <param name="columns">How many, at least 0.</param>
    /// <param name="isRight">Whether it stands at the right end of them, as numbers do.</param>
    public string Cell(string text, int columns, bool isRight = false)
    {
        var shown = Fit(Printable.Text(text), columns, out var taken);
        var space = new string(' ', columns - taken);
        return isRight ? space + shown : shown + space;
    }

    private void Add(Style bar, ReadOnlySpan<Part> parts)
    {
        if (Room <= 0)
        {
            return;
        }

        var line = new StringBuilder();
        var left = width;
        foreach (var part in parts)
        {
            var shown = Fit(Printable.Text(part.Text), left, out var taken);
            left -= taken;
            Append(line, shown, bar == Style.Plain ? part.Style : bar);
        }

        if (bar != Style.Plain)
        {
            Append(line, new string(' ', left), bar);
        }

        _lines.Add(line.ToString());
    }

    private void Append(StringBuilder line, string text, Style style)
    {
        var sequence = look.IsColoured && text.Length > 0 ? StyleSequence.Of(style) : default;
        line.Append(Encoding.ASCII.GetString(sequence)).Append(text).Append(sequence.IsEmpty ? "" : "\e[0m");
    }

    private string Fit(string printable, int columns, out int taken)
    {
        taken = Printable.ColumnsOf(printable);
        if (taken <= columns)
        {
            return printable;
        }

        // A wide character takes two columns, so that one may be left.
        var kept = new StringBuilder();
        taken = 0;
        foreach (var rune in printable.EnumerateRunes())
        {
            var next = Math.Max(0, UnicodeCalculator.GetWidth(rune));
            if (taken + next > columns - 1)
            {
                break;
            }

            kept.Append(rune);
            taken += next;
        }

        taken += columns > 0 ? 1 : 0;
        return columns > 0 ? kept.Append(look.Cut).ToString() : "";
    }
}

/// <summary>What a terminal can show.</summary>
/// <param name="IsColoured">Whether it has colours, and its user wants them.</param>
/// <param name="IsUnicode">Whether it shows more than ASCII: its locale is one of UTF-8.</param>
internal sealed record ScreenLook(bool IsColoured, bool IsUnicode)
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    // POSIX: the first that is set decides.
    private static readonly string[] Locales = ["LC_ALL", "LC_CTYPE", "LANG"];

    /// <summary>Stands where a text was cut.</summary>
    public char Cut => IsUnicode ? '…' : '~';

    /// <summary>Stands before what is chosen.</summary>
    public char Mark => IsUnicode ? '▶' : '>';

    /// <summary>Stands between two things of a line.</summary>
    public string Dot => IsUnicode ? " · " : " | ";

    /// <summary>As the environment says.</summary>
    public static ScreenLook OfEnvironment(Colouring colouring)
    {
        var locale = Locales.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        return new ScreenLook(
            colouring.IsColoured(),
            locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Says why there can be no picture.</summary>
    /// <exception cref="CommandFailure">There can be none.</exception>
    public static void Require()
    {
        var fault = OperatingSystem.IsWindows() ? "needs Linux or macOS"
            : Console.IsOutputRedirected ? "needs a terminal, and standard output is none"
            : Console.IsInputRedirected ? "needs a terminal for its keys, and standard input is none"
            : Environment.GetEnvironmentVariable("TERM") switch
            {
                null or "" => "needs a terminal that can place its cursor, and TERM does not say which one this is",
                "dumb" => "needs a terminal that can place its cursor, and TERM=dumb has none",
                _ => null,
            };
        if (fault is not null)
        {
            throw new CommandFailure(ExitStatus.Usage, $"--ui {fault}; without --ui, 'wiredns ctl status' and 'wiredns ctl tail' show the same (--control-socket)");
        }
    }

    /// <summary>A curve of one line; empty where it cannot be shown.</summary>
    /// <param name="values">The values, oldest first, at least 0.</param>
    /// <param name="columns">The most columns; the newest values are shown.</param>
    public string Curve(IReadOnlyList<double> values, int columns)
    {
        if (!IsUnicode || columns <= 0)
        {
            return "";
        }

        var shown = values.Skip(values.Count - columns).ToList();
        var highest = shown.Count == 0 ? 0 : shown.Max();
        return string.Concat(shown.Select(value => value <= 0 ? ' ' : Levels[Math.Clamp((int)Math.Ceiling(value / highest * Levels.Length) - 1, 0, Levels.Length - 1)]));
    }
}
