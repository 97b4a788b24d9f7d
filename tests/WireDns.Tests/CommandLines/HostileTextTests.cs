using System.Buffers.Binary;
using System.Text;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>
/// No byte of a capture, a rule, a path or the command line reaches the terminal as a control character: nothing can move the cursor, hide a line
/// or forge one.
/// </summary>
public sealed class HostileTextTests
{
    // Clears the screen, sets the title, begins a line, a C1 control, a right-to-left override.
    private const string Hostile = "a\e[2J\e]0;b\a\r\u009b31m\u202ec";

    [Fact]
    public void In_a_file_name()
    {
        AssumeUnix();
        using var folder = new TemporaryFolder();
        var path = folder.Write(Hostile + "\nforged.pcap", File.ReadAllBytes(SampleCaptures.Tagged));
        var run = Product.Run("read", path, folder[Hostile], "-r", TestPaths.Rules, "-v");

        AssertPrintable(run);
        Assert.Equal(SampleCaptures.TaggedAlerts, run.Output.Lines.Count(line => line.Contains("a\\u{1b}[2J", StringComparison.Ordinal)));
        Assert.Single(run.Error.Lines, line => line.Contains("a\\u{1b}[2J", StringComparison.Ordinal));
    }

    [Fact]
    public void In_the_name_of_a_file_that_is_skipped_or_damaged()
    {
        AssumeUnix();
        using var folder = new TemporaryFolder();
        folder.Write(Hostile, "no capture");
        SampleCaptures.WriteCut(folder, Hostile + ".pcap", SampleCaptures.Tagged);
        var run = Product.Run("read", folder.Path, "-r", TestPaths.Rules, "-q");

        AssertPrintable(run);
        Assert.Equal(1, run.ExitStatus);
        Assert.Equal(2, run.Error.Lines.Count);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("ecs")]
    public void In_a_rule(string format)
    {
        using var folder = new TemporaryFolder();
        var escaped = """a\e[2J\e]0;b\a\r\x9b31m\u202ec""";
        var rule = SampleRules.Sound($"\"{escaped}\"").Replace("A. Defender", $"\"{escaped}\"", StringComparison.Ordinal)
            + $"\ndescription: \"{escaped}\"\nreferences: [\"{escaped}\"]\nfalsepositives: [\"{escaped}\"]\ntags: [\"{escaped}\"]\n";
        var path = folder.Write("rule.yml", rule);
        var run = Product.Run("read", SampleCaptures.Beacon, "-r", path, "-v", "--format", format);
        var check = Product.Run("rules", "check", path);

        AssertPrintable(run);
        AssertPrintable(check);
        Assert.NotEmpty(run.Output.Lines);
        Assert.Contains("31m", run.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_faulty_rule_and_its_file_name()
    {
        AssumeUnix();
        using var folder = new TemporaryFolder();
        var path = folder.Write(Hostile + ".yml", SampleRules.UnknownModifier.Replace("endswiht", "\"" + "ends\\e[2Jwith" + "\"", StringComparison.Ordinal));
        folder.Write("other.yml", "title: \e[2J\n" + SampleRules.UndefinedSelection);
        var check = Product.Run("rules", "check", folder.Path);
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", path, "-q");

        AssertPrintable(check);
        AssertPrintable(run);
        Assert.Equal(2, check.ExitStatus);
        Assert.Equal(2, run.ExitStatus);
    }

    [Theory]
    [InlineData("\e[2J", Label = "a word")]
    [InlineData("--\e[2J", Label = "an option")]
    [InlineData("read", "-\e[2J", "-r", "x", Label = "a file that looks like an option")]
    [InlineData("read", "x", "-r", "x", "--format", "\e[2J", Label = "a value")]
    [InlineData("read", "x", "-r", "x", "--queue", "\e[2J", Label = "a number")]
    [InlineData("read", "x", "-r", "x", "-o", "\e[2J", Label = "an output")]
    [InlineData("live", "-i", "\e[2J", "-r", "x", Label = "an interface")]
    public void In_the_command_line(params string[] arguments)
    {
        var run = Product.Run(arguments);

        AssertPrintable(run);
        Assert.NotEqual(0, run.ExitStatus);
        Assert.NotEmpty(run.Error.Lines);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("ecs")]
    public void In_names_answers_and_the_capture_interface(string format)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("hostile.pcapng", HostileCapture());
        var rule = folder.Write("rule.yml", SampleRules.Sound().Replace("query: msstorageazure.com", "query|contains: msstorageazure", StringComparison.Ordinal));
        var run = Product.Run("read", path, "-r", rule, "-v", "--format", format);
        var decoded = Product.Run("decode", path);

        AssertPrintable(run);
        AssertPrintable(decoded);
        Assert.Equal(0, run.ExitStatus);
        Assert.Single(run.Output.Lines, line => line.Contains("msstorageazure", StringComparison.Ordinal) && line.Contains("#1", StringComparison.Ordinal)
            || format == "ecs");
        Assert.Contains("027", run.Output.Text, StringComparison.Ordinal);
        Assert.Single(decoded.Output.Lines);
    }

    private static void AssumeUnix() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs file names that Windows does not allow");

    private static void AssertPrintable(ProgramResult run)
    {
        foreach (var text in new[] { run.Output.Text, run.Error.Text })
        {
            var odd = text.EnumerateRunes().Where(rune => rune.Value != '\n' && (Rune.IsControl(rune) || rune.Value is >= 0x202a and <= 0x202e)).ToList();
            Assert.True(odd.Count == 0, $"U+{odd.FirstOrDefault().Value:X4} in:\n{text}");
        }
    }

    // A pcapng file with one interface that has a hostile name, and one response whose name and data are hostile.
    private static byte[] HostileCapture()
    {
        var hostile = Encoding.UTF8.GetBytes(Hostile);
        byte[] name = [(byte)hostile.Length, .. hostile, 14, .. "msstorageazure"u8, 3, .. "com"u8, 0];
        byte[] text = [(byte)hostile.Length, .. hostile];
        byte[] message =
        [
            0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. name, 0, 16, 0, 1,
            0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, (byte)text.Length, .. text,
        ];
        byte[] packet =
        [
            0x45, 0, 0, (byte)(28 + message.Length), 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 53, 192, 0, 2, 10,
            0, 53, 0x9c, 0x40, 0, (byte)(8 + message.Length), 0, 0, .. message,
        ];
        const uint SectionHeader = 0x0A0D0D0A;
        const uint RawIp = 101;
        return
        [
            .. Block(SectionHeader, [.. Number(0x1A2B3C4D), 1, 0, 0, 0, .. Number(uint.MaxValue), .. Number(uint.MaxValue)]),
            .. Block(1, [.. Number(RawIp), .. Number(0), 2, 0, (byte)hostile.Length, 0, .. Padded(hostile), .. Number(0)]),
            .. Block(6, [.. Number(0), .. Number(0), .. Number(1), .. Number((uint)packet.Length), .. Number((uint)packet.Length), .. Padded(packet)]),
        ];
    }

    private static byte[] Block(uint type, byte[] body) =>
        [.. Number(type), .. Number((uint)body.Length + 12), .. body, .. Number((uint)body.Length + 12)];

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[(4 - (bytes.Length % 4)) % 4]];

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
