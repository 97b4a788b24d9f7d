using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using WireDns.Commands;
using WireDns.Configuration;
using WireDns.Settings;
using WireDns.Sigma.Rules;
using WireDns.Terminal;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>The configuration file of <c>live</c>, its environment variables, and <c>wiredns config</c>.</summary>
public sealed partial class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_example_that_is_shipped_is_what_the_program_prints()
    {
        var printed = Product.Run("config", "example");

        Assert.Equal(0, printed.ExitStatus);
        Assert.Equal(File.ReadAllText(Path.Combine(TestPaths.Root, "deploy", "wiredns.yml")), printed.Output.Text);
    }

    [Fact]
    public void The_example_has_every_setting_and_each_of_its_values_is_taken()
    {
        var given = ConfigurationFile.Parse("example", WholeExample(), LiveCommand.Settings, out var faults);

        Assert.Empty(faults);
        Assert.Equal(LiveCommand.Settings.Select(setting => setting.Name), given.Select(one => one.Setting.Name));
    }

    [Fact]
    public void What_show_prints_sets_the_same()
    {
        var wanted = SettingSources.Merge(ConfigurationFile.Parse("example", WholeExample(), LiveCommand.Settings, out _));
        var file = _folder.Write("all.yml", WholeExample());

        var shown = Product.Run("config", "show", "--config", file);

        var again = SettingSources.Merge(ConfigurationFile.Parse("shown", shown.Output.Text, LiveCommand.Settings, out var faults));
        Assert.Empty(faults);
        Assert.All(LiveCommand.Settings, setting => Assert.Equal(setting.Texts(wanted.Settings), setting.Texts(again.Settings)));
    }

    [Fact]
    public void A_flag_wins_over_a_variable_and_that_over_the_file()
    {
        var file = _folder.Write("c.yml", "interface: [file0]\ntcp-memory: 1\ntcp-timeout: 1\ntcp-gap: 1\n");

        var shown = Product.RunWith(
            [("WIREDNS_TCP_TIMEOUT", "2"), ("WIREDNS_TCP_GAP", "2"), ("WIREDNS_PORT", "[53, 5353]")], "config", "show", "--config", file, "--tcp-gap", "3");

        Assert.Equal(0, shown.ExitStatus);
        Assert.Contains($"interface: [file0]  # {file}:1", shown.Output.Lines);
        Assert.Contains($"tcp-memory: 1  # {file}:2", shown.Output.Lines);
        Assert.Contains("tcp-timeout: 2  # WIREDNS_TCP_TIMEOUT", shown.Output.Lines);
        Assert.Contains("tcp-gap: 3  # --tcp-gap", shown.Output.Lines);
        Assert.Contains("port: [53, 5353]  # WIREDNS_PORT", shown.Output.Lines);
        Assert.Contains("max-tunnels: 16  # default", shown.Output.Lines);
        Assert.Contains("# spool: not set", shown.Output.Lines);
    }

    [Theory]
    [InlineData("tcp-memry: 4", "c.yml:1:1: error: there is no setting 'tcp-memry'; did you mean 'tcp-memory'?")]
    [InlineData("zzz: 4", "c.yml:1:1: error: there is no setting 'zzz'; 'wiredns config example' lists all")]
    [InlineData("tcp-memory: 9999", "c.yml:1:13: error: tcp-memory takes 1 to 2,047, not '9999'")]
    [InlineData("port:\n  - 53\n  - 0x35", "c.yml:3:5: error: port takes 1 to 65,535, not '0x35'")]
    [InlineData("port: {udp: 53}", "c.yml:1:7: error: port takes a value or a list of values, found a map")]
    [InlineData("port: []", "c.yml:1:7: error: port takes at least one value; leave the key out for none")]
    [InlineData("port:", "c.yml:1:6: error: port takes a value or a list of values, found null")]
    [InlineData("snaplen: [100, 200]", "c.yml:1:10: error: snaplen takes one value, not a list")]
    [InlineData("any-port: yes", "c.yml:1:11: error: any-port takes true or false, not 'yes'")]
    [InlineData("format: xml", "c.yml:1:9: error: format takes cef, csv, ecs, ecs9, eve, ocsf, table, text, zeek; not 'xml'")]
    [InlineData("- a", "c.yml:1:1: error: expected a map of settings, found a list")]
    [InlineData("output: [{format: ecs}]", "c.yml:1:10: error: output takes a map with the key target, the address")]
    [InlineData("output: [{target: stdout, format: [a, {b: c}]}]", "c.yml:1:39: error: output takes a value for 'format', found a map")]
    [InlineData("output: [{target: stdout, rule: 'a,level=low'}]", "c.yml:1:33: error: output takes no value with a comma and a setting's name after it for 'rule', nor a name with other letters than a to z and hyphens")]
    public void A_fault_has_its_place(string text, string fault)
    {
        ConfigurationFile.Parse("c.yml", text, LiveCommand.Settings, out var faults);

        Assert.Equal([fault], faults);
    }

    [Fact]
    public void All_faults_are_told_at_once_and_nothing_starts()
    {
        var file = _folder.Write("c.yml", "interface: [lo]\ntcp-memory: 0\nintrface: lo\n");

        var run = Product.Run("live", "--config", file);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal(
            [
                $"{file}:2:13: error: tcp-memory takes 1 to 2,047, not '0'",
                $"{file}:3:1: error: there is no setting 'intrface'; did you mean 'interface'?",
                $"wiredns: {file}: the configuration has 2 faults",
            ],
            run.Error.Lines);
    }

    [Fact]
    public void Bad_yaml_and_a_missing_file_are_told()
    {
        var file = _folder.Write("c.yml", "interface: [lo\n");

        var broken = Product.Run("config", "check", "--config", file);
        var missing = Product.Run("config", "check", "--config", file + ".no");

        Assert.Equal((2, 2), (broken.ExitStatus, missing.ExitStatus));
        Assert.StartsWith($"{file}:", broken.Error.Lines[0], StringComparison.Ordinal);
        Assert.Equal([$"wiredns: {file}.no: no such file"], missing.Error.Lines);
    }

    [Fact]
    public void Live_takes_its_interface_and_rules_from_the_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux, whose loopback interface is called lo");
        Assert.SkipUnless(SharpPcap.Pcap.LibpcapVersion > new Version(0, 0), "needs libpcap (apt-get install libpcap0.8)");
        var file = _folder.Write("c.yml", $"interface: no-such-if0\nrules: {TestPaths.Rules}\n");

        var run = Product.Run("live", "--config", file);

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith("wiredns: no interface is called no-such-if0; ", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rules: /no/such/rules", "/no/such/rules:1:1: error: ")]
    [InlineData("silences: /no/such/silences", "wiredns: /no/such/silences: no such file")]
    [InlineData("output: [nosuch]", "wiredns: unknown output 'nosuch': ")]
    [InlineData("output: [{target: 'file:/no/such/folder/a', colour: red}]", "wiredns: -o file:/no/such/folder/a: no setting 'colour' here; ")]
    [InlineData("log-dns: ['stdout,format=x']", "wiredns: --log-dns stdout: format=x: ")]
    [InlineData("suppress: 10m\nno-suppress: true", "wiredns: --suppress and --no-suppress contradict each other")]
    public void Check_finds_what_would_keep_live_from_starting(string text, string line)
    {
        var file = _folder.Write("c.yml", $"interface: lo\n{(text.StartsWith("rules", StringComparison.Ordinal) ? "" : $"rules: {TestPaths.Rules}\n")}{text}\n");

        var run = Product.Run("config", "check", "--config", file);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains(run.Error.Lines, found => found.StartsWith(line, StringComparison.Ordinal));
    }

    [Fact]
    public void Check_opens_no_target()
    {
        var target = _folder["alerts.json"];
        var file = _folder.Write("c.yml", $"interface: lo\nrules: {TestPaths.Rules}\noutput:\n  - target: file:{target}\n    format: ecs\n    level: high\n  - syslog+tcp://127.0.0.1:1\n");

        var run = Product.Run("config", "check", "--config", file);

        Assert.Equal(0, run.ExitStatus);
        Assert.EndsWith("2 targets: no fault was found", Assert.Single(run.Output.Lines), StringComparison.Ordinal);
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void No_password_is_shown()
    {
        var file = _folder.Write("c.yml", $"interface: lo\nrules: {TestPaths.Rules}\noutput: ['https://me:secret1@h/x?token=secret2,format=ecs']\n");

        var shown = Product.Run("config", "show", "--config", file);
        var check = Product.Run("config", "check", "--config", file);

        Assert.Contains($"output: [\"https://***@h/x?***,format=ecs\"]  # {file}:3", shown.Output.Lines);
        Assert.DoesNotContain("secret", shown.Output.Text + shown.Error.Text + check.Output.Text + check.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_that_are_no_settings_are_named_and_those_of_Kubernetes_are_not()
    {
        var said = new List<string>();

        var given = EnvironmentVariables.Read(
            [
                ("WIREDNS_TCP_MEMRY", "1"), ("WIREDNS_PORT", "tcp://10.0.0.1:53"), ("WIREDNS_SERVICE_HOST", "10.0.0.1"), ("WIREDNS_PORT_53_UDP_ADDR", "10.0.0.1"),
                ("WIREDNS_ANY_PORT", "true"), ("HOME", "/"),
            ],
            LiveCommand.Settings, said.Add);

        Assert.Equal(["WIREDNS_ANY_PORT"], given.Select(one => one.Source));
        Assert.Equal(["WIREDNS_TCP_MEMRY is no setting and has no effect; did you mean 'WIREDNS_TCP_MEMORY'?"], said);
    }

    [Theory]
    [InlineData("WIREDNS_PORT", "99999", "WIREDNS_PORT takes 1 to 65,535, not '99999'.")]
    [InlineData("WIREDNS_PORT", "[53, ", "WIREDNS_PORT takes a value or a list as [a, b]: ")]
    [InlineData("WIREDNS_FORMAT", "", "WIREDNS_FORMAT takes ")]
    [InlineData("WIREDNS_SPOOL", "", "WIREDNS_SPOOL takes a value that is not empty.")]
    public void A_variable_with_a_wrong_value_is_refused(string name, string value, string message)
    {
        var failure = Assert.Throws<CommandFailure>(() => EnvironmentVariables.Read([(name, value)], LiveCommand.Settings, _ => { }));

        Assert.StartsWith(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_takes_the_example_and_refuses_what_the_program_refuses()
    {
        var schema = JsonSchema.FromText(Product.Run("config", "schema").Output.Text);

        Assert.True(schema.Evaluate(Parse(ToJson(WholeExample()))).IsValid);
        Assert.True(schema.Evaluate(Parse("""{"output": [{"target": "stdout", "format": "ecs"}, "syslog"], "port": 53}""")).IsValid);
        foreach (var bad in new[] { """{"tcp-memry": 4}""", """{"tcp-memory": 9999}""", """{"any-port": "yes"}""", """{"format": "xml"}""", """{"output": [{"format": "ecs"}]}""", """{"port": []}""" })
        {
            Assert.False(schema.Evaluate(Parse(bad)).IsValid, bad);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static string WholeExample()
    {
        var text = File.ReadAllText(Path.Combine(TestPaths.Root, "deploy", "wiredns.yml"));
        return CommentedKey().Replace(text, "$1");
    }

    private static string ToJson(string yaml)
    {
        var map = (YamlMap)YamlReader.Read("example", yaml, out _)[0];
        var json = new JsonObject();
        foreach (var (key, value) in map.Entries)
        {
            json[key.Text] = value is YamlList list ? new JsonArray([.. list.Items.Select(item => Value((YamlScalar)item))]) : Value((YamlScalar)value);
        }

        return json.ToJsonString();

        static JsonNode Value(YamlScalar scalar) => scalar.IsPlain && (scalar.Text is "true" or "false" || long.TryParse(scalar.Text, out _))
            ? JsonNode.Parse(scalar.Text)!
            : JsonValue.Create(scalar.Text)!;
    }

    [GeneratedRegex("^#([a-z])", RegexOptions.Multiline)]
    private static partial Regex CommentedKey();
}
