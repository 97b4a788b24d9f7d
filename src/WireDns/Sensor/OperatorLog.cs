using System.Globalization;
using System.Security.Cryptography;
using WireDns.Alerts;

namespace WireDns.Sensor;

/// <summary>
/// Reports what an operator did to a running sensor, or tried to do: a line on stderr, and an event to the targets with the number of the user. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="write">Receives a line.</param>
/// <param name="raise">Receives an event.</param>
internal sealed class OperatorLog(TimeProvider time, Action<string> write, Action<SensorEvent> raise)
{
    /// <summary>The part of the sensor that is its rules, lists and settings.</summary>
    public const string Configuration = "configuration";

    /// <summary>The part that is its silences.</summary>
    public const string Silences = "silences";

    /// <summary>The part that is the files it writes.</summary>
    public const string Files = "files";

    private readonly Lock _gate = new();
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly Dictionary<string, (string State, DateTimeOffset Since)> _states = new(StringComparer.Ordinal);

    /// <summary>Reports it.</summary>
    /// <param name="part">The part of the sensor.</param>
    /// <param name="words">What was done, or why it was not.</param>
    /// <param name="user">The user's number; null if it is not known.</param>
    /// <param name="cause">Why it was not done, as an identifier; null if it was.</param>
    public void Note(string part, string words, uint? user, string? cause = null)
    {
        const string Degraded = "degraded";
        const string Ok = "ok";
        var by = user is null ? "" : string.Create(CultureInfo.InvariantCulture, $" (user {user})");
        words += by;
        write(words);
        SensorEvent noted;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var (previous, since) = _states.GetValueOrDefault(part, (Ok, _start));
            _states[part] = (cause is null ? Ok : Degraded, now);
            noted = new SensorEvent
            {
                Id = RandomNumberGenerator.GetHexString(16, lowercase: true),
                UnixTimeNanoseconds = (now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick,
                Part = part,
                Level = cause is null ? AlertLevel.Informational : AlertLevel.Medium,
                State = cause is null ? Ok : Degraded,
                Cause = cause,
                Reason = words,
                UserId = user,
                PreviousState = previous,
                PreviousSeconds = (long)(now - since).TotalSeconds,
            };
        }

        raise(noted);
    }
}
