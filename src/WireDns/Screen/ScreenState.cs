using WireDns.Alerts;
using WireDns.Sensor;

namespace WireDns.Screen;

/// <summary>What fills the screen.</summary>
internal enum ScreenPage
{
    /// <summary>Interfaces, targets, tops and alerts.</summary>
    Overview,

    /// <summary>The chosen alert, with all that is known of it.</summary>
    Details,

    /// <summary>The last lines that the sensor has said of itself.</summary>
    Log,

    /// <summary>The keys.</summary>
    Help,
}

/// <summary>What the sensor was at one moment, and how fast it went since the moment before.</summary>
/// <param name="Snapshot">The sensor's figures, the same as those of <c>ctl status</c>.</param>
/// <param name="Rules">How many rules run.</param>
/// <param name="Rates">Of each interface of the snapshot, in its order.</param>
/// <param name="Clients">The most frequent clients of the last minute or two, and their queries.</param>
/// <param name="Names">The most frequent names.</param>
/// <param name="LeftOut">Queries that the tables do not know of, for want of time.</param>
internal sealed record ScreenFigures(
    SensorSnapshot Snapshot, int Rules, IReadOnlyList<InterfaceRate> Rates, IReadOnlyList<(string Key, long Count)> Clients,
    IReadOnlyList<(string Key, long Count)> Names, long LeftOut);

/// <summary>What came on an interface in a second, over the last seconds.</summary>
/// <param name="Packets">Packets a second.</param>
/// <param name="Octets">Octets on the wire a second.</param>
/// <param name="DnsPackets">Packets with DNS a second.</param>
/// <param name="Dropped">Packets dropped a second.</param>
/// <param name="History">Packets with DNS a second at each moment of the last minute, oldest first.</param>
internal readonly record struct InterfaceRate(double Packets, double Octets, double DnsPackets, double Dropped, IReadOnlyList<double> History);

/// <summary>
/// What is on the screen and what keys change of it. Knows neither terminal nor clock. Bounded: so many alerts, so many lines. One thread at a time.
/// </summary>
internal sealed class ScreenState
{
    /// <summary>Alerts and events that can be looked at; older ones are only counted.</summary>
    public const int MaximumAlerts = 500;

    /// <summary>Lines of the sensor's own log.</summary>
    public const int MaximumLines = 500;

    // Newest last.
    private readonly List<Notification> _alerts = [];
    private readonly List<Notification> _later = [];
    private readonly List<string> _lines = [];

    /// <summary>The page.</summary>
    public ScreenPage Page { get; private set; }

    /// <summary>Whether the picture stands still.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>The figures; null until there are some.</summary>
    public ScreenFigures? Figures { get; private set; }

    /// <summary>How many alerts and events can be looked at.</summary>
    public int Alerts => _alerts.Count;

    /// <summary>How many have come since the picture stands still, and are shown when it goes on.</summary>
    public int Later => _later.Count;

    /// <summary>Alerts and events that came so fast that they were not shown here.</summary>
    public long Missed { get; private set; }

    /// <summary>The chosen alert, from 0, the newest.</summary>
    public int Chosen { get; private set; }

    /// <summary>How far the page is scrolled, in lines. The view brings it within bounds (<see cref="Bound"/>).</summary>
    public int Scrolled { get; private set; }

    /// <summary>The lines of the sensor's own log, newest last.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>An alert or event, from 0, the newest.</summary>
    public Notification this[int index] => _alerts[_alerts.Count - 1 - index];

    /// <summary>Takes an alert or an event.</summary>
    public void Add(Notification notification)
    {
        if (IsPaused)
        {
            Keep(_later, notification, MaximumAlerts);
            return;
        }

        var isAtTop = Chosen == 0 && Page == ScreenPage.Overview;
        Keep(_alerts, notification, MaximumAlerts);

        // What a person has chosen stays chosen; who looks at the newest goes on to do so.
        Chosen = isAtTop || _alerts.Count == 1 ? 0 : Math.Min(Chosen + 1, _alerts.Count - 1);
    }

    /// <summary>Takes a line of the sensor's own log.</summary>
    public void Add(string line) => Keep(_lines, line, MaximumLines);

    /// <summary>Takes newer figures.</summary>
    /// <param name="figures">The figures.</param>
    /// <param name="missed">Alerts and events that came too fast.</param>
    public void Take(ScreenFigures figures, long missed)
    {
        if (!IsPaused || Figures is null)
        {
            Figures = figures;
        }

        Missed = missed;
    }

    /// <summary>Takes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="pageLength">How many lines a page has, for the keys that turn pages.</param>
    /// <returns>Whether the person wants to end.</returns>
    public bool Press(ConsoleKeyInfo key, int pageLength)
    {
        switch (key.Key, key.KeyChar)
        {
            case (_, 'q') when Page == ScreenPage.Overview:
                return true;
            case (_, 'q') or (ConsoleKey.Escape or ConsoleKey.Backspace, _):
                Turn(ScreenPage.Overview);
                break;
            case (_, 'p' or ' '):
                Pause();
                break;
            case (_, '?' or 'h') or (ConsoleKey.F1, _):
                Turn(Page == ScreenPage.Help ? ScreenPage.Overview : ScreenPage.Help);
                break;
            case (_, 'l'):
                Turn(Page == ScreenPage.Log ? ScreenPage.Overview : ScreenPage.Log);
                break;
            case (ConsoleKey.Enter, _):
                Turn(Page == ScreenPage.Overview && _alerts.Count > 0 ? ScreenPage.Details : ScreenPage.Overview);
                break;
            case (ConsoleKey.LeftArrow, _) when Page == ScreenPage.Details:
                Choose(Chosen - 1);
                break;
            case (ConsoleKey.RightArrow, _) when Page == ScreenPage.Details:
                Choose(Chosen + 1);
                break;
            case (ConsoleKey.UpArrow, _) or (_, 'k'):
                Move(-1);
                break;
            case (ConsoleKey.DownArrow, _) or (_, 'j'):
                Move(1);
                break;
            case (ConsoleKey.PageUp, _):
                Move(-pageLength);
                break;
            case (ConsoleKey.PageDown, _):
                Move(pageLength);
                break;
            case (ConsoleKey.Home, _) or (_, 'g'):
                Move(-int.MaxValue / 2);
                break;
            case (ConsoleKey.End, _) or (_, 'G'):
                Move(int.MaxValue / 2);
                break;
        }

        return false;
    }

    /// <summary>Keeps the scrolling within what there is.</summary>
    /// <param name="lines">Lines that there are.</param>
    /// <param name="room">Lines that there is room for.</param>
    public void Bound(int lines, int room) => Scrolled = Math.Clamp(Scrolled, 0, Math.Max(0, lines - room));

    private void Turn(ScreenPage page)
    {
        Page = page;

        // The newest line of the log is its last.
        Scrolled = page == ScreenPage.Log ? int.MaxValue / 2 : 0;
    }

    private void Move(int lines)
    {
        if (Page == ScreenPage.Overview)
        {
            Choose(Chosen + lines);
        }
        else
        {
            Scrolled = Math.Clamp(Scrolled + lines, 0, int.MaxValue / 2);
        }
    }

    private void Choose(int index)
    {
        Chosen = Math.Clamp(index, 0, Math.Max(0, _alerts.Count - 1));
        Scrolled = Page == ScreenPage.Details ? 0 : Scrolled;
    }

    private void Pause()
    {
        IsPaused = !IsPaused;
        if (!IsPaused)
        {
            foreach (var notification in _later)
            {
                Add(notification);
            }

            _later.Clear();
        }
    }

    private static void Keep<T>(List<T> list, T item, int most)
    {
        if (list.Count == most)
        {
            list.RemoveAt(0);
        }

        list.Add(item);
    }
}
