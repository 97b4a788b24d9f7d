using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Transports;
using WireDns.Correlating;
using WireDns.Detection.Rules;
using WireDns.Recording;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns correlate</c>: correlates the signals that many sensors send.</summary>
internal static class CorrelateCommand
{
    private const string UsualGroup = "wiredns-correlate";
    private const int LongestWait = 3600;

    public static Command Create()
    {
        var from = new Option<string>("--from")
        {
            Description = "The topic of the sensors' --signals: kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC. Settings follow after commas: group=NAME, properties=FILE.",
            HelpName = "kafka://…",
            Required = true,
        };
        var delay = Seconds("--delay", 5, "Seconds that each signal waits for earlier ones of other sensors");
        var idle = Seconds("--idle", 15, "Seconds after which a sensor that sends nothing is not waited for, and the longest that a signal waits");
        var aside = new Option<string?>("--aside") { Description = "A file for records that are no signals, as JSON lines; at most 16 MiB.", HelpName = "FILE" };
        var command = new Command("correlate", "Correlate the signals of many sensors from a topic of Kafka (docs/fleet.md).") { from, delay, idle, aside };
        var flags = new SettingFlags(command);
        flags.Add(RuleSettings.All);
        flags.Add(NoiseSettings.All);
        flags.Add(OutputSettings.All.Where(setting => setting.Name is not ("evidence" or "log-dns" or "signals")));
        flags.Add(DetectionSettings.Bounds.Where(setting => setting.Name is not "lookups"));
        command.SetAction(arguments => Run(
            Read(arguments.GetValue(from)!), arguments.GetValue(aside), new SignalOrder(TimeSpan.FromSeconds(arguments.GetValue(delay)), TimeSpan.FromSeconds(arguments.GetValue(idle))), flags.Read(arguments)));
        return command;
    }

    private static Option<int> Seconds(string name, int usual, string description)
    {
        var option = new Option<int>(name) { Description = string.Create(CultureInfo.InvariantCulture, $"{description}: 0 to {LongestWait:N0}."), HelpName = "SECONDS", DefaultValueFactory = _ => usual };
        SettingFlags.RequireNumber(option, 0, LongestWait);
        return option;
    }

    private static (KafkaOptions Topic, string Group) Read(string text)
    {
        var target = OutputTarget.Parse(text, "--from");
        var topic = target.Topic();
        var group = target.Text("group") ?? UsualGroup;
        target.RequireAllTaken();
        return group.Length is > 0 and <= 249 ? (topic, group) : throw target.Mistake("group: a name was expected");
    }

    private static int Run((KafkaOptions Topic, string Group) from, string? aside, SignalOrder order, SensorSettings settings)
    {
        if (!settings.Rules.AreGiven)
        {
            throw new CommandFailure(ExitStatus.Usage, $"correlate needs --{RuleSettings.Files.Name} {RuleSettings.Files.ValueName}.");
        }

        if (settings.Output.LogTargets.Count > 0)
        {
            throw new CommandFailure(ExitStatus.Usage, $"-o {settings.Output.LogTargets[0]}: correlate reads signals, and writes no log of lookups");
        }

        if (order.Idle < order.Delay)
        {
            throw new CommandFailure(ExitStatus.Usage, "--idle is the longest that a signal waits: it cannot be less than --delay");
        }

        var rules = RunRules.Load(settings.Rules);
        if (rules.Correlations.Count == 0)
        {
            throw new CommandFailure(ExitStatus.Usage, "there is no correlation among the rules");
        }

        using var consumer = Open(from.Topic, from.Group);
        CheckRetention(consumer, rules);
        using var outputs = RunOutputs.Open(settings, QueueMode.Block, usualWindows: null);
        return Run(consumer, from.Topic, aside, order, settings, rules, outputs);
    }

    private static int Run(KafkaConsumer consumer, KafkaOptions topic, string? aside, SignalOrder order, SensorSettings settings, LoadedRules rules, RunOutputs outputs)
    {
        var start = Stopwatch.GetTimestamp();
        using var signals = new StopSignals();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, outputs.NoReaderLeft);
        var run = new CorrelateRun(consumer, topic, rules, outputs, order, settings.Detection.Correlations, settings.Noise.TellsCorrelationEnds ?? true, new AsideFile(aside));
        using var newFiles = RunSignal.NewFiles(outputs.RotateFiles);
        using var report = RunSignal.Report(() => Report());
        StandardError.Write(string.Create(CultureInfo.InvariantCulture, $"wiredns: {rules.Correlations.Count:N0} correlations run on signals from {consumer}"));
        var failure = run.Run(stop.Token);
        outputs.Noise.Complete();
        var areDelivered = outputs.Complete(TimeSpan.FromSeconds(1));
        var isLedgerWritten = Report();
        if (failure is not null)
        {
            StandardError.Write($"wiredns: {failure}");
        }

        return failure is null && areDelivered && isLedgerWritten ? ExitStatus.Done : ExitStatus.Failed;

        bool Report()
        {
            StandardError.WriteTable(run.Report(Stopwatch.GetElapsedTime(start)));
            return LedgerFile.Write(settings.Output.LedgerFile, run.Write);
        }
    }

    private static KafkaConsumer Open(KafkaOptions topic, string group)
    {
        try
        {
            return KafkaConsumer.Open(topic, group);
        }
        catch (IOException exception)
        {
            throw new CommandFailure(ExitStatus.Usage, exception.Message);
        }
    }

    // Signals that the topic has dropped are missing when a partition is read again.
    private static void CheckRetention(KafkaConsumer consumer, LoadedRules rules)
    {
        var longest = rules.RunningCorrelations.MaxBy(correlation => correlation.Rule.Timespan)!;
        if (consumer.DescribeTopic() is not { } settings)
        {
            StandardError.Write($"wiredns: {consumer}: the brokers do not tell the topic's retention: it must be longer than twice {longest.Rule.TimespanText}, the longest timespan of the rules");
            return;
        }

        if (settings.TryGetValue("retention.ms", out var text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var retention)
            && retention >= 0 && retention < longest.Rule.Timespan.TotalMilliseconds)
        {
            throw new CommandFailure(ExitStatus.Usage, string.Create(
                CultureInfo.InvariantCulture, $"{consumer}: the topic keeps records for {TimeSpan.FromMilliseconds(retention):g}, and {longest.Rule.Title} looks back {longest.Rule.TimespanText}: set retention.ms of the topic to more than twice as long"));
        }

        if (settings.TryGetValue("cleanup.policy", out var policy) && policy.Contains("compact", StringComparison.Ordinal))
        {
            throw new CommandFailure(ExitStatus.Usage, $"{consumer}: the topic is compacted, which keeps one signal of each group: set cleanup.policy of the topic to delete");
        }
    }
}
