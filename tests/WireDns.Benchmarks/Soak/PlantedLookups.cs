using System.Globalization;
using System.Text.RegularExpressions;

namespace WireDns.Benchmarks.Soak;

/// <summary>
/// What was planted and what the sensor reported. A planted lookup must be one alert, or fall into a time in which the sensor said that it saw
/// nothing, or not all, or was dead. It may be two only where the sensor was killed within a minute. Thread-safe.
/// </summary>
/// <remarks>
/// The sensor judges its state once a second. Where it had no processor for a while, or was stopped, what it says comes later by as much as its alerts do: that delay is measured.
/// </remarks>
internal sealed partial class PlantedLookups
{
    // A state is judged once a second, by counters that are read once a second: what it stands for began up to two seconds before.
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);

    // The oldest that a saved state may be after the sensor was killed.
    private static readonly TimeSpan StateAge = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, (string Interface, DateTimeOffset Time)> _planted = [];
    private readonly Dictionary<int, int> _alerted = [];
    private readonly List<(DateTimeOffset Arrival, TimeSpan Delay)> _delays = [];
    private readonly HashSet<int> _received = [];
    private readonly List<StateTime> _states = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _deaths = [];

    public int Planted => Locked(() => _planted.Count);

    public int Alerted => Locked(() => _planted.Keys.Count(_alerted.ContainsKey));

    /// <summary>Those with more than one alert, although the sensor was not killed within a minute.</summary>
    public IReadOnlyList<string> Doubled() => Locked(() => _planted.Where(lookup => _alerted.GetValueOrDefault(lookup.Key) > 1
        && !_deaths.Exists(death => death.From >= lookup.Value.Time && death.From - lookup.Value.Time < StateAge)).Select(lookup => Describe(lookup.Key, lookup.Value)).ToList());

    /// <summary>Of those that raised an alert, how many reached the receiver.</summary>
    public int Received => Locked(() => _alerted.Keys.Count(_received.Contains));

    /// <summary>Events of the sensor.</summary>
    public int Events => Locked(() => _states.Count);

    /// <summary>Whether every alert on standard output has reached the receiver.</summary>
    public bool HasReceivedAll => Locked(() => _alerted.Keys.All(_received.Contains));

    public void Plant(int number, string interfaceName) => Locked(() => _planted[number] = (interfaceName, DateTimeOffset.UtcNow));

    /// <summary>Takes it back: it was not sent after all.</summary>
    public void TakeBack(int number) => Locked(() => _planted.Remove(number));

    /// <summary>The sensor was dead for a time. The new one sees, until it says otherwise, which it may have done before this is called.</summary>
    public void NoteDeath(DateTimeOffset from, DateTimeOffset to) => Locked(() =>
    {
        _deaths.Add((from, to));
        _states.AddRange(_states.Select(state => state.Interface).Distinct().Select(name => new StateTime(name, "ok", "restarted", from)).ToList());
    });

    /// <summary>How long after its lookup an alert came: the middle, the 99th of a hundred, and the longest.</summary>
    public (TimeSpan Middle, TimeSpan Late, TimeSpan Longest) Delays() => Locked(() =>
    {
        TimeSpan[] delays = [.. _delays.Select(delay => delay.Delay).DefaultIfEmpty().Order()];
        return (delays[delays.Length / 2], delays[(int)(delays.Length * 0.99)], delays[^1]);
    });

    /// <summary>Takes a line of the sensor's standard output.</summary>
    public void TakeLine(string line)
    {
        if (Event().Match(line) is { Success: true } match)
        {
            Locked(() => _states.Add(new StateTime(
                match.Groups["name"].Value, match.Groups["state"].Value, match.Groups["cause"].Value,
                DateTimeOffset.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture))));
        }
        else if (NumberIn(line) is { } number)
        {
            Locked(() =>
            {
                _alerted[number] = _alerted.GetValueOrDefault(number) + 1;
                if (_alerted[number] == 1 && _planted.TryGetValue(number, out var lookup))
                {
                    _delays.Add((DateTimeOffset.UtcNow, DateTimeOffset.UtcNow - lookup.Time));
                }
            });
        }
    }

    /// <summary>Takes what reached the receiver.</summary>
    public void TakeMessage(string message)
    {
        if (NumberIn(message) is { } number)
        {
            Locked(() => _received.Add(number));
        }
    }

    /// <summary>Lookups without an alert, by what the sensor said at the time: <c>blind gone 12</c>; if it said nothing, <c>unaccounted</c>.</summary>
    public IReadOnlyDictionary<string, int> Missing() => Locked(() => _planted
        .Where(lookup => !_alerted.ContainsKey(lookup.Key))
        .GroupBy(lookup => StateAt(lookup.Value.Interface, lookup.Value.Time))
        .ToDictionary(group => group.Key, group => group.Count()));

    /// <summary>The first few of those without an alert at a time of which the sensor said nothing.</summary>
    public IReadOnlyList<string> Unaccounted() => Locked(() => _planted
        .Where(lookup => !_alerted.ContainsKey(lookup.Key) && StateAt(lookup.Value.Interface, lookup.Value.Time) == "unaccounted").Take(10)
        .Select(lookup => Describe(lookup.Key, lookup.Value)).ToList());

    private static string Describe(int number, (string Interface, DateTimeOffset Time) lookup) =>
        string.Create(CultureInfo.InvariantCulture, $"lookup {number} on {lookup.Interface} at {lookup.Time:HH:mm:ss.fff}");

    private string StateAt(string interfaceName, DateTimeOffset time)
    {
        if (_deaths.Exists(death => time >= death.From - DelayAt(death.From) && time <= death.To))
        {
            return "killed";
        }

        var states = _states.Where(state => state.Interface == interfaceName).OrderBy(state => state.Since).ToList();
        for (var index = 0; index < states.Count; index++)
        {
            var end = index + 1 < states.Count ? states[index + 1].Since : DateTimeOffset.MaxValue;
            if (states[index].State != "ok" && time >= states[index].Since - DelayAt(states[index].Since) && time <= end)
            {
                return $"{states[index].State} {states[index].Cause}";
            }
        }

        return "unaccounted";
    }

    // What the alerts of that time were late by, the sensor's word on its state was too.
    private TimeSpan DelayAt(DateTimeOffset time) =>
        Delay + _delays.Where(delay => (delay.Arrival - time).Duration() <= Delay + TimeSpan.FromSeconds(1)).Select(delay => delay.Delay).DefaultIfEmpty().Max();

    private static int? NumberIn(string text) =>
        Name().Match(text) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    private T Locked<T>(Func<T> work)
    {
        lock (_gate)
        {
            return work();
        }
    }

    private void Locked(Action work)
    {
        lock (_gate)
        {
            work();
        }
    }

    // The alert of the 3CX rule: a correlation names the lookup that made it true as well.
    [GeneratedRegex(@"3CXDesktopApp.*\bp(\d+)\.msstorageazure\.com\b")]
    private static partial Regex Name();

    [GeneratedRegex(@"^(?<time>\S+) SENSOR +\S+ (?<name>\S+) (?<state>\S+) (?<cause>\S+) ")]
    private static partial Regex Event();

    private sealed record StateTime(string Interface, string State, string Cause, DateTimeOffset Since);
}
