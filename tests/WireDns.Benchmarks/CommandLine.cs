using System.Globalization;
using WireDns.Benchmarks.Checking;
using WireDns.Benchmarks.Comparison;
using WireDns.Benchmarks.Live;
using WireDns.Benchmarks.Micro;
using WireDns.Benchmarks.Outages;
using WireDns.Benchmarks.Soak;
using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks;

/// <summary>
/// The tool's commands. Exit status: 0 done, 1 a check failed or the system did, 2 usage.
/// </summary>
internal static class CommandLine
{
    private const string Usage = $"""
        usage: generate KIND FILE [--packets N | --bytes N] [--planted N] [--seed N]
               audit FILE
               check
               compare OPTION...
               scale OPTION...
               goals OPTION...
               live OPTION...
               rate OPTION...
               log OPTION...
               micro [--filter PATTERN] [BENCHMARKDOTNET OPTION...]
               soak WIREDNS RULES MINUTES
               outage WIREDNS [ALERTS]
               sinks WIREDNS [ALERTS]
               send INTERFACE CAPTURE all|noise SECONDS [RATE]
        generate  writes a capture (dns, log, span or hostile), the same for the same arguments, and prints what is in it
        audit     prints what an independent, slow reader finds in such a file
        check     generates small captures in memory, audits them and compares their hashes with the known ones
        compare   runs WireDns and other programs on both captures, side by side
        scale     runs WireDns with 22 to 1,000,000 values and with 1 to 10,000 rules
        goals     measures what docs/performance.md wants, and says what is met
        live      measures live with each rule set beside tcpdump, and in floods: the table of docs/sensor.md
        rate      finds the highest rate at which live with one and two workers, tcpdump and Suricata drop nothing
        log       measures the DNS log in Parquet: writing, hunting, and questions in SQL
        micro     measures the parts in this process
        soak      runs wiredns live for many minutes with a reload and a fault every minute, and says what was lost
        outage    delivers alerts to real receivers that fail, and counts what arrives: the table of docs/delivery.md
        sinks     measures alerts a second for each sink and format
        send      sends the frames of a capture out of an interface, as fast as it can or at a rate; prints how many, and in how many seconds
        {BenchOptions.Usage}
        """;

    private static readonly ICaptureKind[] Kinds = [new DnsCapture(), new DnsCapture(repeatsAnswers: true), new SpanCapture(), new HostileCapture()];

    /// <summary>Runs a command; returns the exit status.</summary>
    public static int Run(string[] arguments, TextWriter output, TextWriter errors)
    {
        try
        {
            switch (arguments)
            {
                case ["generate", var kindName, var file, .. var options]
                    when FindKind(kindName) is { } kind && TryReadOptions(kind, options, out var request):
                    output.WriteLine(CaptureGeneration.ToFile(kind, request, file));
                    return 0;
                case ["audit", var file]:
                    using (var stream = File.OpenRead(file))
                    {
                        output.WriteLine(CaptureAudit.Of(stream).ToJson());
                    }

                    return 0;
                case ["check"]:
                    return GeneratorCheck.Run(Kinds, output) ? 0 : 1;
                case ["micro", .. var options]:
                    return MicroBenchmarks.Run(options);
                case ["soak", var product, var rules, var minutesText]
                    when int.TryParse(minutesText, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes):
                    return SoakRun.Run(product, rules, TimeSpan.FromMinutes(minutes), output);
                case ["outage" or "sinks", var product, .. var count] when count is [] || (count is [var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)):
                    var table = new OutageTable(product, count is [] ? 100_000 : int.Parse(count[0], CultureInfo.InvariantCulture), output);
                    return arguments[0] == "outage" ? table.Outages() : table.Sinks();
                case ["receive", var port, var file, var pause]: // a part of both: it is started as a process of its own
                    return OutageHttp.Serve(
                        int.Parse(port, CultureInfo.InvariantCulture), file, TimeSpan.FromMilliseconds(int.Parse(pause, CultureInfo.InvariantCulture)), output);
                case ["send", var interfaceName, var capture, var mixName, var secondsText, .. var rateText]
                    when rateText.Length <= 1 && int.TryParse(rateText.FirstOrDefault("0"), NumberStyles.None, CultureInfo.InvariantCulture, out var rate)
                    && Enum.TryParse<FrameMix>(mixName, ignoreCase: true, out var mix)
                    && int.TryParse(secondsText, NumberStyles.None, CultureInfo.InvariantCulture, out var duration):
                    var (frames, seconds) = PacketSender.Send(interfaceName, capture, mix, TimeSpan.FromSeconds(duration), rate, TimeProvider.System);
                    output.WriteLine(PacketSender.Format(frames, seconds));
                    return 0;
                case [var verb, .. var options] when Measurements.Has(verb):
                    return new Measurements(output, errors, TimeProvider.System).Run(verb, options);
                default:
                    errors.WriteLine(Usage);
                    return 2;
            }
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            errors.WriteLine(exception.Message);
            return 1;
        }
    }

    private static ICaptureKind? FindKind(string name) => Array.Find(Kinds, kind => kind.Name == name);

    private static bool TryReadOptions(ICaptureKind kind, string[] options, out CaptureRequest request)
    {
        request = default;
        var budget = kind.DefaultBudget;
        var seed = 1UL;
        long? planted = null;
        for (var index = 0; index < options.Length; index += 2)
        {
            if (index + 1 == options.Length
                || !long.TryParse(options[index + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                return false;
            }

            switch (options[index])
            {
                case "--packets" when value > 0:
                    budget = new CaptureBudget(value, IsInPackets: true);
                    break;
                case "--bytes" when value > 0:
                    budget = new CaptureBudget(value, IsInPackets: false);
                    break;
                case "--planted":
                    planted = value;
                    break;
                case "--seed":
                    seed = (ulong)value;
                    break;
                default:
                    return false;
            }
        }

        request = new CaptureRequest(budget, planted ?? kind.DefaultPlantedCount(budget), seed);
        return true;
    }
}
