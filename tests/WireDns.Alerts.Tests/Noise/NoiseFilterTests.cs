using System.Globalization;
using System.Net;
using WireDns.Alerts.Noise;

namespace WireDns.Alerts.Tests.Noise;

/// <summary>What repeats, is silenced, or is beyond a limit is held back, counted and summed up; everything else goes on at once.</summary>
public sealed class NoiseFilterTests
{
    private const long Second = 1_000_000_000;
    private const long Start = 1_772_356_502 * Second;

    private readonly List<Alert> _sent = [];

    private static NoiseOptions TenMinutes { get; } = new() { Windows = Enum.GetValues<AlertLevel>().ToDictionary(level => level, _ => TimeSpan.FromMinutes(10)) };

    [Fact]
    public void The_first_alert_goes_on_at_once_and_what_repeats_it_is_summed_up_when_the_window_is_over()
    {
        var noise = Filter(TenMinutes);
        noise.Take(At(0, "a.evil.example"));
        Assert.Equal("a.evil.example", Assert.Single(_sent).Message.QuestionName);
        for (var second = 1; second <= 42; second++)
        {
            noise.Take(At(second, $"{(char)('a' + (second % 3))}.evil.example"));
        }

        noise.Tick(Start + (599 * Second));
        Assert.Single(_sent);
        noise.Tick(Start + (600 * Second));

        var summary = Assert.Single(_sent[1..]);
        var repeats = summary.Repeats!;
        Assert.Equal((42, "42 more in 10m"), (repeats.Count, repeats.Words));
        Assert.Equal((Start + Second, Start + (42 * Second)), (repeats.From, repeats.Until));
        Assert.Equal(["b.evil.example", "c.evil.example", "a.evil.example"], repeats.Names);
        Assert.Equal((_sent[0].Id, _sent[0].Id + "-repeats", "evil.example"), (repeats.SentId, summary.Id, repeats.Domain));
        Assert.Equal(("192.0.2.10", AlertEndpoint.UnknownPort, _sent[0].Rule), (summary.Client.Address, summary.Client.Port, summary.Rule));

        noise.Take(At(601, "a.evil.example"));
        Assert.Equal(3, _sent.Count);
        Assert.Equal(new NoiseCounters(44, 0, 0, 42, 2, 1, 0, 1), noise.Counters);
    }

    [Theory]
    [InlineData("rule")]
    [InlineData("rule file")]
    [InlineData("client")]
    [InlineData("vlan")]
    [InlineData("domain")]
    [InlineData("no domain")]
    [InlineData("correlation")]
    [InlineData("no time")]
    [InlineData("anomaly")]
    public void What_differs_in_one_of_these_is_never_held_back(string what)
    {
        var noise = Filter(TenMinutes);
        var first = At(0, "a.evil.example");
        var second = what switch
        {
            "rule" => first with { Rule = first.Rule with { Title = "another" } },
            "rule file" => first with { Rule = first.Rule with { File = "another.yml" } },
            "client" => first with { Client = first.Client with { Address = "192.0.2.11" } },
            "vlan" => first with { VlanIds = [7] },
            "domain" => At(1, "a.good.example", "good.example"),
            "no domain" => At(1, "evil", null),
            "correlation" => SampleAlerts.Correlated with { UnixTimeNanoseconds = Start },
            "anomaly" => first with { Anomaly = new AlertAnomaly("malformed", "label_type", 1) },
            _ => first with { UnixTimeNanoseconds = null },
        };
        if (what == "correlation")
        {
            first = second;
        }

        noise.Take(first);
        noise.Take(second);

        Assert.Equal(2, _sent.Count);
        Assert.Equal(0, noise.Counters.Suppressed);
    }

    [Fact]
    public void Names_in_mixed_case_are_of_one_domain()
    {
        var noise = Filter(TenMinutes);
        noise.Take(At(0, "a.EVIL.example", "EVIL.example"));
        noise.Take(At(1, "a.evil.EXAMPLE", "evil.EXAMPLE"));

        Assert.Single(_sent);
    }

    [Fact]
    public void A_full_table_lets_alerts_through_and_counts_them()
    {
        var noise = Filter(TenMinutes with { MaximumWindows = 2 });
        for (var round = 0; round < 2; round++)
        {
            for (var client = 1; client <= 3; client++)
            {
                noise.Take(At(round, "a.evil.example") with { Client = new AlertEndpoint($"192.0.2.{client}", 1) });
            }
        }

        Assert.Equal(4, _sent.Count);
        Assert.Equal(new NoiseCounters(6, 0, 0, 2, 4, 0, 2, 2), noise.Counters);
    }

    [Fact]
    public void Names_as_long_as_they_can_be_do_not_take_more_memory_than_the_bound()
    {
        var noise = Filter(TenMinutes with { MaximumOctets = 4096 });
        var label = new string('x', 60);
        for (var number = 0; number < 100; number++)
        {
            noise.Take(At(number, $"{number}.{label}.{label}.{label}.evil.example"));
        }

        noise.Complete();
        var repeats = _sent[^1].Repeats!;
        Assert.Equal((99, true), (repeats.Count, repeats.HasMoreNames));
        Assert.InRange(repeats.Names.Sum(name => 2 * name.Length), 1, 4096);
    }

    [Fact]
    public void A_clock_that_is_set_back_ends_the_windows_of_the_time_before()
    {
        var noise = Filter(TenMinutes);
        noise.Take(At(100_000, "a.evil.example"));
        noise.Take(At(100_001, "a.evil.example"));
        noise.Take(At(0, "a.evil.example"));

        Assert.Equal([null, 1L, null], _sent.Select(alert => alert.Repeats?.Count));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_time_at_the_end_of_all_times_is_one_like_others(long time)
    {
        var noise = Filter(TenMinutes);
        noise.Take(At(0, "a.evil.example") with { UnixTimeNanoseconds = time });
        noise.Take(At(0, "a.evil.example") with { UnixTimeNanoseconds = time });
        noise.Complete();

        Assert.Equal(2, _sent.Count);
        Assert.Equal(1, _sent[1].Repeats!.Count);
    }

    [Fact]
    public void Beyond_its_limit_the_alerts_of_a_rule_are_summed_up_for_all_clients_and_other_rules_go_on()
    {
        var noise = Filter(new NoiseOptions { RateLimit = 2 });
        for (var client = 1; client <= 5; client++)
        {
            noise.Take(At(client, "a.evil.example") with { Client = new AlertEndpoint($"192.0.2.{client}", 1) });
        }

        noise.Take(At(6, "a.evil.example") with { Rule = SampleAlerts.Rule });
        noise.Tick(Start + (61 * Second));

        Assert.Equal(4, _sent.Count);
        var summary = _sent[3];
        Assert.Equal((HeldBack.RateLimited, 3, "3 more in 1m"), (summary.Repeats!.Cause, summary.Repeats.Count, summary.Repeats.Words));
        Assert.Equal(("", _sent[1].Id + "-rate-limit"), (summary.Client.Address, summary.Id));
        Assert.Equal(new NoiseCounters(6, 0, 3, 0, 3, 1, 0, 0), noise.Counters);
    }

    [Fact]
    public void An_alert_beyond_the_limit_begins_no_window_of_repeats()
    {
        var noise = Filter(TenMinutes with { RateLimit = 1 });
        noise.Take(At(0, "a.evil.example"));
        noise.Take(At(1, "a.other.example", "other.example"));
        noise.Take(At(62, "a.other.example", "other.example"));

        Assert.Equal(["a.evil.example", null, "a.other.example"], _sent.Select(alert => alert.Message.QuestionName));
    }

    [Theory]
    [InlineData("rule", "Storage Look-alike Lookup", true)]
    [InlineData("rule", "storage look-alike lookup", true)]
    [InlineData("rule", "Storage", false)]
    [InlineData("client", "192.0.2.0/24", true)]
    [InlineData("client", "192.0.3.0/24", false)]
    [InlineData("client", "2001:db8::/32", false)]
    [InlineData("name", "a.EVIL.example", true)]
    [InlineData("name", "evil.example", false)]
    [InlineData("name", "*.evil.example", true)]
    [InlineData("name", "*.example", true)]
    [InlineData("name", "*.a.evil.example", false)]
    [InlineData("name", "*.vil.example", false)]
    public void A_silence_covers_what_it_says(string key, string value, bool covers)
    {
        var silence = new Silence("silences.yml:1", DateTimeOffset.MaxValue, "a test")
        {
            Rule = key == "rule" ? value : null,
            Client = key == "client" ? IPNetwork.Parse(value) : null,
            Name = key == "name" ? value : null,
        };
        var noise = Filter(new NoiseOptions { Silences = [silence] });
        noise.Take(At(0, "a.evil.example"));

        Assert.Equal(covers ? 0 : 1, _sent.Count);
        Assert.Equal(covers ? 1 : 0, silence.Hits);
        Assert.Equal(covers ? 1 : 0, noise.Counters.Silenced);
    }

    [Theory]
    [InlineData(@"a\.evil.example", "*.evil.example", Label = "the dot is part of a label")]
    [InlineData(null, "*.evil.example", Label = "no name")]
    public void A_silence_of_names_does_not_cover(string? name, string silenced)
    {
        var noise = Filter(new NoiseOptions { Silences = [new Silence("x:1", DateTimeOffset.MaxValue, "a test") { Name = silenced }] });
        noise.Take(At(0, name));

        Assert.Single(_sent);
    }

    [Fact]
    public void A_silence_ends_at_its_date_also_while_the_sensor_runs()
    {
        var clock = new Clock(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        var silence = new Silence("x:1", clock.Now.AddDays(1), "a test") { Name = "*.example" };
        var noise = new NoiseFilter(new NoiseOptions { Silences = [silence] }, Keep, clock);
        noise.Take(At(0, "a.evil.example"));
        clock.Now = silence.Until;
        noise.Take(At(1, "a.evil.example"));

        Assert.Single(_sent);
        Assert.Equal(1, silence.Hits);
    }

    [Fact]
    public void Other_options_hold_from_the_next_alert_and_windows_that_are_open_stay_open()
    {
        var noise = Filter(TenMinutes);
        noise.Take(At(0, "a.evil.example"));
        noise.Take(At(1, "a.evil.example"));
        noise.Use(new NoiseOptions { RateLimit = 2 });
        for (var second = 2; second < 6; second++)
        {
            noise.Take(At(second, "a.evil.example"));
        }

        Assert.Equal(new NoiseCounters(6, 0, 2, 1, 3, 0, 0, 1), noise.Counters);
        noise.Tick(Start + (600 * Second));
        Assert.Contains(_sent, alert => alert.Repeats is { Count: 1, Cause: HeldBack.Repeated });
    }

    [Fact]
    public void Silences_that_were_added_stay_over_other_options_and_those_of_a_file_go_on_counting()
    {
        Silence OfFile() => new("silences.yml:1", DateTimeOffset.MaxValue, "of a file") { Name = "a.evil.example" };
        var noise = Filter(new NoiseOptions { Silences = [OfFile()] });
        Assert.True(noise.TryAdd(new Silence("ctl-1", DateTimeOffset.MaxValue, "added") { Name = "b.evil.example" }));
        noise.Take(At(0, "a.evil.example"));
        noise.Take(At(1, "b.evil.example"));

        noise.Use(new NoiseOptions { Silences = [new Silence("silences.yml:1", DateTimeOffset.MaxValue, "new") { Name = "c.evil.example" }, OfFile()] });
        noise.Take(At(2, "a.evil.example"));
        noise.Take(At(3, "b.evil.example"));
        noise.Take(At(4, "c.evil.example"));

        Assert.Empty(_sent);
        Assert.Equal([("new", 1L), ("of a file", 2L), ("added", 2L)], noise.Silences.Select(silence => (silence.Reason, silence.Hits)));
        Assert.Null(noise.Remove("silences.yml:1"));
        Assert.Equal("added", noise.Remove("ctl-1")!.Reason);
        noise.Take(At(5, "b.evil.example"));
        Assert.Single(_sent);
    }

    [Fact]
    public void So_many_silences_can_be_added_and_those_that_are_over_make_room()
    {
        var clock = new Clock(DateTimeOffset.UnixEpoch);
        var noise = new NoiseFilter(new NoiseOptions(), Keep, clock);
        for (var number = 0; number < NoiseOptions.MaximumAddedSilences; number++)
        {
            Assert.True(noise.TryAdd(new Silence($"ctl-{number}", clock.Now.AddSeconds(1), "") { Name = "a.example" }));
        }

        Assert.False(noise.TryAdd(new Silence("ctl-x", clock.Now.AddSeconds(1), "") { Name = "a.example" }));
        clock.Now = clock.Now.AddSeconds(1);
        Assert.True(noise.TryAdd(new Silence("ctl-y", clock.Now.AddSeconds(1), "") { Name = "a.example" }));
        Assert.Single(noise.Silences);
    }

    [Fact]
    public void Whatever_comes_every_alert_is_in_exactly_one_count_and_every_summary_counts_its_own()
    {
        var random = new Random(20260301);
        for (var run = 0; run < 50; run++)
        {
            _sent.Clear();
            var silence = new Silence("x:1", DateTimeOffset.MaxValue, "a test") { Client = IPNetwork.Parse("192.0.2.3/32") };
            var noise = Filter(TenMinutes with { RateLimit = random.Next(0, 5), MaximumWindows = random.Next(1, 6), Silences = [silence] });
            long time = 0;
            for (var number = 0; number < 300; number++)
            {
                time += random.Next(-5, 60);
                time -= random.Next(100) == 0 ? 2000 : 0;
                noise.Take(At(time, $"{random.Next(3)}.evil.example", $"evil{random.Next(3)}.example") with
                {
                    Id = number.ToString(CultureInfo.InvariantCulture),
                    Client = new AlertEndpoint($"192.0.2.{random.Next(1, 4)}", 1),
                    Rule = random.Next(2) == 0 ? SampleAlerts.Rule : SampleAlerts.Plain.Rule,
                });
            }

            noise.Complete();
            var counters = noise.Counters;
            Assert.Equal(300, counters.Raised);
            Assert.Equal(counters.Raised, counters.Silenced + counters.RateLimited + counters.Suppressed + counters.Passed);
            Assert.Equal(counters.Passed + counters.Summaries, _sent.Count);
            Assert.Equal(counters.Silenced, silence.Hits);
            var summaries = _sent.Where(alert => alert.Repeats is not null).ToList();
            Assert.Equal(counters.Suppressed, summaries.Where(alert => alert.Repeats!.Cause == HeldBack.Repeated).Sum(alert => alert.Repeats!.Count));
            Assert.Equal(counters.RateLimited, summaries.Where(alert => alert.Repeats!.Cause == HeldBack.RateLimited).Sum(alert => alert.Repeats!.Count));
            Assert.All(summaries, alert => Assert.InRange(alert.Repeats!.Until - alert.Repeats.From, 0, (long)(alert.Repeats.Window.Ticks + 600_000_000) * 100));
            Assert.Equal(_sent.Count, _sent.Select(alert => alert.Id).Distinct().Count());
        }
    }

    private static Alert At(long second, string? name, string? domain = "evil.example") => SampleAlerts.Plain with
    {
        Id = $"id{second}{name}",
        UnixTimeNanoseconds = Start + (second * Second),
        Message = SampleAlerts.Plain.Message with { QuestionName = name, RegisteredDomain = domain },
    };

    private NoiseFilter Filter(NoiseOptions options) => new(options, Keep);

    private bool Keep(Alert alert)
    {
        _sent.Add(alert);
        return true;
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
