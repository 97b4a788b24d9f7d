using System.Globalization;
using Microsoft.Extensions.Logging;
using WireDns.Terminal;

namespace WireDns.Journal;

/// <summary>Writes a line of the sensor's own log.</summary>
/// <param name="level">How important it is.</param>
/// <param name="name">The event.</param>
/// <param name="fields">What is known about it.</param>
/// <param name="text">What a person reads.</param>
internal delegate void LineWriter(LogLevel level, string name, IReadOnlyList<KeyValuePair<string, object?>> fields, string text);

/// <summary>
/// What a sensor says of itself, event by event (<see cref="SensorMessages"/>). Writes at most 60 lines a minute of each event, and then how many it held back, so that nothing that happens
/// can fill a disk. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="write">Takes a line. Called by one thread at a time.</param>
internal sealed class SensorLog(TimeProvider time, LineWriter write) : ILogger
{
    /// <summary>Lines a minute of one event.</summary>
    public const int LinesAMinute = 60;

    private readonly Lock _gate = new();

    // Names of events are constants of the program, so there are few.
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    /// <summary>The log that goes to stderr.</summary>
    public static SensorLog ToStandardError() => new(
        TimeProvider.System, (level, name, fields, text) => StandardError.Write(level, name, fields, LineForm.Sender + text));

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var name = eventId.Name ?? LineForm.Note;
        lock (_gate)
        {
            if (!_accounts.TryGetValue(name, out var account))
            {
                account = _accounts[name] = new Account { Start = time.GetTimestamp() };
            }

            Look(name, account);
            if (account.Said == LinesAMinute)
            {
                account.HeldBack++;
                return;
            }

            account.Said++;
            write(logLevel, name, state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], formatter(state, exception));
        }
    }

    /// <summary>Says what was held back once its minute is over. Call it about once a second.</summary>
    /// <param name="isEnd">Whether the run ends, so that nothing can wait.</param>
    public void Look(bool isEnd = false)
    {
        lock (_gate)
        {
            foreach (var (name, account) in _accounts)
            {
                Look(name, account, isEnd);
            }
        }
    }

    /// <summary>The form of the lines decides what is written, since it is there for all of stderr.</summary>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <summary>Nothing here has scopes.</summary>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    private void Look(string name, Account account, bool isEnd = false)
    {
        if (!isEnd && time.GetElapsedTime(account.Start) < TimeSpan.FromMinutes(1))
        {
            return;
        }

        if (account.HeldBack > 0)
        {
            write(
                LogLevel.Warning, "lines_held_back", [new("of", name), new("lines", account.HeldBack)],
                string.Create(CultureInfo.InvariantCulture, $"{account.HeldBack:N0} more lines about {name} were not written"));
        }

        (account.Start, account.Said, account.HeldBack) = (time.GetTimestamp(), 0, 0);
    }

    private sealed class Account
    {
        public long Start;
        public int Said;
        public long HeldBack;
    }
}
