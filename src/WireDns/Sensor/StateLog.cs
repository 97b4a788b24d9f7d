using System.Globalization;

namespace WireDns.Sensor;

/// <summary>
/// Says the states of interfaces on stderr as they change, a line each, and few lines where one changes all the time. Not thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="write">Takes a line.</param>
internal sealed class StateLog(TimeProvider time, Action<string> write)
{
    private const int LinesAMinute = 6;

    private readonly Dictionary<string, Budget> _budgets = new(StringComparer.Ordinal);

    /// <summary>Says that an interface has another state now.</summary>
    public void Change(string name, InterfaceState previous, InterfaceState current)
    {
        var now = time.GetUtcNow();
        if (!_budgets.TryGetValue(name, out var budget))
        {
            budget = _budgets[name] = new Budget();
        }

        if (now - budget.Start >= TimeSpan.FromMinutes(1))
        {
            if (budget.Unsaid > 0)
            {
                write(string.Create(CultureInfo.InvariantCulture, $"{name} changed its state {budget.Unsaid:N0} times more"));
            }

            (budget.Start, budget.Lines, budget.Unsaid) = (now, 0, 0);
        }

        if (budget.Lines == LinesAMinute)
        {
            budget.Unsaid++;
            return;
        }

        budget.Lines++;
        var lasted = string.Create(CultureInfo.InvariantCulture, $"{(current.Since - previous.Since).TotalSeconds:0} s");
        write(current.Sight == Sight.Ok
            ? $"{name} is ok again, after {lasted} {Word(previous.Sight)}"
            : $"{name} is {Word(current.Sight)}: {current.Reason}");
    }

    private static string Word(Sight sight) => sight switch
    {
        Sight.Ok => "ok",
        Sight.Degraded => "degraded",
        _ => "blind",
    };

    private sealed class Budget
    {
        public DateTimeOffset Start = DateTimeOffset.MinValue;
        public int Lines;
        public long Unsaid;
    }
}
