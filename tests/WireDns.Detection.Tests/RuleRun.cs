using System.Net;
using WireDns.Alerts;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;

namespace WireDns.Detection.Tests;

/// <summary>A worker with rules given as text, and messages of clients, timed by its own clock.</summary>
internal sealed class RuleRun
{
    private static readonly PacketSource Source = PacketSource.OfInterface("test");

    private readonly List<Alert> _alerts = [];
    private readonly Action<Alert> _raise;
    private double _seconds;
    private long _number;

    public RuleRun(string rules, DetectorOptions? options = null)
        : this(Load(rules), options)
    {
    }

    /// <param name="rules">The rules.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="raise">Takes the alerts; if it is not given they are kept.</param>
    public RuleRun(LoadedRules rules, DetectorOptions? options = null, Action<Alert>? raise = null)
    {
        Rules = rules;
        _raise = raise ?? Keep;
        Worker = new Worker(rules, Take, detection: options);
    }

    public LoadedRules Rules { get; private set; }

    public Worker Worker { get; }

    /// <summary>The alerts since the last look at them, as title and name, in their order.</summary>
    public IReadOnlyList<string> Alerts => [.. TakeAlerts().Select(alert => $"{alert.Rule.Title}: {alert.Message.QuestionName}")];

    /// <summary>The alerts since the last look at them.</summary>
    public IReadOnlyList<Alert> TakeAlerts()
    {
        lock (_alerts)
        {
            List<Alert> alerts = [.. _alerts];
            _alerts.Clear();
            return alerts;
        }
    }

    /// <summary>Loads rules, which must load without a diagnostic.</summary>
    public static LoadedRules Load(string text, LoadedRules? predecessor = null, RuleLoading? loading = null)
    {
        var folder = Directory.CreateTempSubdirectory("wiredns-test-");
        try
        {
            var path = Path.Combine(folder.FullName, "rules.yml");
            File.WriteAllText(path, text);
            var rules = LoadedRules.Load([path], loading, predecessor);
            Assert.Empty(rules.Diagnostics);
            return rules;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A rule on names that end like this, with an id if one is given.</summary>
    public static string Rule(string title, string ending, string id = "", string level = "low") =>
        $"title: {title}\n{(id.Length == 0 ? "" : $"id: {id}\n")}name: {title}\nlogsource: {{category: dns}}\n"
        + $"detection:\n  s: {{query|endswith: {ending}}}\n  condition: s\nlevel: {level}\n";

    /// <summary>A correlation that counts the hits of a rule by client.</summary>
    public static string Count(string title, string rule, int count, string type = "event_count", string groupBy = "src_ip") =>
        $"title: {title}\ncorrelation:\n  type: {type}\n  rules: [{rule}]\n  group-by: [{groupBy}]\n  timespan: 5m\n  condition: {{gte: {count}{(type == "value_count" ? ", field: query" : "")}}}\n";

    public static string Join(params string[] documents) => string.Join("---\n", documents);

    /// <summary>Loads other rules instead, which must load without a diagnostic.</summary>
    public RuleRun Swap(string rules) => Swap(Load(rules, Rules));

    public RuleRun Swap(LoadedRules rules)
    {
        Rules = rules;
        Worker.Swap(rules);
        return this;
    }

    public RuleRun Wait(double seconds)
    {
        _seconds += seconds;
        return this;
    }

    public RuleRun Tick()
    {
        Worker.Tick(Now, Source);
        return this;
    }

    public RuleRun Query(string name, ushort id = 1, uint client = 1, ushort type = DnsBytes.A) =>
        Process(Frames(DnsBytes.Query(name, id, type), 40_000, 53, AddressOf(client), "192.0.2.53"));

    public RuleRun Response(string name, ushort id = 1, uint client = 1, ushort type = DnsBytes.A, ushort responseCode = 0) =>
        Process(Frames(DnsBytes.Response(name, id, type, responseCode), 53, 40_000, "192.0.2.53", AddressOf(client)));

    /// <summary>A response with answers.</summary>
    public RuleRun Answer(string name, params byte[][] answers) =>
        Process(Frames(DnsBytes.Response(name, 1, DnsBytes.A, 0, answers), 53, 40_000, "192.0.2.53", AddressOf(1)));

    public RuleRun Finish()
    {
        Worker.FinishSource(Source);
        return this;
    }

    private PacketTime Now => PacketTime.FromNanoseconds(1_750_000_000_000_000_000 + (long)(_seconds * 1e9));

    private static string AddressOf(uint client) => new IPAddress([10, (byte)(client >> 16), (byte)(client >> 8), (byte)client]).ToString();

    private static byte[] Frames(byte[] message, int sourcePort, int destinationPort, string source, string destination) =>
        Layers.Ipv4(Layers.Udp(message, sourcePort, destinationPort), 17, source, destination);

    private RuleRun Process(byte[] data)
    {
        var packet = new Packet { Data = data, OriginalLength = data.Length, LinkType = LinkType.Raw, Time = Now, Number = ++_number };
        Worker.Process(packet, Source);
        return this;
    }

    private bool Take(Alert alert)
    {
        _raise(alert);
        return true;
    }

    private void Keep(Alert alert)
    {
        lock (_alerts)
        {
            _alerts.Add(alert);
        }
    }
}
