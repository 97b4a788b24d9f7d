using System.Buffers;
using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Formats;
using WireDns.Terminal;

namespace WireDns.Screen;

/// <summary>Draws what is on the screen. Texts may hold anything; the canvas makes them printable.</summary>
internal static class ScreenView
{
    /// <summary>A screen that is smaller shows no more than that it is.</summary>
    public const int LeastWidth = 60;

    /// <inheritdoc cref="LeastWidth"/>
    public const int LeastHeight = 12;

    private const int DetailIndent = 19; // TextDetail's label, and the spaces before it

    private static readonly (string Keys, string Meaning)[] AllKeys =
    [
        ("up, down, k, j", "choose an alert; scroll a page"),
        ("page up, page down", "the same, a page at a time"),
        ("home, end, g, G", "to the newest alert, to the oldest; to the start, to the end"),
        ("Enter", "the chosen alert with all that is known of it, and back"),
        ("left, right", "with the details: the newer alert, the older one"),
        ("p, space", "let the picture stand still, and go on; alerts that come meanwhile are kept"),
        ("l", "the last lines that the sensor has said of itself"),
        ("? or h", "this page"),
        ("q", "back from a page; on the first one: end the sensor, as Ctrl-C and SIGTERM do"),
        ("Ctrl-Z", "nothing: a sensor that is suspended would see nothing"),
    ];

    private static readonly string[] Notes =
    [
        "Figures are those of the last second, as 'wiredns ctl status' has them; top clients and names are of the last minute or two.",
        "A sensor that was killed (SIGKILL) leaves the terminal as it was: type 'reset' and Enter.",
    ];

    /// <summary>Draws all lines.</summary>
    /// <param name="state">What is on the screen.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Lines.</param>
    /// <param name="look">What the terminal can show.</param>
    public static IReadOnlyList<string> Draw(ScreenState state, int width, int height, ScreenLook look)
    {
        var canvas = new ScreenCanvas(width, height, look);
        if (width < LeastWidth || height < LeastHeight)
        {
            canvas.Line(Invariant($"{LeastWidth} x {LeastHeight} is needed"));
            canvas.Line(new Part(Readiness(state.Figures, out var style), style));
            canvas.FillTo(0);
            return canvas.Lines;
        }

        DrawHeader(canvas, state);
        switch (state.Page)
        {
            case ScreenPage.Details when state.Alerts > 0:
                DrawDetails(canvas, state);
                break;
            case ScreenPage.Log:
                DrawLines(canvas, state, [.. state.Lines.SelectMany(line => Wrap(Printable.Text(line), width - 2, 2)).Select(line => new[] { new Part(" " + line) })]);
                break;
            case ScreenPage.Help:
                DrawLines(canvas, state,
                [
                    [],
                    .. AllKeys.SelectMany(key => Wrap(key.Meaning, width - 24, 0).Select((meaning, line) => new[] { new Part($" {(line == 0 ? key.Keys : ""),-20} ", Style.Value), new Part(meaning) })),
                    [],
                    .. Notes.SelectMany(note => Wrap(note, width - 2, 0)).Select(line => new[] { new Part($" {line}", Style.Faint) }),
                ]);
                break;
            default:
                ScreenOverview.Draw(canvas, state);
                break;
        }

        canvas.FillTo(1);
        canvas.Bar(Style.Chosen, Keys(state));
        return canvas.Lines;
    }

    /// <summary>A text in lines of so many columns, those after the first further in; broken between words where there are some.</summary>
    internal static IEnumerable<string> Wrap(string printable, int columns, int indent)
    {
        var line = new StringBuilder();
        var taken = 0;
        foreach (var rune in printable.EnumerateRunes())
        {
            var next = Printable.ColumnsOf(rune.ToString());
            if (taken + next > columns)
            {
                var text = line.ToString();
                var space = rune.Value == ' ' ? text.Length : text.LastIndexOf(' ') + 1;
                var end = space > columns / 2 ? space : text.Length;
                yield return text[..end].TrimEnd();
                line.Clear().Append(' ', indent).Append(text.AsSpan(end));
                taken = indent + Printable.ColumnsOf(text[end..]);
                if (rune.Value == ' ')
                {
                    continue;
                }
            }

            line.Append(rune);
            taken += next;
        }

        yield return line.ToString();
    }

    /// <summary>The style of an alert's level.</summary>
    internal static Style StyleOf(AlertLevel level) => level switch
    {
        AlertLevel.Critical => Style.Critical,
        AlertLevel.High => Style.Fault,
        AlertLevel.Medium => Style.Notable,
        AlertLevel.Low => Style.Octets,
        _ => Style.Faint,
    };

    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void DrawHeader(ScreenCanvas canvas, ScreenState state)
    {
        var figures = state.Figures;
        var dot = canvas.Look.Dot;
        var left = $" wiredns {ProductVersion.Text} on {Environment.MachineName}";
        if (figures is not null)
        {
            var up = figures.Snapshot.Uptime;
            left += Invariant($"{dot}up {(up.Days > 0 ? $"{up.Days} d " : "")}{up:hh\\:mm\\:ss}{dot}{figures.Rules:N0} rules");
        }

        var right = $"{Readiness(figures, out var style)}{(figures is null ? "" : Invariant($"{dot}{figures.Snapshot.Time.UtcDateTime:HH:mm:ss}Z"))} ";
        var paused = state.IsPaused ? Invariant($" PAUSED{(state.Later > 0 ? $", {state.Later:N0} alerts wait" : "")} ") : "";
        var room = canvas.Width - paused.Length - right.Length;
        canvas.Line(
            new Part(canvas.Cell(left, Math.Max(0, room)), Style.Chosen), new Part(paused, Style.Critical), new Part(right, style == Style.Fault ? Style.Critical : Style.Chosen));
    }

    private static string Readiness(ScreenFigures? figures, out Style style)
    {
        var isReady = figures?.Snapshot.Faults().Count == 0;
        style = figures is null ? Style.Plain : isReady ? Style.Good : Style.Fault;
        return figures is null ? "starting" : isReady ? "ready" : "NOT READY";
    }

    private static string Keys(ScreenState state) => state.Page switch
    {
        ScreenPage.Overview => $" up/down choose   Enter details   p {(state.IsPaused ? "go on" : "pause")}   l log   ? help   q end the sensor",
        ScreenPage.Details => " up/down scroll   left/right newer/older   Enter back   ? help",
        _ => " up/down scroll   q back",
    };

    private static void DrawDetails(ScreenCanvas canvas, ScreenState state)
    {
        var shown = state[state.Chosen];
        var output = new ArrayBufferWriter<byte>(4096);
        ((IMessageFormat)new TextFormat(verbose: true)).Write(shown, output);
        var lines = new List<Part[]>
        {
            new[]
            {
                new Part(Invariant($" {(shown is Alert ? "Alert" : "Event")} {state.Chosen + 1:N0} of {state.Alerts:N0}, from the newest"), Style.Title),
                new Part(shown is Alert { Rule: var rule } ? $"  {rule.Level.Name()}" : "", shown is Alert { Rule.Level: var level } ? StyleOf(level) : Style.Plain),
            },
            Array.Empty<Part>(),
        };
        foreach (var (index, line) in Encoding.UTF8.GetString(output.WrittenSpan).Split('\n').Index())
        {
            foreach (var (part, wrapped) in Wrap(line, canvas.Width - 2, index == 0 ? 2 : DetailIndent).Index())
            {
                lines.Add(index == 0 ? [new Part(" " + wrapped)]
                    : part > 0 || wrapped.Length <= DetailIndent ? [new Part(wrapped)]
                    : [new Part(wrapped[..DetailIndent], Style.Faint), new Part(wrapped[DetailIndent..], IsMark(wrapped) ? Style.Fault : Style.Plain)]);
            }

            if (index == 0)
            {
                lines.Add([]);
            }
        }

        DrawLines(canvas, state, lines);

        static bool IsMark(string line) => line.AsSpan().Trim(" ^").IsEmpty;
    }

    private static void DrawLines(ScreenCanvas canvas, ScreenState state, List<Part[]> lines)
    {
        var room = canvas.Room - 2;
        state.Bound(lines.Count, room);
        foreach (var line in lines.Skip(state.Scrolled).Take(room))
        {
            canvas.Line(line);
        }

        canvas.FillTo(2);
        var below = lines.Count - room - state.Scrolled;
        canvas.Line(new Part(below > 0 ? Invariant($" {below:N0} more lines below") : "", Style.Faint));
    }
}
