using System.Globalization;

namespace WireDns.Benchmarks.Comparison;

/// <summary>What a measurement of whole programs is told on the command line.</summary>
internal sealed record BenchOptions
{
    /// <summary>How <see cref="TryRead"/> is spelt.</summary>
    public const string Usage = """
        --wiredns NAME=PATH      an executable of WireDns; may be given several times, the first is what ratios refer to
        --rules PATH             the rules (rules/sigmahq)
        --folder PATH            captures, lists, outputs and results (artifacts/bench)
        --peer 'NAME=COMMAND'    one more program; {file} is the capture, {domains} the list of the 22 domains
        --only NAME              of the peers that are found here, this one; may be given several times (rate: the beginning of a row's name)
        --suricata-chroot DIR    a folder made by debootstrap in which Suricata is installed
        --sigma PATH             all SigmaHQ rules about DNS (../shared/sigma/rules, where that is)
        --runs N                 rounds after the first one, which warms up (5)
        --slow SECONDS           who takes longer in the first round runs once (15)
        --goal N                 of the goals, this one; may be given several times
        --core N                 the core that each program is kept on, or none (the last one)
        --packets N              size of the capture dns, and of span in proportion (3000000)
        --patience SECONDS       wait so long for a load average below 0.5 (600)
        --quick                  a tenth of the size, 3 rounds, no patience
        """;

    private const int MaximumGoal = 8;

    /// <summary>WireDns, in one or more builds.</summary>
    public IReadOnlyList<Peer> Products { get; init; } = [];

    /// <summary>Programs that the user named.</summary>
    public IReadOnlyList<(string Name, string Command)> Peers { get; init; } = [];

    /// <summary>The names of the peers to measure, of those that are found here; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>The numbers of the goals to measure; empty for all.</summary>
    public IReadOnlyList<long> Goals { get; init; } = [];

    /// <summary>The rules that WireDns matches against.</summary>
    public string Rules { get; init; } = "rules/sigmahq";

    /// <summary>All rules about DNS that SigmaHQ publishes.</summary>
    public string SigmaRules { get; init; } = "../shared/sigma/rules";

    /// <summary>Where everything is.</summary>
    public string Folder { get; init; } = "artifacts/bench";

    /// <summary>The root of a system that has Suricata; null if there is none.</summary>
    public string? SuricataRoot { get; init; }

    /// <summary>Rounds that count.</summary>
    public int Runs { get; init; } = 5;

    /// <summary>A program that takes longer is not run again.</summary>
    public double SlowSeconds { get; init; } = 15;

    /// <summary>The processor core that programs are kept on; null for all.</summary>
    public int? Core { get; init; } = Environment.ProcessorCount - 1;

    /// <summary>The size of the capture dns.</summary>
    public long Packets { get; init; } = BenchCaptures.DefaultPackets;

    /// <summary>How long to wait until the machine is quiet.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Reads the options.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <param name="options">The options.</param>
    /// <param name="fault">What is wrong; empty if nothing is.</param>
    public static bool TryRead(IReadOnlyList<string> arguments, out BenchOptions options, out string fault)
    {
        options = new BenchOptions();
        for (var place = 0; place < arguments.Count; place++)
        {
            var name = arguments[place];
            if (name == "--quick")
            {
                options = options with { Packets = BenchCaptures.DefaultPackets / 10, Runs = 3, Patience = TimeSpan.Zero };
                continue;
            }

            if (++place == arguments.Count)
            {
                fault = $"{name} needs a value, or is unknown";
                return false;
            }

            if (options.With(name, arguments[place]) is not { } changed)
            {
                fault = $"{name} {arguments[place]} is not understood";
                return false;
            }

            options = changed;
        }

        fault = options.Products.Count == 0 ? "--wiredns NAME=PATH is needed" : "";
        return fault.Length == 0;
    }

    private BenchOptions? With(string name, string value) => name switch
    {
        "--wiredns" => Named(value) is var (product, path) ? this with { Products = [.. Products, new Peer(product, path, "")] } : null,
        "--peer" => Named(value) is { } peer ? this with { Peers = [.. Peers, peer] } : null,
        "--only" => this with { Only = [.. Only, value] },
        "--goal" => Number(value) is >= 1 and <= MaximumGoal and var goal ? this with { Goals = [.. Goals, goal] } : null,
        "--rules" => this with { Rules = value },
        "--sigma" => this with { SigmaRules = value },
        "--folder" => this with { Folder = value },
        "--suricata-chroot" => this with { SuricataRoot = value.TrimEnd('/') },
        "--runs" => Number(value) is > 0 and < 1000 and var runs ? this with { Runs = (int)runs } : null,
        "--slow" => Number(value) is { } seconds ? this with { SlowSeconds = seconds } : null,
        "--patience" => Number(value) is { } patience ? this with { Patience = TimeSpan.FromSeconds(patience) } : null,
        "--core" when value == "none" => this with { Core = null },
        "--core" => Number(value) is { } core && core < Environment.ProcessorCount ? this with { Core = (int)core } : null,
        "--packets" => Number(value) is >= 20_000 and var packets ? this with { Packets = packets } : null,
        _ => null,
    };

    private static (string Name, string Value)? Named(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign && sign + 1 < text.Length ? (text[..sign], text[(sign + 1)..]) : null;

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
