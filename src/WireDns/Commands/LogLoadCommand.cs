using System.CommandLine;
using System.Diagnostics;
using WireDns.Alerts.Transports;
using WireDns.Loading;
using WireDns.Parquet.Loading;
using WireDns.Recording;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns log load</c>: makes a DNS log in Parquet of the lookups that sensors send to Kafka.</summary>
internal static class LogLoadCommand
{
    // The library wants the name of a group; nothing is committed for it.
    private const string Group = "wiredns-log-load";

    public static Command Create()
    {
        var from = new Option<string>("--from")
        {
            Description = "The topic of the sensors' --log-dns …,format=log: kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC. A setting follows after a comma: properties=FILE.",
            HelpName = "kafka://…",
            Required = true,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The folder of the log. Settings follow after commas: age=5m, rows=1000000, group=40000 (docs/dnslog.md).",
            HelpName = "parquet:DIR",
            Required = true,
        };
        var aside = new Option<string?>("--aside") { Description = "A file for records that are no lookups, as JSON lines; at most 16 MiB.", HelpName = "FILE" };
        var command = new Command("load", "Write the lookups of many sensors from a topic of Kafka as Parquet files (docs/fleet.md).") { from, output, aside };
        command.SetAction(arguments =>
        {
            var topic = Topic(arguments.GetValue(from)!);
            return Run(topic, Log(arguments.GetValue(output)!, topic.Topic), arguments.GetValue(aside));
        });
        return command;
    }

    private static KafkaOptions Topic(string text)
    {
        var target = OutputTarget.Parse(text, "--from");
        var topic = target.Topic();
        target.RequireAllTaken();
        return topic.Topic.Length <= TopicLogOptions.LongestTopic ? topic
            : throw target.Mistake($"the name of the topic is part of the files' names, and has at most {TopicLogOptions.LongestTopic} characters");
    }

    private static TopicLogOptions Log(string text, string topic)
    {
        var target = OutputTarget.Parse(text);
        var options = LogSinks.IsLog(target.Address)
            ? LogSinks.TopicLog(target, topic)
            : throw target.Mistake($"{LogSinks.ParquetKind}DIR was expected");
        target.RequireAllTaken();
        return options;
    }

    private static int Run(KafkaOptions topic, TopicLogOptions options, string? aside)
    {
        using var log = Open(() => TopicLog.Open(options, line => StandardError.Write($"wiredns: {line}")));
        using var consumer = Open(() => KafkaConsumer.Open(topic, Group));
        var start = Stopwatch.GetTimestamp();
        using var stop = new StopSignals();
        var run = new LoadRun(consumer, log, topic, options.Folder, new AsideFile(aside));
        using var newFiles = RunSignal.NewFiles(run.CloseFiles);
        using var report = RunSignal.Report(() => StandardError.WriteTable(run.Report(Stopwatch.GetElapsedTime(start))));
        var failure = run.Run(stop.Requested);
        StandardError.WriteTable(run.Report(Stopwatch.GetElapsedTime(start)));
        if (failure is not null)
        {
            StandardError.Write($"wiredns: {failure}");
        }

        return failure is null ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static T Open<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (IOException exception)
        {
            throw new CommandFailure(ExitStatus.Usage, exception.Message);
        }
    }
}
