using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using WireDns.Canary;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns selftest</c>: sends a canary through the monitored link, and asks the sensor how far it came.</summary>
internal static class SelftestCommand
{
    private const int LargestWait = 600;

    // Octets; an answer has a line for each target.
    private const int LargestAnswer = 1 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Command Create()
    {
        var zone = new Option<string>("--zone") { Description = "The sensor's --canary-zone.", HelpName = "DOMAIN", Required = true };
        var sensor = new Option<string>("--sensor")
        {
            Description = "Where the sensor's --metrics answer.",
            HelpName = "URL",
            DefaultValueFactory = _ => "http://127.0.0.1:9153",
        };
        var resolver = new Option<string>("--resolver") { Description = "The resolver to ask, whose link the sensor monitors; by default the system's.", HelpName = "ADDRESS[:PORT]" };
        var token = new Option<string>("--token") { Description = "A file with the sensor's --metrics-token.", HelpName = "FILE" };
        var wait = new Option<int>("--wait") { Description = $"How long to wait for the sensor and its targets, in seconds (1 to {LargestWait}).", HelpName = "SECONDS", DefaultValueFactory = _ => 10 };
        var command = new Command("selftest", "Send a lookup through the monitored link, and find out whether the sensor saw, matched and delivered it.") { zone, sensor, resolver, token, wait };
        command.SetAction(async (arguments, stop) => await Run(
            ReadZone(arguments.GetValue(zone)!), ReadAddress(arguments.GetValue(sensor)!), ReadResolver(arguments.GetValue(resolver)), ReadToken(arguments.GetValue(token)),
            ReadWait(arguments.GetValue(wait)), stop).ConfigureAwait(false));
        return command;
    }

    private static async Task<int> Run(string zone, Uri sensor, IPEndPoint? resolver, string? token, TimeSpan wait, CancellationToken stop)
    {
        using var client = new HttpClient { Timeout = wait, BaseAddress = sensor, MaxResponseContentBufferSize = LargestAnswer };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        var name = CanaryLookup.NewName(zone);
        var path = $"canary/{name}";

        // Before anything is sent: the sensor is there, and would know it.
        var (first, refusal) = await Ask(client, path, stop).ConfigureAwait(false);
        if (refusal is not null || !zone.Equals(first.Zone, StringComparison.OrdinalIgnoreCase))
        {
            return End($"not matched: {refusal ?? $"the sensor's canary zone is {first.Zone}"}");
        }

        var start = Stopwatch.GetTimestamp();
        var asking = new CanaryLookup(resolver, wait < TimeSpan.FromSeconds(5) ? wait : TimeSpan.FromSeconds(5)).Ask(name);
        var report = new CanaryReport();
        while (!report.IsComplete && Stopwatch.GetElapsedTime(start) < wait)
        {
            await Task.Delay(Pause, stop).ConfigureAwait(false);
            report = (await Ask(client, path, stop).ConfigureAwait(false)).Report;
        }

        Say($"sent       {name}: {(await asking.ConfigureAwait(false)).Words}");
        if (!report.IsMatched)
        {
            var faults = await Faults(client, stop).ConfigureAwait(false);
            return End(string.Create(CultureInfo.InvariantCulture, $"not seen: the sensor has seen no such lookup within {wait.TotalSeconds:0} s{faults}"));
        }

        Say($"seen       on {report.Interface}");
        Say($"matched    {report.MatchedAfter} ms after its packet");
        var missing = 0;
        foreach (var (sink, outcome, after, trouble) in report.Sinks)
        {
            var isMissing = outcome is not ("delivered" or "not_for_it");
            missing += isMissing ? 1 : 0;
            Say(outcome switch
            {
                "delivered" => $"delivered  {sink}: {after} ms after its packet, or earlier",
                "not_for_it" => $"-          {sink}: takes no alerts",
                _ => $"{outcome,-10} {sink}{(trouble is null ? "" : $": {trouble}")}",
            });
        }

        return missing == 0 ? ExitStatus.Done : End($"not delivered: {missing} of {report.Sinks.Count} targets did not take it");
    }

    private static int End(string failure)
    {
        StandardError.Write($"wiredns: {failure}");
        return ExitStatus.Failed;
    }

    private static void Say(string line) => Console.Out.WriteLine(Printable.Text(line));

    private static async Task<(CanaryReport Report, string? Refusal)> Ask(HttpClient client, string path, CancellationToken stop)
    {
        try
        {
            using var answer = await client.GetAsync(path, stop).ConfigureAwait(false);
            switch (answer.StatusCode)
            {
                case HttpStatusCode.OK:
                    return (CanaryReport.Read(await answer.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false)), null);
                case HttpStatusCode.NotFound:
                    return (new CanaryReport(), (await answer.Content.ReadAsStringAsync(stop).ConfigureAwait(false)).Trim());
                case HttpStatusCode.Unauthorized:
                    throw new CommandFailure(ExitStatus.Failed, $"{client.BaseAddress}: the sensor wants its token: --token FILE");
                default:
                    throw new CommandFailure(ExitStatus.Failed, $"{client.BaseAddress}: no sensor, or one of another version, answers there: status {(int)answer.StatusCode}");
            }
        }
        catch (HttpRequestException exception)
        {
            throw new CommandFailure(ExitStatus.Failed, $"{client.BaseAddress}: " + (exception.HttpRequestError switch
            {
                HttpRequestError.ConnectionError => "nobody answers there: does the sensor run, with --metrics?",
                HttpRequestError.SecureConnectionError => "its certificate is not trusted",
                HttpRequestError.NameResolutionError => "its name is not known",
                _ => "the sensor cannot be asked",
            }));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new CommandFailure(ExitStatus.Failed, $"{client.BaseAddress}: the sensor does not answer in time");
        }
        catch (JsonException)
        {
            throw new CommandFailure(ExitStatus.Failed, $"{client.BaseAddress}: what answers there is no sensor");
        }
    }

    // What the sensor itself says is in its way.
    private static async Task<string> Faults(HttpClient client, CancellationToken stop)
    {
        try
        {
            using var answer = await client.GetAsync("readyz", stop).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? "" : $"; it says: {(await answer.Content.ReadAsStringAsync(stop).ConfigureAwait(false)).Trim().Replace("\n", "; ", StringComparison.Ordinal)}";
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return "";
        }
    }

    private static string ReadZone(string text) => CanaryRule.ReadZone(text, out var zone) is { } fault ? throw Mistake("zone", fault) : zone;

    private static IPEndPoint? ReadResolver(string? text)
    {
        IPEndPoint? resolver = null;
        return text is not null && CanarySettings.ReadResolver(text, out resolver) is { } fault ? throw Mistake("resolver", fault) : resolver;
    }

    private static Uri ReadAddress(string text) => Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        ? address
        : throw Mistake("sensor", $"takes an address as http://127.0.0.1:9153, not '{text}'.");

    private static TimeSpan ReadWait(int seconds) => seconds is >= 1 and <= LargestWait ? TimeSpan.FromSeconds(seconds) : throw Mistake("wait", $"takes 1 to {LargestWait}, not '{seconds}'.");

    private static string? ReadToken(string? file)
    {
        try
        {
            return file is null ? null : File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(file!, exception);
        }
    }

    private static CommandFailure Mistake(string option, string fault) => new(ExitStatus.Usage, $"--{option} {fault}");

    /// <summary>What a sensor says of a canary (<see cref="CanaryWatch.ToJson"/>).</summary>
    private sealed record CanaryReport
    {
        public string? Zone { get; private init; }

        public bool IsMatched { get; private init; }

        public string Interface { get; private init; } = "";

        public double MatchedAfter { get; private init; }

        public IReadOnlyList<(string Sink, string Outcome, double? After, string? Trouble)> Sinks { get; private init; } = [];

        public bool IsComplete => IsMatched && Sinks.All(sink => sink.Outcome != "waiting");

        public static CanaryReport Read(byte[] bytes)
        {
            using var json = JsonDocument.Parse(bytes);
            var root = json.RootElement;
            try
            {
                var report = new CanaryReport { Zone = root.GetProperty("zone").GetString(), IsMatched = root.GetProperty("matched").GetBoolean() };
                return !report.IsMatched ? report : report with
                {
                    Interface = root.GetProperty("interface").GetString() ?? "",
                    MatchedAfter = root.GetProperty("matched_ms").GetDouble(),
                    Sinks =
                    [
                        .. root.GetProperty("sinks").EnumerateArray().Select(sink => (
                            sink.GetProperty("sink").GetString()!, sink.GetProperty("outcome").GetString()!,
                            sink.TryGetProperty("ended_ms", out var ended) ? ended.GetDouble() : (double?)null,
                            sink.TryGetProperty("trouble", out var trouble) ? trouble.GetString() : null)),
                    ],
                };
            }
            catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException)
            {
                throw new JsonException();
            }
        }
    }
}
