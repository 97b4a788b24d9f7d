using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using WireDns.Alerts;
using WireDns.Journal;

namespace WireDns.Sensor;

/// <summary>
/// Reports state changes, as a line on stderr and as an event to the alert sinks. If a state keeps changing, it reports only a few of the changes,
/// and later the state that remains. Not thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="log">Receives a line.</param>
/// <param name="raise">Receives an event.</param>
internal sealed class StateLog(TimeProvider time, ILogger log, Action<SensorEvent> raise)
{
    /// <summary>The name of the part that is the mirrored link as a whole.</summary>
    public const string Mirror = "mirror";

    /// <summary>The name of the part that counts hits of rules.</summary>
    public const string Correlation = "correlation";

    /// <summary>The name of the part that is the canaries which the sensor sends.</summary>
    public const string Canary = "canary";

    private const int ChangesAMinute = 6;

    private readonly Dictionary<(string Part, string? Interface), Account> _accounts = [];

    /// <summary>Reports that an interface has changed its state.</summary>
    public void ChangeInterface(string name, InterfaceState previous, InterfaceState current) => Change("interface", name, previous, current);

    /// <summary>Reports that another part of the sensor has changed its state.</summary>
    public void Change(string part, InterfaceState previous, InterfaceState current) => Change(part, null, previous, current);

    /// <summary>Reports what was held back, once a minute has passed. Call it about once a second.</summary>
    public void Look()
    {
        foreach (var ((part, name), account) in _accounts)
        {
            if (account.Unsaid > 0 && IsOver(account))
            {
                var current = account.Current;
                log.StateUnsteady(
                    NameOf(part, name), account.Unsaid, current.Sight == Sight.Ok ? current.Word : $"{current.Word}: {current.Reason}", part, name, current.Word);
                Begin(account);
                Raise(part, name, account);
            }
        }
    }

    private void Change(string part, string? name, InterfaceState previous, InterfaceState current)
    {
        if (!_accounts.TryGetValue((part, name), out var account))
        {
            account = _accounts[(part, name)] = new Account(previous);
        }

        account.Current = current;
        if (account.Unsaid == 0 && IsOver(account))
        {
            Begin(account);
        }

        if (account.Unsaid > 0 || account.Said == ChangesAMinute)
        {
            account.Unsaid++;
            return;
        }

        if (current.Sight == Sight.Ok)
        {
            log.StateOk(NameOf(part, name), current.Word, (long)Math.Round((current.Since - previous.Since).TotalSeconds), previous.Word, part, name);
        }
        else
        {
            log.StateWorse(
                current.Sight == Sight.Blind ? LogLevel.Error : LogLevel.Warning, NameOf(part, name), current.Word, current.Reason, part, name, current.Cause);
        }

        Raise(part, name, account);
    }

    private void Raise(string part, string? name, Account account)
    {
        var (previous, current, now) = (account.LastRaised, account.Current, time.GetUtcNow());
        account.Said++;
        if (current.Sight == previous.Sight && current.Cause == previous.Cause)
        {
            return; // it came and went while it was held back
        }

        account.LastRaised = current;
        raise(new SensorEvent
        {
            Id = RandomNumberGenerator.GetHexString(16, lowercase: true),
            UnixTimeNanoseconds = (now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick,
            Part = part,
            Interface = name,
            Level = current.Sight switch { Sight.Ok => AlertLevel.Informational, Sight.Degraded => AlertLevel.Medium, _ => AlertLevel.High },
            State = current.Word,
            Cause = current.Sight == Sight.Ok ? null : current.Cause,
            Reason = current.Sight == Sight.Ok ? null : current.Reason,
            PreviousState = previous.Word,
            PreviousSeconds = (long)(now - previous.Since).TotalSeconds,
        });
    }

    private static string NameOf(string part, string? name) => name ?? $"the {part}";

    private bool IsOver(Account account) => account.Start is null || time.GetElapsedTime(account.Start.Value) >= TimeSpan.FromMinutes(1);

    private void Begin(Account account) => (account.Start, account.Said, account.Unsaid) = (time.GetTimestamp(), 0, 0);

    /// <summary>What was reported about one part within a minute.</summary>
    private sealed class Account(InterfaceState first)
    {
        public long? Start;
        public int Said;
        public long Unsaid;
        public InterfaceState LastRaised = first;
        public InterfaceState Current = first;
    }
}
