using System.Globalization;
using WireDns.Alerts;
using WireDns.Alerts.Noise;
using WireDns.Detection.Rules;
using WireDns.Recording;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Sensor;

/// <summary>
/// Gives a running sensor other rules, lists, silences and targets: all of them are built beside those in use, and exchanged between two packets, or nothing is changed.
/// Thread-safe: reloads come one after the other.
/// </summary>
/// <param name="run">The sensor.</param>
/// <param name="outputs">Where its alerts go.</param>
/// <param name="settings">The settings that it was started with.</param>
/// <param name="known">All settings that it has.</param>
/// <param name="read">Reads the settings anew.</param>
/// <param name="usualWindows">The windows of suppression unless the settings have others.</param>
/// <param name="log">Is told what was done, or why not.</param>
internal sealed class SensorReload(
    LiveRun run, RunOutputs outputs, SensorSettings settings, IReadOnlyList<Setting> known, Func<SensorSettings> read,
    IReadOnlyDictionary<AlertLevel, TimeSpan> usualWindows, OperatorLog log)
{
    // Targets that go deliver for so long what waits for them.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private SensorSettings _settings = settings;
    private readonly List<WeakReference> _sets = [new(run.Rules)];
    private ReloadCounters _counters = new(0, 0, null, null) { SetsInMemory = 1 };
    private int _isRequested;

    /// <summary>Raised on the reload's thread before it begins.</summary>
    public event Action? Began;

    /// <summary>Raised on the reload's thread after it has ended, whatever came of it.</summary>
    public event Action? Ended;

    /// <summary>The reloads so far.</summary>
    public ReloadCounters Counters => Volatile.Read(ref _counters);

    /// <summary>Reloads soon, on a thread of its own. A request that comes before the last one was begun is the same.</summary>
    public void Request()
    {
        if (Interlocked.Exchange(ref _isRequested, 1) == 0)
        {
            new Thread(() => Run(user: null)) { IsBackground = true, Name = "reload" }.Start();
        }
    }

    /// <summary>Reloads, and returns what came of it.</summary>
    /// <param name="user">The user who asks; null for a signal.</param>
    public ReloadOutcome Run(uint? user)
    {
        lock (_gate)
        {
            Volatile.Write(ref _isRequested, 0);
            Began?.Invoke();
            var outcome = TryReload();

            // Packets allocate nothing, so that no collection would come for long, and the rules that are not used any more would stay in memory.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _sets.RemoveAll(set => !set.IsAlive);
            var counters = _counters with { Last = outcome.Words, SetsInMemory = _sets.Count };
            Volatile.Write(ref _counters, outcome.Cause is null
                ? counters with { Done = counters.Done + 1, LastDone = TimeProvider.System.GetUtcNow() }
                : counters with { Refused = counters.Refused + 1 });
            log.Note(OperatorLog.Configuration, outcome.Words, user, outcome.Cause);
            Ended?.Invoke();
            return outcome;
        }
    }

    private ReloadOutcome TryReload()
    {
        try
        {
            return Reload();
        }
        catch (CommandFailure failure)
        {
            return Refuse("cannot_be_read", $"{failure.Message}{(failure.FirstFault is { } fault ? $": {fault}" : "")}");
        }
        catch (IOException exception)
        {
            // A target; its transports word their exceptions for users.
            return Refuse("target_cannot_be_opened", exception.Message);
        }
        catch (OutOfMemoryException)
        {
            return Refuse("out_of_memory", "there is not enough memory for the old and the new rules at once");
        }
        catch (Exception exception)
        {
            return Refuse("internal_error", $"a fault of this program ({exception.StackTrace?.Split('\n', 2)[0].Trim()})");
        }
    }

    private ReloadOutcome Reload()
    {
        var given = read();
        var next = _settings.Reload(given);
        var restarts = known.Where(setting => !setting.Reloads && !setting.Texts(given).SequenceEqual(setting.Texts(_settings))).Select(setting => setting.Name).ToList();
        var noise = next.Noise.Read(usualWindows);
        var targets = RunOutputs.Plan(next);
        var current = run.Rules;
        var rules = RunRules.Load(next.Rules, current);
        _sets.Add(new WeakReference(rules));
        var changes = RuleChanges.Between(current, rules);
        if (WhyNot(changes) is { } refusal)
        {
            return refusal;
        }

        // What can fail is first, and changes nothing if it does.
        outputs.Alerts.Exchange(targets, DrainTime);
        outputs.Noise.Use(noise);
        run.Swap(rules);
        _settings = next;
        var words = string.Create(
            CultureInfo.InvariantCulture,
            $"reloaded: {changes.Running.After:N0} rules run, {changes.Added:N0} added, {changes.Removed:N0} removed, {changes.Changed:N0} changed");
        if (restarts.Count > 0)
        {
            words += $"; to change {string.Join(", ", restarts)}, start the sensor again: {(restarts.Count == 1 ? "it is" : "they are")} as before";
        }

        return new ReloadOutcome(null, words, changes, restarts);
    }

    private static ReloadOutcome? WhyNot(RuleChanges changes)
    {
        if (changes.Broken.Count > 0)
        {
            var (rule, error) = changes.Broken[0];
            var more = changes.Broken.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {changes.Broken.Count - 1:N0} more");
            return Refuse("rule_broken", $"a rule that runs does not load any more: {rule.Alert.Title}{more}: {error}");
        }

        if (changes.Running is { Before: > 0, After: 0 })
        {
            return Refuse("no_rules", "no rule would be left to run");
        }

        if (changes.IsShrunk)
        {
            return Refuse("rules_shrunk", string.Create(
                CultureInfo.InvariantCulture, $"less than half of the rules would be left, {changes.Running.After:N0} of {changes.Running.Before:N0}: start the sensor again if that is meant"));
        }

        return changes.ShrunkLists.Count == 0 ? null : Refuse("list_shrunk", string.Create(
            CultureInfo.InvariantCulture,
            $"less than half of the values of %{changes.ShrunkLists[0].Name}% would be left, {changes.ShrunkLists[0].After:N0} of {changes.ShrunkLists[0].Before:N0}: start the sensor again if that is meant"));
    }

    private static ReloadOutcome Refuse(string cause, string why) => new(cause, $"not reloaded, all is as before: {why}", null, []);
}

/// <summary>What came of a reload.</summary>
/// <param name="Cause">Why it was refused, as an identifier (docs/reload.md); null if it was done.</param>
/// <param name="Words">The same in words.</param>
/// <param name="Changes">What changed; null if it was refused.</param>
/// <param name="Restarts">The names of settings that have another value now, which a running sensor does not take.</param>
internal sealed record ReloadOutcome(string? Cause, string Words, RuleChanges? Changes, IReadOnlyList<string> Restarts);

/// <summary>The reloads so far.</summary>
/// <param name="Done">Those that were done.</param>
/// <param name="Refused">Those that were refused.</param>
/// <param name="LastDone">When the last one was done; null if none was.</param>
/// <param name="Last">What the last one came to; null if there was none.</param>
internal sealed record ReloadCounters(long Done, long Refused, DateTimeOffset? LastDone, string? Last)
{
    /// <summary>Sets of rules that were in memory after the last one: 1, that in use. More say that something keeps rules that are not used any more.</summary>
    public required int SetsInMemory { get; init; }
}
