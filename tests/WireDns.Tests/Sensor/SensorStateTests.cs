using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Noise;
using WireDns.Sensor;

namespace WireDns.Tests.Sensor;

/// <summary>What is held back before a restart is held back after it, and a damaged file is never taken for a sound one.</summary>
public sealed class SensorStateTests : IDisposable
{
    private const long Second = 1_000_000_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wiredns-test-");

    private static NoiseOptions Options { get; } = new()
    {
        Windows = Enum.GetValues<AlertLevel>().ToDictionary(level => level, _ => TimeSpan.FromMinutes(10)),
        RateLimit = 5,
        RateWindow = TimeSpan.FromMinutes(2),
    };

    private string FilePath => Path.Combine(_folder.FullName, "state");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_filter_that_is_saved_and_restored_at_any_time_sends_what_an_undisturbed_one_sends(int seed)
    {
        var random = new Random(seed);
        var (expected, actual) = (new List<string>(), new List<string>());
        var undisturbed = Filter(expected);
        var restarted = Filter(actual);
        for (var i = 0; i < 500; i++)
        {
            var alert = At(i * 7L, random.Next(6), random.Next(3));
            undisturbed.Take(alert);
            restarted.Take(alert);
            if (random.Next(20) == 0)
            {
                var saved = Write(restarted.Save());
                restarted = Filter(actual);
                var (windows, dropped) = restarted.Restore(Read(saved), [SampleAlerts.Rule]);
                Assert.Equal((0, true), (dropped, windows > 0));
            }
        }

        undisturbed.Complete();
        restarted.Complete();
        Assert.Equal(expected, actual);
        Assert.Contains(actual, sent => sent.Contains("repeats", StringComparison.Ordinal));
    }

    [Fact]
    public void Windows_of_a_rule_that_is_gone_are_dropped_and_counted()
    {
        var filter = Filter([]);
        filter.Take(At(0, 0, 0));

        Assert.Equal((0, 2), Filter([]).Restore(Read(Write(filter.Save())), []));
        Assert.Equal((0, 2), new NoiseFilter(new NoiseOptions(), _ => true).Restore(Read(Write(filter.Save())), [SampleAlerts.Rule]));
        Assert.Equal((2, 0), Filter([]).Restore(Read(Write(filter.Save())), [SampleAlerts.Rule with { Level = AlertLevel.Low }]));
    }

    [Fact]
    public void A_file_is_for_its_owner_alone_and_comes_back_as_it_was()
    {
        var file = new StateFile(FilePath);
        Assert.Null(file.Open(out var fault));
        Assert.Null(fault);

        Write(file, "before");
        Write(file, "content");
        using (var given = file.Begin())
        {
            given.Write("not complete"u8);
        }

        Assert.Equal("content", ContentOf(file, out fault));
        Assert.Null(fault);
        Assert.Equal(["state"], Directory.GetFiles(_folder.FullName).Select(Path.GetFileName));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(FilePath) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void A_file_with_any_octet_changed_or_cut_is_refused_with_a_reason()
    {
        var file = new StateFile(FilePath);
        Write(file, "some content");
        var sound = File.ReadAllBytes(FilePath);
        for (var place = 0; place < sound.Length; place++)
        {
            var changed = sound.ToArray();
            changed[place] ^= 0x10;
            File.WriteAllBytes(FilePath, changed);
            Assert.True(ContentOf(file, out var fault) is null && fault is not null, $"octet {place}");
            File.WriteAllBytes(FilePath, sound[..place]);
            Assert.True(ContentOf(file, out fault) is null && fault is not null, $"cut at {place}");
        }

        Assert.Equal(FilePath + ".damaged", file.PutAside());
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void A_file_of_another_version_and_one_that_is_too_long_are_refused_with_a_reason()
    {
        var file = new StateFile(FilePath);
        Write(file, "some content");
        Assert.Null(ContentOf(new StateFile(FilePath, maximumLength: 11), out var fault));
        Assert.Equal("it is too long", fault);
        Assert.Equal("some content", ContentOf(new StateFile(FilePath, maximumLength: 12), out _));

        var octets = File.ReadAllBytes(FilePath);
        octets["WireDns state v\n"u8.Length]--;
        File.WriteAllBytes(FilePath, octets);
        Assert.Null(ContentOf(file, out fault));
        Assert.Equal("another version of this program wrote it, or it is damaged", fault);
    }

    [Fact]
    public void A_state_cut_or_changed_anywhere_is_refused_or_read_but_never_breaks_the_reader()
    {
        var filter = Filter([]);
        filter.Take(At(0, 0, 0));
        filter.Take(At(1, 0, 1));
        var sound = Write(filter.Save());
        for (var place = 0; place < sound.Length; place++)
        {
            var changed = sound.ToArray();
            changed[place] ^= 0x81;
            Assert.True(Record.Exception(() => Read(changed)) is null or IOException or FormatException or ArgumentException, $"octet {place}");
            Assert.True(Record.Exception(() => Read(sound[..place])) is IOException or FormatException or ArgumentException, $"cut at {place}");
        }
    }

    private static void Write(StateFile file, string content)
    {
        using var writing = file.Begin();
        writing.Write(Encoding.UTF8.GetBytes(content));
        writing.Commit();
    }

    private static string? ContentOf(StateFile file, out string? fault)
    {
        using var stream = file.Open(out fault);
        if (stream is null)
        {
            return null;
        }

        var content = new MemoryStream();
        stream.CopyTo(content);
        return Encoding.UTF8.GetString(content.ToArray()[..^(sizeof(long) + 32)]);
    }

    private static NoiseFilter Filter(List<string> sent) => new(Options, alert =>
    {
        sent.Add($"{alert.Id} {alert.Message.QuestionName} {alert.Repeats?.Words} {string.Join(' ', alert.Repeats?.Names ?? [])} {alert.Client.Address} {alert.PacketNumber}");
        return true;
    });

    private static Alert At(long second, int client, int name) => SampleAlerts.Plain with
    {
        Id = $"{second:x16}",
        UnixTimeNanoseconds = (1_772_356_502 + second) * Second,
        Rule = SampleAlerts.Rule,
        Client = new AlertEndpoint($"192.0.2.{client}", 40_000),
        PacketNumber = second + 1,
        Message = SampleAlerts.Plain.Message with { QuestionName = $"n{name}.evil.example", RegisteredDomain = "evil.example" },
    };

    private static byte[] Write(NoiseState state)
    {
        var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8))
        {
            state.Write(writer);
        }

        return content.ToArray();
    }

    private static NoiseState Read(byte[] content) => NoiseState.Read(new BinaryReader(new MemoryStream(content), Encoding.UTF8));
}
