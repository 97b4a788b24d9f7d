using System.Text;
using System.Text.RegularExpressions;
using WireDns.Capture.Files;
using WireDns.Terminal;
using WireDns.Tests.Conformance;
using WireDns.Tests.Inspection;
using WireDns.Tests.Running;

namespace WireDns.Tests.Publish;

/// <summary>
/// The native binary and the managed build, side by side: what they print, byte for byte, and their exit status. The native one is compiled for any
/// processor and so takes the portable paths, while the managed one takes those with AVX2.
/// </summary>
public sealed partial class NativeEqualityTests
{
    public static TheoryData<string> CommandLines =>
    [
        "read captures captures/torture -r rules -v",
        "read captures captures/torture -r rules --format ecs",
        "read --merge captures/queries-only.pcap captures/responses-only.pcap -r rules --format ecs",
        "read captures/3cx-beacon.pcapng -r rules --resolver 192.0.2.53 -p 53 -p 5353 --color always -v",
        "read captures/no-such-file.pcap -r rules",
        "read captures/clean.pcap -r rules/LICENSE.Detection.Rules.md",
        "read captures/clean.pcap",
        "decode captures --ledger",
        "inspect captures/3cx-beacon.pcapng --frame 177 -r rules --color always -v",
        "inspect captures/clean.pcap --frame 100000",
        "rules check rules",
        "rules check rules captures --json --strict",
        "rules list rules",
        "rules list rules --json",
        "rules show bd03a0dc -r rules -v --color always",
        "rules show no-such-rule -r rules",
        "rules coverage rules --format text",
        "rules coverage rules --format json",
        "rules coverage rules --format markdown",
        "rules convert rules --to suricata --sid 9000000",
        "rules convert rules --to zeek-intel",
        "rules convert rules --to rpz",
        "rules convert 3cx -r rules --to hosts",
        "rules convert rules --to domains",
        "--help",
        "read --help",
        "live --help",
        "decode --help",
        "inspect --help",
        "interfaces --help",
        "rules --help",
        "rules check --help",
        "rules match --help",
        "rules test --help",
        "live",
        "live -i no-such-interface -r rules",
        "no-such-command",
    ];

    public static TheoryData<string> Captures =>
    [
        .. Directory.EnumerateFiles(TestPaths.Captures, "*.pcap*").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal),
        .. TortureTests.Captures.Select(row => "torture/" + FileOf(row.Data)),
    ];

    [Theory]
    [MemberData(nameof(CommandLines))]
    public void Both_print_the_same_for(string commandLine) => AssertSame(commandLine.Split(' '));

    [Fact]
    public void Both_run_the_tests_of_the_shipped_rules_alike()
    {
        using var folder = new TemporaryFolder();

        AssertSame("rules", "test", "rules", "--junit", folder["results.xml"]);
    }

    [Fact]
    public void Both_match_all_of_sigmahq_s_dns_rules_alike()
    {
        var rules = TestPaths.Shared("sigma/rules");

        AssertSame("read", "captures", "captures/torture", "-r", rules, "--format", "ecs");
        AssertSame("rules", "check", rules);
        AssertSame("rules", "match", rules, "--events", TestPaths.Shared("sigma/events.jsonl"), "--sort");
    }

    /// <summary>What an ahead-of-time compiler could leave out: regular expressions without backtracking, IDNA without ICU, YAML's darker corners.</summary>
    [Fact]
    public void Both_know_regular_expressions_international_names_networks_and_broken_yaml()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["rules"]);
        folder.Write("rules/good.yml", """
            title: Much of the language
            id: 6a3d3b0e-7d5c-4f0e-9f1f-0d3c5d1d8a01
            logsource: {category: dns}
            detection:
              expression: {query|re|i: '^(x|y){2,40}\.(exam|sam)ple$'}
              address: {answer|cidr: ['203.0.113.0/24', '2001:db8::/32']}
              encoded: {query|base64offset|contains: 'secret'}
              wild: {query: 'a?c*.test'}
              condition: 1 of them
            level: low
            """);
        folder.Write("rules/broken.yml", "title: Broken\ndetection: {a: [b, {c: }, ]: d}\n");
        folder.Write("rules/wrong.yml", "title: Wrong\nlogsource: {category: dns}\ndetection: {s: {query|re: '(['}, condition: s}\n");
        var international = folder.Write("international.yml", """
            title: A name that is not ASCII
            id: 6a3d3b0e-7d5c-4f0e-9f1f-0d3c5d1d8a02
            logsource: {category: dns}
            detection:
              selection: {query|endswith: '.bücher.example'}
              condition: selection
            level: low
            """);
        var events = folder.Write("events.jsonl", """
            {"query": "xyXY.Example"}
            {"query": "z.example"}
            {"query": "x", "answer": "203.0.113.9"}
            {"query": "x", "answer": "2001:db8::1"}
            {"query": "c2VjcmV0.example"}
            {"query": "abcdef.test"}
            {"query": "ac.test"}

            """);

        AssertSame("rules", "check", folder["rules"], "--json");
        var hits = AssertSame("rules", "match", folder["rules"], "--events", events, "--sort");

        var names = AssertSame("rules", "convert", international, "--to", "domains");

        Assert.Contains("xn--bcher-kva.example", names.Output.Text, StringComparison.Ordinal);
        Assert.Equal([0, 2, 3, 4, 5], hits.Output.Lines.Select(line => int.Parse(EventNumber().Match(line).Groups[1].ValueSpan)));
    }

    [Fact]
    public void Both_read_a_capture_from_their_standard_input_alike()
    {
        var capture = File.ReadAllBytes(Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng"));
        string[] arguments = ["read", "-", "-r", "rules", "-q"];

        var managed = Product.RunWithInput(capture, arguments);
        using var native = RunningProgram.Start(NativeProduct.Executable, arguments);
        native.Input.Write(capture);

        Assert.Equal(managed.ExitStatus, native.WaitForEnd());
        Assert.Equal(41, native.Output.Lines.Count);
        Assert.Equal(managed.Output.Text, native.Output.Text);
    }

    /// <summary>Each message, the ledger and the exit status of each capture on its own.</summary>
    [Theory]
    [MemberData(nameof(Captures))]
    public void The_native_binary_decodes_as_the_managed_build_does(string capture)
    {
        var path = Path.Combine(TestPaths.Captures, capture);
        var managed = DecodeRun.Of(path);

        var native = NativeProduct.Run("decode", "--ledger", path);

        Assert.Equal(managed.Error is null ? 0 : 1, native.ExitStatus);
        Assert.Equal(managed.Messages.Select(message => message.GetRawText()), native.Output.Lines.SkipLast(1));
        Assert.Equal($$"""{"ledger":{{managed.Ledger.GetRawText()}}}""", native.Output.Lines[^1]);
    }

    /// <summary>The report on the first packet: PacketDotNet, which knows nothing of ahead-of-time compilers, reads its layers.</summary>
    [Theory]
    [MemberData(nameof(Captures))]
    public void The_native_binary_shows_a_packet_as_the_managed_build_does(string capture)
    {
        string? report = null;
        try
        {
            report = InspectionRun.Report(capture, 1);
        }
        catch (Exception exception) when (exception is CommandFailure or CaptureFormatException)
        {
            // There is no such packet: the native binary must say so too.
        }

        var native = NativeProduct.Run("inspect", "captures/" + capture, "--frame", "1");

        Assert.Equal(report ?? "", native.Output.Text);
        Assert.Equal(report is null, native.ExitStatus != 0);
    }

    private static ProgramResult AssertSame(params string[] arguments)
    {
        var native = NativeProduct.Run(arguments);
        var managed = Product.Run(arguments);

        Assert.Equal(managed.ExitStatus, native.ExitStatus);
        Assert.Equal(managed.Output.Text, native.Output.Text);
        Assert.Equal(WithoutTimes(managed.Error.Text), WithoutTimes(native.Error.Text));
        Assert.NotEqual(0, native.Output.Bytes.Length + native.Error.Bytes.Length);
        return native;
    }

    /// <summary>How long it took is the one thing that may differ.</summary>
    private static string WithoutTimes(string text) => Times().Replace(text, "");

    private static string FileOf(string torture)
    {
        var text = File.ReadAllText(Path.Combine(TestPaths.Captures, "torture", torture + ".expect.json"), Encoding.UTF8);
        using var expectation = System.Text.Json.JsonDocument.Parse(text);
        return expectation.RootElement.GetProperty("file").GetString()!;
    }

    [GeneratedRegex(@" +in [0-9.,]+ m?s, [0-9,]+ a second")]
    private static partial Regex Times();

    [GeneratedRegex(@"""event"": ?([0-9]+)")]
    private static partial Regex EventNumber();
}
