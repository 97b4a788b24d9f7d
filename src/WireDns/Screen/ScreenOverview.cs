using System.Globalization;
using WireDns.Alerts;
using WireDns.Alerts.Delivery;
using WireDns.Sensor;
using WireDns.Terminal;
using static WireDns.Screen.ScreenView;

namespace WireDns.Screen;

/// <summary>Draws the first page: interfaces, the mirror, targets, top clients and names, alerts. Whatever there is no room for is said to be more.</summary>
internal static class ScreenOverview
{
    // From here on, empty lines divide the parts.
    private const int AiryHeight = 34;

    // Lines that the alerts have at least, with their title, and those below them.
    private const int LeastAlerts = 5;
    private const int Footer = 1;

    private const int NameColumns = 12;
    private const int LongestInterfaceName = 16; // IFNAMSIZ of Linux
    private const int RateColumns = 80; // the table of interfaces without more
    private const int LeastCurve = 10;
    private const int LongestCurve = 60;

    /// <summary>Draws it between the header, which is drawn already, and the last line.</summary>
    public static void Draw(ScreenCanvas canvas, ScreenState state)
    {
        if (state.Figures is not { } figures)
        {
            canvas.Line(" The first figures come in a second.");
            return;
        }

        var isAiry = canvas.Room >= AiryHeight;
        var most = Math.Max(1, (canvas.Room - 9) / 5);
        Gap();
        DrawInterfaces(canvas, figures, most);
        DrawStates(canvas, figures.Snapshot);
        Gap();
        DrawTargets(canvas, figures.Snapshot.Sinks, most);
        Gap();
        DrawTops(canvas, figures, Math.Clamp((canvas.Room - LeastAlerts) / 3, 1, 10));
        Gap();
        var lastLine = state.Lines.Count > 0 ? 1 : 0;
        DrawAlerts(canvas, state, figures.Snapshot, canvas.Room - Footer - lastLine);
        canvas.FillTo(Footer + lastLine);
        if (lastLine > 0)
        {
            canvas.Line(new Part($" {state.Lines[^1]}", Style.Faint));
        }

        void Gap()
        {
            if (isAiry)
            {
                canvas.Line();
            }
        }
    }

    private static void DrawInterfaces(ScreenCanvas canvas, ScreenFigures figures, int most)
    {
        var interfaces = figures.Snapshot.Interfaces;
        var extra = canvas.Width - RateColumns;
        var name = NameColumns + Math.Clamp(extra, RateColumns - canvas.Width > 0 ? -4 : 0, LongestInterfaceName - NameColumns);
        var curve = Math.Min(LongestCurve, canvas.Width - RateColumns - (LongestInterfaceName - NameColumns) - 2);
        canvas.Line(new Part(
            $" {canvas.Cell("INTERFACE", name)} {"STATE",-9}{"PACKETS/S",10}{"BYTES/S",11}{"DNS/S",8}{"PACKETS",15}{"DROPPED",12}{(curve >= LeastCurve ? "  DNS/S OF THE LAST MINUTE" : "")}",
            Style.Title));
        foreach (var (index, one) in First(interfaces, most, one => one.State.Sight != Sight.Ok))
        {
            var rate = figures.Rates[index];
            var dropped = one.Statistics.DroppedByKernel + one.Statistics.DroppedByInterface;
            canvas.Line(
                new Part($" {canvas.Cell(one.Name, name)} ", Style.Value), StateOf(one.State, canvas, 9),
                $"{Rate(rate.Packets),10}{Figures.Size((long)rate.Octets),11}{Rate(rate.DnsPackets),8}{Number(one.Statistics.Delivered),15}",
                new Part($"{Number(dropped),12}", rate.Dropped > 0 ? Style.Fault : dropped > 0 ? Style.Notable : Style.Plain),
                new Part(curve >= LeastCurve ? $"  {canvas.Look.Curve(rate.History, curve)}" : "", Style.Octets));
            DrawReason(canvas, one.State);
        }

        DrawRest(canvas, interfaces.Count - most, "interfaces");
    }

    private static void DrawStates(ScreenCanvas canvas, SensorSnapshot snapshot)
    {
        var lookups = snapshot.Counters.Lookups;
        var dot = canvas.Look.Dot;
        canvas.Line(
            new Part(" mirror ", Style.Value), StateOf(snapshot.Mirror, canvas),
            Invariant($"{dot}lookups {lookups.Complete:N0} whole, {lookups.QueriesAlone:N0} query alone, {lookups.ResponsesAlone:N0} response alone{dot}malformed {snapshot.Counters.Malformed:N0}{dot}undecodable {snapshot.Counters.Undecodable:N0}"));
        DrawReason(canvas, snapshot.Mirror);
        if (snapshot.Correlation.Sight != Sight.Ok)
        {
            canvas.Line(new Part(" correlation ", Style.Value), StateOf(snapshot.Correlation, canvas));
            DrawReason(canvas, snapshot.Correlation);
        }

        if (snapshot.Canary is { Sending: { } canaries } canary)
        {
            canvas.Line(new Part(" canary ", Style.Value), StateOf(canaries.State, canvas), Invariant($"{dot}{canaries.Sent:N0} sent, {canary.Matched:N0} matched"));
            DrawReason(canvas, canaries.State);
        }
    }

    private static void DrawTargets(ScreenCanvas canvas, IReadOnlyList<SinkCounters> targets, int most)
    {
        var name = canvas.Width - 52;
        canvas.Line(new Part($" {canvas.Cell("TARGET", name)} {"STATE",-13}{"QUEUE",8}{"DELIVERED",12}{"DROPPED",9}{"FAILED",8}", Style.Title));
        if (targets.Count == 0)
        {
            canvas.Line(new Part(" none: alerts are shown here alone, and nowhere kept (-o file:alerts.txt keeps them)", Style.Notable));
        }

        foreach (var (_, target) in First(targets, most, target => target.TroubleLasts > TimeSpan.Zero || target.HasLosses))
        {
            var isFailing = target.TroubleLasts > TimeSpan.Zero;
            canvas.Line(
                new Part($" {canvas.Cell(target.Name, name)} ", Style.Value),
                isFailing ? new Part(canvas.Cell(Invariant($"failing {target.TroubleLasts.TotalSeconds:0} s"), 13), Style.Fault) : new Part(canvas.Cell("ok", 13), Style.Good),
                $"{Number(target.Waiting),8}{Number(target.Delivered),12}",
                new Part($"{Number(target.Dropped),9}", target.Dropped > 0 ? Style.Fault : Style.Plain),
                new Part($"{Number(target.FailedTotal),8}", target.FailedTotal > 0 ? Style.Fault : Style.Plain));
            if (target.HasLosses)
            {
                canvas.Line(new Part($"   lost: {target.DescribeLosses()}", Style.Notable));
            }
        }

        DrawRest(canvas, targets.Count - most, "targets");
    }

    private static void DrawTops(ScreenCanvas canvas, ScreenFigures figures, int rows)
    {
        var client = Math.Clamp(canvas.Width / 3, 24, 46);
        var name = canvas.Width - client - 4;
        var note = figures.LeftOut > 0 ? Invariant($"; {figures.LeftOut:N0} queries came too fast to be counted here") : "";
        canvas.Line(new Part($" {canvas.Cell("TOP CLIENTS", client - 9)}{"QUERIES",9}   {canvas.Cell($"TOP NAMES{note}", name - 9)}{"QUERIES",9}", Style.Title));
        for (var row = 0; row < Math.Max(1, Math.Min(rows, Math.Max(figures.Clients.Count, figures.Names.Count))); row++)
        {
            canvas.Line($" {Cells(figures.Clients, row, client)}   {Cells(figures.Names, row, name)}");
        }

        string Cells(IReadOnlyList<(string Key, long Count)> top, int row, int columns) => row < top.Count
            ? $"{canvas.Cell(top[row].Key, columns - 9)}{Number(top[row].Count),9}"
            : canvas.Cell(row == 0 ? "none yet" : "", columns);
    }

    private static void DrawAlerts(ScreenCanvas canvas, ScreenState state, SensorSnapshot snapshot, int lines)
    {
        var rows = lines - 1;
        var noise = snapshot.Noise.Silenced + snapshot.Noise.Suppressed + snapshot.Noise.RateLimited;
        var client = canvas.Width >= 120 ? 24 : 16;
        var name = (canvas.Width - 20 - client) * 11 / 20;
        var title = canvas.Width - 20 - client - name;
        var dot = canvas.Look.Dot;
        canvas.Line(new Part(
            $"  {"UTC",-9}{"LEVEL",-9}{canvas.Cell("CLIENT", client)}{canvas.Cell("NAME", name)}{Invariant($"{snapshot.Counters["alerts"]:N0} ALERTS{(noise > 0 ? $"{dot}{noise:N0} held back" : "")}{(state.Missed > 0 ? $"{dot}{state.Missed:N0} not here" : "")}")}",
            Style.Title));
        if (state.Alerts == 0)
        {
            canvas.Line(new Part("  no alert yet", Style.Faint));
        }

        var first = Math.Max(0, state.Chosen - rows + 1);
        for (var index = first; index < Math.Min(first + rows, state.Alerts); index++)
        {
            var (time, level, style, who, what, why) = Row(state[index]);
            var isChosen = index == state.Chosen;
            var mark = isChosen ? $"{canvas.Look.Mark} " : "  ";
            Part[] parts =
            [
                mark + canvas.Cell(time, 9), new Part(canvas.Cell(level, 8), style), " ", canvas.Cell(who, client - 1), " ", new Part(canvas.Cell(what, name - 1), Style.Value), " ",
                canvas.Cell(why, title),
            ];
            canvas.Bar(isChosen ? Style.Chosen : Style.Plain, parts);
        }
    }

    private static (string Time, string Level, Style Style, string Client, string Name, string Title) Row(Notification notification) => notification switch
    {
        Alert { Anomaly: { } anomaly } alert => (
            Time(alert.UnixTimeNanoseconds), "ANOMALY", Style.Pointer, alert.Client.Address, alert.Message.QuestionName ?? "-", $"{anomaly.Kind} {anomaly.Reason}"),
        Alert alert => (
            Time(alert.UnixTimeNanoseconds), Word(alert.Rule.Level), StyleOf(alert.Rule.Level), alert.Client.Address.Length > 0 ? alert.Client.Address : "several",
            alert.Message.QuestionName ?? alert.Repeats?.Domain ?? "-", $"{alert.Rule.Title}{(alert.Repeats is { } repeats ? $" ({repeats.Words})" : "")}"),
        SensorEvent one => (
            Time(one.UnixTimeNanoseconds), "SENSOR", one.IsOk ? Style.Good : Style.Notable, one.Part, one.Interface ?? "-", $"{one.State}{(one.Reason is null ? "" : $": {one.Reason}")}"),
        _ => ("-", "-", Style.Plain, "-", "-", "-"),
    };

    private static string Word(AlertLevel level) => level == AlertLevel.Informational ? "INFO" : level.Name().ToUpperInvariant();

    private static string Time(long? nanoseconds) =>
        nanoseconds is { } time ? DateTime.UnixEpoch.AddTicks(time / TimeSpan.NanosecondsPerTick).ToString("HH:mm:ss", CultureInfo.InvariantCulture) : "-";

    private static Part StateOf(InterfaceState state, ScreenCanvas canvas, int columns = 0)
    {
        var text = columns > 0 ? canvas.Cell(state.Word, columns) : state.Word;
        return new Part(text, state.Sight switch { Sight.Ok => Style.Good, Sight.Degraded => Style.Notable, _ => Style.Fault });
    }

    private static void DrawReason(ScreenCanvas canvas, InterfaceState state)
    {
        if (state.Sight != Sight.Ok)
        {
            canvas.Line(new Part(Invariant($"   since {state.Since.UtcDateTime:HH:mm:ss}Z: {state.Reason}"), state.Sight == Sight.Blind ? Style.Fault : Style.Notable));
        }
    }

    // Where there is no room for all, those with a fault come first.
    private static IEnumerable<(int Index, T Item)> First<T>(IReadOnlyList<T> all, int most, Func<T, bool> hasFault) =>
        all.Index().OrderBy(one => all.Count > most && !hasFault(one.Item)).Take(most);

    private static void DrawRest(ScreenCanvas canvas, int count, string what)
    {
        if (count > 0)
        {
            canvas.Line(new Part(Invariant($"   and {count:N0} more {what}"), Style.Faint));
        }
    }

    private static string Number(long number) => number < 100_000_000 ? number.ToString("N0", CultureInfo.InvariantCulture) : Figures.Short(number);

    private static string Rate(double rate) => rate is > 0 and < 10 ? rate.ToString("0.0", CultureInfo.InvariantCulture) : rate < 100_000 ? rate.ToString("N0", CultureInfo.InvariantCulture) : Figures.Short((long)rate);
}
