using System.Globalization;
using System.Security.Cryptography;
using WireDns.Alerts;

namespace WireDns.Sensor;

/// <summary>
/// Says how states change, in a line on stderr and an event to the sinks of alerts: few of them where a state changes all the time, and
/// then the one that lasts. Not thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="write">Takes a line.</param>
/// <param name="raise">Takes an event.</param>
internal sealed class StateLog(TimeProvider time, Action<string> write, Action<SensorEvent> raise)
{
    /// <summary>The part of a sensor that is the link as a whole.</summary>
    public const string Mirror = "mirror";

    /// <summary>The part that counts the hits of rules.</summary>
    public const string Correlation = "correlation";

    private const int ChangesAMinute = 6;

    private readonly Dictionary<(string Part, string? Interface), Account> _accounts = [];

    /// <summary>Says that an interface has another state now.</summary>
    public void ChangeInterface(string name, InterfaceState previous, InterfaceState current) => Change("interface", name, previous, current);

    /// <summary>Says that another part of the sensor has another state now.</summary>
    public void Change(string part, InterfaceState previous, InterfaceState current) => Change(part, null, previous, current);

    /// <summary>Says what was held back, once its time has come. To be called about once a second.</summary>
    public void Look()
    {
        foreach (var ((part, name), account) in _accounts)
        {
            if (account.Unsaid > 0 && IsOver(account))
            {
                write($"{NameOf(part, name)} changed its state {account.Unsaid.ToString("N0", CultureInfo.InvariantCulture)} times more; now it is {account.Current.Word}"
                    + (account.Current.Sight == Sight.Ok ? "" : $": {account.Current.Reason}"));
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

        var lasted = string.Create(CultureInfo.InvariantCulture, $"{(current.Since - previous.Since).TotalSeconds:0} s");
        write(current.Sight == Sight.Ok
            ? $"{NameOf(part, name)} is ok again, after {lasted} {previous.Word}"
            : $"{NameOf(part, name)} is {current.Word}: {current.Reason}");
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

    private bool IsOver(Account account) => time.GetUtcNow() - account.Start >= TimeSpan.FromMinutes(1);

    private void Begin(Account account) => (account.Start, account.Said, account.Unsaid) = (time.GetUtcNow(), 0, 0);

    /// <summary>What was said of one part within a minute.</summary>
    private sealed class Account(InterfaceState first)
    {
        public DateTimeOffset Start = DateTimeOffset.MinValue;
        public int Said;
        public long Unsaid;
        public InterfaceState LastRaised = first;
        public InterfaceState Current = first;
    }
}
