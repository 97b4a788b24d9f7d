using System.CommandLine;
using System.Globalization;
using WireDns.Commands;
using WireDns.Settings;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Tests.CommandLines;

/// <summary>Each setting is defined once, and sets its own property of the settings: from a flag, and from any other source of texts.</summary>
public sealed class SettingTests
{
    /// <summary>Texts that are not the defaults, as a file would have them, for every setting that is neither a number nor a switch.</summary>
    internal static Dictionary<string, string[]> Samples { get; } = new()
    {
        ["interface"] = ["eth0", "eth1"],
        ["filter"] = ["udp port 53"],
        ["fault-folder"] = ["/var/lib/faults"],
        ["include"] = ["*.pcap"],
        ["manifest"] = ["m.jsonl"],
        ["shard"] = ["3"],
        ["results"] = ["results"],
        ["since"] = ["+10m"],
        ["until"] = ["2026-11-27T08:30:00Z"],
        ["client"] = ["10.0.0.7/32", "2001:db8::/32"],
        ["server"] = ["10.0.0.0/8"],
        ["name"] = ["*.example.com", "a?.test"],
        ["min-level"] = ["high"],
        ["first-per"] = ["rule,domain"],
        ["max-alerts"] = ["10"],
        ["order"] = ["time"],
        ["fail-on"] = ["critical"],
        ["rules"] = ["a.yml", "folder"],
        ["mapping"] = ["house.yml"],
        ["state-file"] = ["/var/lib/wiredns/state"],
        ["intel"] = ["feeds/*.json", "urlhaus=/var/lib/urlhaus.txt:hosts", "b.csv:csv:first seen"],
        ["placeholder"] = ["bad=a.txt", "bad=b.csv:csv:first seen", "hosts=/etc/hosts:hosts"],
        ["status"] = ["stable", "test"],
        ["level"] = ["high"],
        ["tag"] = ["t1071"],
        ["exclude"] = ["2b8c9a6e-0000-4000-8000-000000000001"],
        ["resolver"] = ["10.0.0.53/32", "2001:db8::/32"],
        ["port"] = ["53", "5353"],
        ["tunnel-port"] = ["vxlan=4790", "gre=1"],
        ["encrypted-dns-resolvers"] = ["resolvers.txt"],
        ["suppress"] = ["10m", "low=2h"],
        ["rate-limit"] = ["100/10m"],
        ["silences"] = ["silences.yml"],
        ["correlation-ends"] = ["yes"],
        ["output"] = ["stdout", "file:/tmp/a,format=ecs"],
        ["progress"] = ["json"],
        ["output-file"] = ["alerts.csv"],
        ["format"] = ["ecs"],
        ["color"] = ["never"],
        ["syslog-facility"] = ["Daemon"],
        ["evidence"] = ["/var/lib/wiredns/evidence,ring=32M"],
        ["ledger-file"] = ["/var/lib/wiredns/ledger.json"],
        ["client-privacy"] = ["pseudonym,key=/etc/wiredns/privacy.key"],
        ["log-dns"] = ["stdout", "file:/tmp/dns.log,format=zeek"],
        ["metrics"] = ["0.0.0.0:9153"],
        ["metrics-token"] = ["token"],
        ["metrics-cert"] = ["metrics.crt"],
        ["metrics-key"] = ["metrics.key"],
        ["canary-zone"] = ["canary.example.net"],
        ["canary-interval"] = ["300"],
        ["canary-resolver"] = ["192.0.2.53:5353"],
        ["log-format"] = ["json"],
        ["log-level"] = ["error"],
        ["control-socket"] = ["/run/wiredns/control.sock"],
        ["signals"] = ["kafka://127.0.0.1:9092/wiredns.signals,sensor=tap-1"],
        ["spool"] = ["/var/spool/wiredns"],
    };

    public static IEnumerable<TheoryDataRow<string>> Names => SensorSettings.All.Select(setting => new TheoryDataRow<string>(setting.Name));

    public static IEnumerable<TheoryDataRow<string>> Numbers =>
        SensorSettings.All.Where(setting => setting.Range is not null).Select(setting => new TheoryDataRow<string>(setting.Name));

    [Fact]
    public void No_two_settings_have_the_same_name_or_the_same_flag()
    {
        var flags = SensorSettings.All.SelectMany(setting => setting.Aliases.Append("--" + setting.Name)).ToList();

        Assert.Equal(flags.Distinct(StringComparer.Ordinal), flags);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_setting_holds_what_it_is_given_and_touches_no_other(string name)
    {
        var setting = Find(name);
        var settings = new SensorSettings();
        var before = SensorSettings.All.ToDictionary(other => other.Name, other => other.Texts(settings));
        string[] given = setting.Range is { } range ? [new[] { range.Least, range.Largest }.Select(number => number.ToString(CultureInfo.InvariantCulture)).First(number => before[name] is not [var now] || now != number)]
            : setting.Kind == SettingKind.Switch ? [before[name] is ["true"] ? "false" : "true"]
            : Samples[name];
        Assert.NotEqual(before[name], given);

        Assert.Null(setting.Read(ref settings, given));

        Assert.Equal(given, setting.Texts(settings));
        Assert.All(SensorSettings.All.Where(other => other != setting), other => Assert.Equal(before[other.Name], other.Texts(settings)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_setting_takes_the_empty_text_of_a_variable_that_is_not_set(string name)
    {
        var setting = Find(name);
        var settings = new SensorSettings();

        Assert.NotNull(setting.Read(ref settings, [""]));
    }

    [Theory]
    [InlineData("status", "ANY", "any")]
    [InlineData("level", "High", "high")]
    public void The_case_of_a_word_makes_no_difference(string name, string given, string held)
    {
        var setting = Find(name);
        var settings = new SensorSettings();

        Assert.Null(setting.Read(ref settings, [given]));
        Assert.Equal([held], setting.Texts(settings));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_default_is_a_value_that_the_setting_takes(string name)
    {
        var setting = Find(name);
        var settings = new SensorSettings();
        if (setting.Texts(settings) is { Count: > 0 } usual)
        {
            Assert.Null(setting.Read(ref settings, usual));
            Assert.Equal(usual, setting.Texts(settings));
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_number_is_taken_within_its_range_and_refused_beyond_it(string name)
    {
        var setting = Find(name);
        var (least, largest) = setting.Range!.Value;
        var expected = string.Create(CultureInfo.InvariantCulture, $"takes {least:N0} to {largest:N0}, not '");
        foreach (var number in new[] { least, largest })
        {
            var settings = new SensorSettings();
            Assert.Null(setting.Read(ref settings, [Text(number)]));
            Assert.Equal([Text(number)], setting.Texts(settings));

            // The parts of the program that check numbers themselves accept what a setting accepts.
            Assert.NotNull(new PacketDecoder(settings.Decoding.Decoder, (_, _) => false));
        }

        foreach (var text in new[] { Text(least - 1), Text(largest + 1), "many", "", "1.5", "99999999999999999999" })
        {
            var settings = new SensorSettings();
            Assert.Equal($"{expected}{text}'.", setting.Read(ref settings, [text]));
            Assert.Equal(setting.Texts(new SensorSettings()), setting.Texts(settings));
        }

        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("level", "urgent", "takes informational, low, medium, high, critical, not 'urgent'.")]
    [InlineData("format", "xml", "takes cef, csv, ecs, ecs9, eve, ocsf, table, text, zeek; not 'xml'.")]
    [InlineData("resolver", "10.1", "takes an IPv4 or IPv6 address or a network without host bits, not '10.1'.")]
    [InlineData("resolver", "10.0.0.1/8", "takes an IPv4 or IPv6 address or a network without host bits, not '10.0.0.1/8'.")]
    [InlineData("placeholder", "bad", "takes NAME=FILE, the name in letters, digits and underscores, not 'bad'.")]
    [InlineData("tunnel-port", "vxlan=0", "vxlan=0: the port is not from 1 to 65535")]
    [InlineData("strict", "maybe", "takes true or false, not 'maybe'.")]
    public void What_a_setting_does_not_take_is_refused_with_what_it_takes(string name, string text, string fault)
    {
        var settings = new SensorSettings();

        Assert.Equal(fault, Find(name).Read(ref settings, [text]));
        Assert.Equal(Find(name).Texts(new SensorSettings()), Find(name).Texts(settings));
    }

    [Fact]
    public void Flags_fill_the_settings()
    {
        var (arguments, flags) = Parse(
            "--fragment-datagrams", "2", "--fragment-memory", "1", "--fragment-timeout", "30", "--tcp-connections", "1", "--tcp-memory", "2047",
            "--tcp-timeout", "60", "--tcp-gap", "4096", "--encrypted-dns-clients", "1", "--max-tunnels", "32", "--max-vlan-tags", "64",
            "--port", "5353", "-p", "53", "--port", "53", "--any-port");

        Assert.Empty(arguments.Errors);
        var decoder = flags.Read(arguments).Decoding.Decoder;
        Assert.Equal([5353, 53], decoder.Ports);
        Assert.NotNull(decoder.AnyPort);
        var defaults = new PacketDecoderOptions();
        Assert.Equal(
            defaults with
            {
                MaximumFragmentedDatagrams = 2,
                FragmentMemoryInBytes = 1 << 20,
                FragmentTimeout = TimeSpan.FromSeconds(30),
                MaximumTcpConnections = 1,
                TcpMemoryInBytes = 2047 << 20,
                TcpIdleTimeout = TimeSpan.FromSeconds(60),
                MaximumTcpGapInBytes = 4096,
                MaximumEncryptedDnsClients = 1,
                MaximumTunnels = 32,
                MaximumVlanTags = 64,
            },
            decoder with { Ports = defaults.Ports, AnyPort = null, TunnelPorts = defaults.TunnelPorts, EncryptedDnsPorts = defaults.EncryptedDnsPorts });
    }

    [Fact]
    public void Without_a_flag_every_setting_has_its_default()
    {
        var (arguments, flags) = Parse();
        var settings = flags.Read(arguments);

        Assert.Empty(arguments.Errors);
        Assert.All(SensorSettings.All, setting => Assert.Equal(setting.Texts(new SensorSettings()), setting.Texts(settings)));
    }

    [Theory]
    [InlineData("--fragment-datagrams", "1", "2 to 1,048,576")]
    [InlineData("--tcp-connections", "-5", "1 to 1,048,576")]
    [InlineData("--tcp-memory", "2048", "1 to 2,047")]
    [InlineData("--tcp-gap", "192001", "1 to 192,000")]
    public void A_flag_says_its_name_and_its_range(string option, string value, string range)
    {
        var error = Assert.Single(Parse(option, value).Arguments.Errors);

        Assert.Equal($"{option} takes {range}, not '{value}'.", error.Message);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("live")]
    [InlineData("decode")]
    [InlineData("inspect")]
    public void Every_command_that_decodes_has_the_settings_of_decoding(string name)
    {
        var command = CommandLine.Create().Subcommands.Single(command => command.Name == name);

        Assert.Superset(
            DecodingSettings.All.Select(setting => "--" + setting.Name).ToHashSet(), command.Options.Select(option => option.Name).ToHashSet());
    }

    private static Setting Find(string name) => SensorSettings.All.Single(setting => setting.Name == name);

    private static (ParseResult Arguments, SettingFlags Flags) Parse(params string[] arguments)
    {
        var command = new RootCommand();
        var flags = new SettingFlags(command);
        flags.Add(SensorSettings.All.Select(setting => setting with { IsRequired = false }));
        return (command.Parse(arguments), flags);
    }
}
