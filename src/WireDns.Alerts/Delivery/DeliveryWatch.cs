using System.Globalization;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// Says in words, as it happens, that a sink accepts nothing, that it works again, and how many alerts were lost: at most one line per sink
/// every ten seconds, apart from the one that says it works again. Not thread-safe.
/// </summary>
/// <param name="counters">Returns the counters of every sink, always in the same order.</param>
/// <param name="say">Takes a line, without the line feed.</param>
/// <param name="time">The clock; by default the system's.</param>
internal sealed class DeliveryWatch(Func<IReadOnlyList<SinkCounters>> counters, Action<string> say, TimeProvider? time = null)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // A moment of a busy receiver is not worth a line.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private SinkState[] _states = [];

    /// <summary>Looks at the counters, and says what has changed. Call it about once a second.</summary>
    public void Look()
    {
        var now = counters();
        if (_states.Length != now.Count)
        {
            _states = [.. now.Select(_ => new SinkState())];
        }

        for (var index = 0; index < now.Count; index++)
        {
            Look(now[index], _states[index]);
        }
    }

    private void Look(SinkCounters sink, SinkState state)
    {
        if (sink.Failed.ContainsKey(SendFailure.ReaderGone))
        {
            return; // a filter whose reader has gone ends in silence
        }

        if (sink.Trouble.Failure != SendFailure.None)
        {
            state.Lasted = sink.TroubleLasts;
            if (!state.IsTroubleSaid && state.Lasted >= Shortest && sink.Waiting > 0)
            {
                state.IsTroubleSaid = true;
                Say(sink, state, $"{sink.Trouble.Words()}; {Count(sink, sink.Waiting)} wait and are tried again");
            }
        }
        else if (state.IsTroubleSaid)
        {
            state.IsTroubleSaid = false;
            var lost = sink.Lost - state.SaidLost;
            Say(sink, state, string.Create(CultureInfo.InvariantCulture,
                $"takes {sink.Items} again after {state.Lasted.TotalSeconds:0.0} s; {(lost == 0 ? "none was lost" : $"{Count(sink, lost)} {(lost == 1 ? "was" : "were")} lost")}"));
            state.SaidLost = sink.Lost;
        }

        if (sink.Lost > state.SaidLost && (state.SaidAt is not { } saidAt || _time.GetElapsedTime(saidAt) >= Pause))
        {
            Say(sink, state, $"{Count(sink, sink.Lost - state.SaidLost)} lost; since the start: {sink.DescribeLosses()}");
            state.SaidLost = sink.Lost;
        }
    }

    private void Say(SinkCounters sink, SinkState state, string text)
    {
        state.SaidAt = _time.GetTimestamp();
        say($"{sink.Name}: {text}");
    }

    private static string Count(SinkCounters sink, long count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? sink.Items[..^1] : sink.Items)}");

    private sealed class SinkState
    {
        public bool IsTroubleSaid { get; set; }

        public TimeSpan Lasted { get; set; }

        public long SaidLost { get; set; }

        public long? SaidAt { get; set; }
    }
}
