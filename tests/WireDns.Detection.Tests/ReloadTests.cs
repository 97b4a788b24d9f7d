using System.Runtime.CompilerServices;
using WireDns.Detection.Intel;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;
using static WireDns.Detection.Tests.RuleRun;

namespace WireDns.Detection.Tests;

/// <summary>What is known of rules, lookups and correlations survives a reload of the rules.</summary>
public sealed class ReloadTests
{
    private const string FirstId = "11111111-0f57-4c7e-9f0e-2a4c35b0d9a1";
    private const string SecondId = "22222222-0f57-4c7e-9f0e-2a4c35b0d9a1";

    private static readonly string Evil = Rule("evil", ".evil.example", FirstId);
    private static readonly string Bad = Rule("bad", ".example", SecondId);
    private static readonly string Anonymous = Rule("anonymous", ".evil.example");

    private const string Answered = """
        title: answered
        name: answered
        logsource: {category: dns}
        detection:
          s: {query|endswith: .evil.example, rcode: 0}
          condition: s

        """;

    private const string NotAnswered = """
        title: silent
        name: silent
        logsource: {category: dns}
        detection:
          s: {query|endswith: .evil.example}
          answered: {rcode|exists: true}
          condition: s and not answered

        """;

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 10)]
    public void The_rules_that_were_replaced_and_those_that_were_refused_leave_the_memory(int queue)
    {
        var run = Begin(queue, out var first);
        run.Query("a.evil.example").Query("listed.example", id: 2).Response("a.evil.example");
        var second = Replace(run);
        var refused = Refuse(run);
        run.Query("b.evil.example", id: 3);

        // The thread of the correlations may be about to let go.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                return !first.Exists(part => part.IsAlive) && !refused.IsAlive;
            },
            TimeSpan.FromSeconds(30)));
        Assert.True(second.IsAlive);
        GC.KeepAlive(run);

        // In methods of their own, so that no frame keeps what they had.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static RuleRun Begin(int queue, out List<WeakReference> parts)
        {
            var rules = LoadSome();
            parts = [new WeakReference(rules), new WeakReference(rules.OnQuery), new WeakReference(rules.Intel.All[0])];
            return new RuleRun(rules, new DetectorOptions { CorrelationQueueLength = queue });
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Replace(RuleRun run)
        {
            var rules = LoadSome(run.Rules);
            run.Swap(rules);
            return new WeakReference(rules);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Refuse(RuleRun run)
        {
            var rules = LoadSome(run.Rules);
            _ = RuleChanges.Between(run.Rules, rules);
            return new WeakReference(rules);
        }

        static LoadedRules LoadSome(LoadedRules? predecessor = null)
        {
            var list = IntelFile.Read(new MemoryStream("listed.example\n"u8.ToArray()), "feed", "feed.txt", null);
            var loading = new RuleLoading { Intel = new IntelLists([list]), Placeholders = new SigmaPlaceholders() };
            loading.Intel.AddTo(loading.Placeholders);
            return Load(Join(Evil, Answered, NotAnswered, Count("often", "evil", 2)), predecessor, loading);
        }
    }

    [Theory]
    [InlineData("where no rule needs a response", "")]
    [InlineData("where a rule needs one", Answered)]
    public void What_fired_stays_fired_whatever_the_order_of_the_rules(string description, string more)
    {
        string[] others = more.Length > 0 ? [more] : [];
        var run = new RuleRun(Join([Evil, Bad, .. others]));
        Assert.Equal(["evil: a.evil.example", "bad: a.evil.example"], run.Query("a.evil.example").Alerts);

        run.Swap(Join([.. others, Bad, Evil])).Query("a.evil.example").Response("a.evil.example", responseCode: 3);

        Assert.True(run.Alerts.Count == 0, description);
        Assert.Equal(["bad: b.evil.example", "evil: b.evil.example"], run.Query("b.evil.example", id: 2).Alerts);
        Assert.Equal([2L, 2L], Counted(run, "evil", "bad"));
    }

    [Fact]
    public void A_rule_with_an_id_is_the_same_after_it_was_edited_and_one_without_after_it_was_renamed()
    {
        var run = new RuleRun(Join(Evil, Anonymous));
        Assert.Equal(2, run.Query("a.evil.example").Alerts.Count);

        run.Swap(Join(Rule("renamed", ".evil.example"), Rule("edited", ".example", FirstId.ToUpperInvariant(), "high")));

        Assert.Empty(run.Response("a.evil.example").Alerts);
        Assert.Equal([1L, 1L], Counted(run, "edited", "renamed"));
    }

    [Fact]
    public void A_rule_that_was_removed_and_comes_back_is_the_same()
    {
        var run = new RuleRun(Join(Evil, Bad));
        Assert.Equal(2, run.Query("a.evil.example").Alerts.Count);
        run.Swap(Bad);
        Assert.Equal(1, run.Worker.Snapshot()["alerts"] - Counted(run, "bad")[0]);
        Assert.Empty(run.Query("a.evil.example").Alerts);

        run.Swap(Join(Rule("another", ".other.example"), Evil, Bad));

        Assert.Empty(run.Response("a.evil.example").Alerts);
        Assert.Equal([0L, 1L, 1L], Counted(run, "another", "evil", "bad"));
    }

    [Theory]
    [InlineData("rules that a name alone decides", "")]
    [InlineData("rules that the lookup decides", "---\ntitle: port\nlogsource: {category: dns}\ndetection:\n  s: {dst_port: 9}\n  condition: s\n")]
    [InlineData("rules that wait for responses", "---\n" + Answered)]
    public void A_new_rule_fires_for_a_lookup_that_is_going_on_and_for_names_that_were_quiet(string description, string more)
    {
        var run = new RuleRun(Evil + more);
        run.Query("www.example").Query("a.evil.example", id: 2);
        Assert.Equal(["evil: a.evil.example"], run.Alerts);

        run.Swap(Join(Bad, Evil) + more).Response("www.example").Response("a.evil.example", id: 2, responseCode: 3);

        Assert.True(run.Alerts.SequenceEqual(["bad: www.example", "bad: a.evil.example"]), description);
    }

    [Fact]
    public void A_new_rule_on_responses_fires_for_a_query_from_before()
    {
        var run = new RuleRun(Rule("other", ".other.example"));
        run.Query("a.evil.example").Swap(Answered).Response("a.evil.example");
        Assert.Equal(["answered: a.evil.example"], run.Alerts);
    }

    [Fact]
    public void Queries_that_wait_go_on_waiting()
    {
        var run = new RuleRun(NotAnswered);
        run.Query("a.evil.example").Swap(Join(Bad, NotAnswered)).Wait(11).Tick();
        Assert.Equal(["silent: a.evil.example"], run.Alerts);
    }

    [Fact]
    public void Queries_that_wait_are_let_go_where_no_rule_wants_them_any_more()
    {
        var run = new RuleRun(NotAnswered);
        run.Query("a.evil.example").Swap(Rule("other", ".other.example")).Wait(11).Tick();
        Assert.Empty(run.Swap(NotAnswered).Finish().Alerts);
    }

    [Fact]
    public void A_correlation_that_stays_the_same_keeps_its_window()
    {
        var run = new RuleRun(Join(Rule("base", ".evil.example"), Count("three", "base", 3)));
        run.Query("a.evil.example", id: 1).Query("b.evil.example", id: 2);

        run.Swap(Join(Bad, Count("two", "bad", 9), Count("three, renamed", "base", 3), Rule("base", ".evil.example", level: "high")));
        Assert.Empty(run.Response("b.evil.example", id: 2).Alerts);
        run.Query("c.evil.example", id: 3);

        Assert.Equal(["three, renamed: c.evil.example"], run.Alerts);
    }

    [Fact]
    public void The_alert_of_a_correlation_tells_of_events_from_before()
    {
        var run = new RuleRun(Join(Rule("base", ".evil.example"), Count("three", "base", 3)));
        run.Query("a.evil.example", id: 1).Query("b.evil.example", id: 2);

        run.Swap(Join(Rule("other", ".other.example"), Count("three", "base", 3), Rule("base", ".evil.example"))).Query("c.evil.example", id: 3);

        Assert.Equal(
            [("a.evil.example", 1L), ("b.evil.example", 2L), ("c.evil.example", 3L)],
            Assert.Single(run.TakeAlerts()).Correlation!.Events.Select(correlated => (correlated.QuestionName!, correlated.PacketNumber)));
    }

    [Theory]
    [InlineData("its condition", "three", 2, ".evil.example")]
    [InlineData("a rule of it", "three", 3, "evil.example")]
    public void A_correlation_whose_content_changed_begins_anew(string changed, string title, int count, string ending)
    {
        var run = new RuleRun(Join(Rule("base", ".evil.example"), Count("three", "base", 3)));
        run.Query("a.evil.example", id: 1).Query("b.evil.example", id: 2);

        run.Swap(Join(Rule("base", ending), Count(title, "base", count)));
        for (var i = 1; i < count; i++)
        {
            run.Query($"c{i}.evil.example", id: (ushort)(10 + i));
        }

        Assert.True(run.Alerts.Count == 0, changed);
        Assert.Single(run.Query("d.evil.example", id: 20).Alerts);
    }

    [Fact]
    public void A_correlation_that_is_gone_leaves_no_groups()
    {
        var run = new RuleRun(
            Join(Rule("base", ".evil.example"), Count("three", "base", 3)),
            new DetectorOptions { Correlations = new Sigma.Correlation.CorrelationLimits { MaximumGroups = 4 } });
        for (uint client = 1; client <= 4; client++)
        {
            run.Query("a.evil.example", client: client);
        }

        run.Swap(Join(Rule("base", ".evil.example"), Count("two", "base", 2)));
        for (uint client = 1; client <= 4; client++)
        {
            run.Query("b.evil.example", id: 2, client: client);
        }

        Assert.Equal(0, run.Worker.Snapshot()["correlation_evicted_groups"]);
        run.Swap(Join(Rule("base", ".evil.example"), Count("three", "base", 3))).Query("c.evil.example", id: 3).Query("d.evil.example", id: 4);
        Assert.Empty(run.Alerts);
    }

    [Fact]
    public void Several_workers_share_the_numbers()
    {
        var first = Load(Join(Evil, Bad));
        var one = new RuleRun(first);
        var other = new RuleRun(first);
        one.Query("a.evil.example");
        other.Query("b.example", id: 2);

        var second = Load(Join(Rule("new", ".new.example"), Bad, Evil), first);
        one.Swap(second).Query("c.new.example", id: 3);
        other.Swap(second).Query("d.new.example", id: 4);

        var counters = one.Worker.Snapshot().Plus(other.Worker.Snapshot());
        Assert.Equal(
            [("new", 2L), ("bad", 4L), ("evil", 1L)],
            second.Compiled.Select(rule => (rule.Alert.Title, counters.AlertsByRule[rule.Number])));
    }

    [Fact]
    public void Rules_that_do_not_follow_begin_anew_and_the_sum_of_alerts_stays()
    {
        var run = new RuleRun(Evil);
        run.Query("a.evil.example");
        run.Swap(Load(Join(Bad, Evil))).Response("a.evil.example");
        Assert.Equal(["evil: a.evil.example", "bad: a.evil.example", "evil: a.evil.example"], run.Alerts);
        Assert.Equal((3L, 1L), (run.Worker.Snapshot()["alerts"], Counted(run, "evil")[0]));
    }

    [Fact]
    public void A_worker_without_rules_has_none_to_exchange()
    {
        var worker = new Worker(new Nobody());
        Assert.Throws<InvalidOperationException>(() => worker.Swap(Load(Evil)));
    }

    private static List<long> Counted(RuleRun run, params string[] titles)
    {
        var counters = run.Worker.Snapshot();
        return [.. titles.Select(title => counters.AlertsByRule[run.Rules.Compiled.Single(rule => rule.Alert.Title == title).Number])];
    }

    private sealed class Nobody : IMessageConsumer
    {
        public void Consume(in ObservedMessage message, PacketSource source)
        {
        }

        public void FinishSource()
        {
        }
    }
}
