using System.Globalization;
using System.Text.RegularExpressions;

namespace WireDns.Benchmarks.Soak;

/// <summary>
/// What was planted and what the sensor reported. A planted lookup must be an alert, or fall into a time in which the sensor said that it saw
/// nothing, or not all. Thread-safe.
/// </summary>
internal sealed partial class PlantedLookups
{
    // A state is judged once a second: what it stands for began up to two seconds before.
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, (string Interface, DateTimeOffset Time)> _planted = [];
    private readonly HashSet<int> _alerted = [];
    private readonly HashSet<int> _received = [];
    private readonly List<StateTime> _states = [];

    public int Planted => Locked(() => _planted.Count);

    public int Alerted => Locked(() => _planted.Keys.Count(_alerted.Contains));

    /// <summary>Of those that raised an alert, how many reached the receiver.</summary>
    public int Received => Locked(() => _alerted.Count(_received.Contains));

    /// <summary>Events of the sensor.</summary>
    public int Events => Locked(() => _states.Count);

    /// <summary>Whether every alert on standard output has reached the receiver.</summary>
    public bool HasReceivedAll => Locked(() => _alerted.IsSubsetOf(_received));

    public void Plant(int number, string interfaceName) => Locked(() => _planted[number] = (interfaceName, DateTimeOffset.UtcNow));

    /// <summary>Takes it back: it was not sent after all.</summary>
    public void TakeBack(int number) => Locked(() => _planted.Remove(number));

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
            Locked(() => _alerted.Add(number));
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
        .Where(lookup => !_alerted.Contains(lookup.Key))
        .GroupBy(lookup => StateAt(lookup.Value.Interface, lookup.Value.Time))
        .ToDictionary(group => group.Key, group => group.Count()));

    private string StateAt(string interfaceName, DateTimeOffset time)
    {
        var states = _states.Where(state => state.Interface == interfaceName).ToList();
        for (var index = 0; index < states.Count; index++)
        {
            var end = index + 1 < states.Count ? states[index + 1].Since : DateTimeOffset.MaxValue;
            if (states[index].State != "ok" && time >= states[index].Since - Delay && time <= end)
            {
                return $"{states[index].State} {states[index].Cause}";
            }
        }

        return "unaccounted";
    }

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

    [GeneratedRegex(@"\bp(\d+)\.msstorageazure\.com\b")]
    private static partial Regex Name();

    [GeneratedRegex(@"^(?<time>\S+) SENSOR +\S+ (?<name>\S+) (?<state>\S+) (?<cause>\S+) ")]
    private static partial Regex Event();

    private sealed record StateTime(string Interface, string State, string Cause, DateTimeOffset Since);
}
