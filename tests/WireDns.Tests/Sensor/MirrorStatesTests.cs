using WireDns.Sensor;
using WireDns.Tests.Health;
using WireDns.Wire.Net;

namespace WireDns.Tests.Sensor;

/// <summary>When the link as a whole is degraded, and when it is ok again: each cause appears with what it stands for, and disappears with it.</summary>
public sealed class MirrorStatesTests
{
    private readonly ManualClock _clock = new();
    private readonly FrameRun _run = new();
    private readonly MirrorStates _states;
    private int _id;

    public MirrorStatesTests() => _states = new MirrorStates(_clock);

    [Theory]
    [InlineData("responses_missing")]
    [InlineData("queries_missing")]
    [InlineData("packets_sliced")]
    [InlineData("packets_twice")]
    [InlineData("tcp_bytes_missing")]
    [InlineData("encrypted_dns")]
    public void A_fault_degrades_it_and_a_minute_after_the_fault_it_is_ok_again(string cause)
    {
        Assert.Null(Sound());
        Fault(cause);

        // After ten seconds a lookup counts as unanswered.
        var previous = Next() ?? Sound() ?? Sound();
        Assert.Equal(Sight.Ok, previous!.Sight);
        Assert.Equal((Sight.Degraded, cause), (_states.Current.Sight, _states.Current.Cause));
        Assert.NotEqual("", _states.Current.Reason);
        Assert.Equal(_clock.GetUtcNow(), _states.Current.Since);
        for (var second = 0; (previous = Sound()) is null; second += 10)
        {
            Assert.InRange(second, 0, 80);
        }

        Assert.Equal(cause, previous.Cause);
        Assert.Equal((Sight.Ok, ""), (_states.Current.Sight, _states.Current.Reason));
        Assert.Null(Sound());
    }

    [Fact]
    public void A_fault_after_an_hour_without_one_is_seen_as_one_at_the_start()
    {
        for (var second = 0; second < 3600; second += 10)
        {
            Assert.Null(Sound());
        }

        for (var second = 0; second < 60; second += 10)
        {
            Lookups(queries: true, responses: false);
            Next();
        }

        Assert.Equal("responses_missing", _states.Current.Cause);
    }

    [Fact]
    public void A_fault_is_over_also_if_the_time_of_day_was_set_back()
    {
        Fault("responses_missing");
        Assert.NotNull(Next() ?? Sound() ?? Sound());
        _clock.SetBack(TimeSpan.FromDays(1));
        for (var second = 0; Sound() is null; second += 10)
        {
            Assert.InRange(second, 0, 80);
        }

        Assert.Equal(Sight.Ok, _states.Current.Sight);
    }

    [Fact]
    public void On_a_quiet_link_half_of_it_is_missed_over_a_longer_time()
    {
        for (var second = 0; second < 300; second += 10)
        {
            _run.TakeLookups(1, queries: true, responses: false, firstId: _id++);
            Next();
        }

        Assert.Equal("responses_missing", _states.Current.Cause);
    }

    [Fact]
    public void Two_faults_at_once_are_both_said()
    {
        Fault("responses_missing");
        Next();
        Fault("packets_sliced");
        Sound();

        Assert.Equal("responses_missing,packets_sliced", _states.Current.Cause);
        Assert.Contains("most queries have no response here", _states.Current.Reason, StringComparison.Ordinal);
        Assert.Contains("packets were cut", _states.Current.Reason, StringComparison.Ordinal);
    }

    private InterfaceState? Sound()
    {
        Lookups(queries: true, responses: true);
        return Next();
    }

    private InterfaceState? Next()
    {
        _clock.Advance(TimeSpan.FromSeconds(10));
        _run.Wait(TimeSpan.FromSeconds(10));
        return _states.Take(_run.Counters);
    }

    private void Lookups(bool queries, bool responses)
    {
        _run.TakeLookups(40, queries, responses, _id);
        _id += 40;
    }

    private void Fault(string cause)
    {
        switch (cause)
        {
            case "responses_missing" or "queries_missing":
                for (var i = 0; i < 4; i++)
                {
                    Lookups(cause == "responses_missing", cause == "queries_missing");
                }

                break;
            case "packets_sliced":
                var whole = Frames.Udp("192.0.2.53", 53, "192.0.2.1", 40_000, DnsBytes.Response("www.example.com", 1));
                _run.Take(whole[..64]);
                break;
            case "packets_twice":
                for (var id = 0; id < 40; id++)
                {
                    var query = Frames.Udp("192.0.2.9", 40_000, "192.0.2.53", 53, DnsBytes.Query("a.example", (ushort)id));
                    var response = Frames.Udp("192.0.2.53", 53, "192.0.2.9", 40_000, DnsBytes.Response("a.example", (ushort)id));
                    _run.Take(query);
                    _run.Take(query);
                    _run.Take(response);
                    _run.Take(response);
                }

                break;
            case "tcp_bytes_missing":
                var message = Layers.Framed(DnsBytes.Query("a.example", 1));
                TakeSegment(Layers.Tcp(99, [], "S", source: 50_000), isClient: true);
                TakeSegment(Layers.Tcp(150, message, source: 50_000), isClient: true);
                TakeSegment(Layers.Tcp(1, [], acknowledgement: (uint)(150 + message.Length), source: 53, destination: 50_000), isClient: false);
                break;
            default:
                for (var i = 0; i < 200; i++)
                {
                    _run.Take(Frames.Tcp("10.0.0.2", 50_000, "192.0.2.99", 853, (uint)i, 0x10, [1, 2, 3]));
                }

                break;
        }
    }

    private void TakeSegment(byte[] segment, bool isClient) => _run.Take(Layers.Ethernet(
        isClient ? Layers.Ipv4(segment, 6, "192.0.2.1", "192.0.2.53") : Layers.Ipv4(segment, 6, "192.0.2.53", "192.0.2.1")));
}
