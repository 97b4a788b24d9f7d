using System.Globalization;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Signals;
using WireDns.Detection.Rules;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>Reads where signals go: a topic of Kafka.</summary>
internal static class SignalSinks
{
    /// <summary>The flag of the target.</summary>
    public const string Flag = "--signals";

    // There may be far more of them than alerts.
    private const int QueueFactor = 8;

    /// <summary>Reads the target without opening it.</summary>
    /// <param name="text">The target, as the user wrote it.</param>
    /// <param name="settings">The defaults for everything that the target does not set itself.</param>
    /// <param name="mode">What happens when the buffer is full.</param>
    /// <exception cref="CommandFailure">The target is none for signals, or has a setting that it does not support.</exception>
    public static SinkPlan Plan(string text, OutputSettings settings, QueueMode mode)
    {
        var target = OutputTarget.Parse(text, Flag);
        if (!target.IsTopic)
        {
            throw target.Mistake("kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC was expected: wiredns correlate reads signals from there");
        }

        return AlertSinks.Plan(target, settings, mode, null, new AlertSink(target.Address, new SignalFormat(LogSinks.SensorName(target)), null!)
        {
            Items = "signals",
            QueueCapacity = target.Number("queue", 1, 10_000_000) ?? settings.Queue * QueueFactor,
        });
    }

    /// <summary>Checks that there are rules to send signals of, and not a manifest of captures.</summary>
    /// <exception cref="CommandFailure">There are none.</exception>
    public static void Require(SensorSettings settings)
    {
        if (settings.Output.Signals is not null && (!settings.Rules.AreGiven || settings.Reading.Manifest is not null))
        {
            throw new CommandFailure(ExitStatus.Usage, settings.Reading.Manifest is null ? $"{Flag} needs --{RuleSettings.Files.Name} {RuleSettings.Files.ValueName}."
                : $"{Flag} and --manifest: give one of the two");
        }
    }

    /// <summary>Says that correlations do not run here, if so.</summary>
    public static void Announce(SensorSettings settings, LoadedRules rules)
    {
        if (settings.Output.Signals is { } target && !settings.Reading.IsQuiet)
        {
            StandardError.Write(string.Create(
                CultureInfo.InvariantCulture, $"wiredns: {rules.Correlations.Count:N0} correlations do not run here: their rules' matches go to {OutputTarget.Parse(target).Address}"));
        }
    }
}
