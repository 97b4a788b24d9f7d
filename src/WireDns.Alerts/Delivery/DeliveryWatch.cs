using System.Globalization;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// Says in words, as it happens, that a sink accepts nothing, that it works again, and how many alerts were lost: at most one line per sink
/// every ten seconds, apart from the one that says it works again. Not thread-safe.
/// </summary>
/// <param name="counters">Returns the counters of every sink, in any order.</param>
/// <param name="say">Takes what is said.</param>
/// <param name="time">The clock; by default the system's.</param>
internal sealed class DeliveryWatch(Func<IReadOnlyList<SinkCounters>> counters, Action<SinkNotice> say, TimeProvider? time = null)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // A moment of a busy receiver is not worth a line.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Dictionary<(string Name, int Occurrence), SinkState> _states = [];

    /// <summary>Looks at the counters, and says what has changed. Call it about once a second.</summary>
    public void Look()
    {
        foreach (var group in counters().GroupBy(sink => sink.Name))
        {
            foreach (var (occurrence, sink) in group.Index())
            {
                if (!_states.TryGetValue((sink.Name, occurrence), out var state))
                {
                    _states.Add((sink.Name, occurrence), state = new SinkState());
                }

                Look(sink, state);
            }
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
            var trouble = sink.Trouble.Words();
            if ((!state.IsTroubleSaid || (trouble != state.SaidTrouble && IsTime(state))) && state.Lasted >= Shortest && sink.Waiting > 0)
            {
                state.IsTroubleSaid = true;
                state.SaidTrouble = trouble;
                Say(sink, state, isTrouble: true, $"{trouble}; {Count(sink, sink.Waiting)} wait and are tried again");
            }
        }
        else if (state.IsTroubleSaid)
        {
            state.IsTroubleSaid = false;
            var lost = sink.Lost - state.SaidLost;
            Say(sink, state, isTrouble: lost > 0, string.Create(CultureInfo.InvariantCulture,
                $"takes {sink.Items} again after {state.Lasted.TotalSeconds:0.0} s; {(lost == 0 ? "none was lost" : $"{Count(sink, lost)} {(lost == 1 ? "was" : "were")} lost")}"));
            state.SaidLost = sink.Lost;
        }

        if (sink.Lost > state.SaidLost && IsTime(state))
        {
            Say(sink, state, isTrouble: true, $"{Count(sink, sink.Lost - state.SaidLost)} lost; since the start: {sink.DescribeLosses()}");
            state.SaidLost = sink.Lost;
        }
    }

    private bool IsTime(SinkState state) => state.SaidAt is not { } saidAt || _time.GetElapsedTime(saidAt) >= Pause;

    private void Say(SinkCounters sink, SinkState state, bool isTrouble, string text)
    {
        state.SaidAt = _time.GetTimestamp();
        say(new SinkNotice(sink.Name, sink.Items, isTrouble, text));
    }

    private static string Count(SinkCounters sink, long count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? sink.Items[..^1] : sink.Items)}");

    private sealed class SinkState
    {
        public bool IsTroubleSaid { get; set; }

        public string? SaidTrouble { get; set; }

        public TimeSpan Lasted { get; set; }

        public long SaidLost { get; set; }

        public long? SaidAt { get; set; }
    }
}

/// <summary>What is said about a sink as it happens.</summary>
/// <param name="Sink">The sink's name.</param>
/// <param name="Items">What it delivers, in the plural.</param>
/// <param name="IsTrouble">Whether something waits or was lost; false where it works again, and nothing was.</param>
/// <param name="Text">What happened, in words, to follow the sink's name and a colon.</param>
public sealed record SinkNotice(string Sink, string Items, bool IsTrouble, string Text)
{
    /// <summary>The sink and what happened, as a line without a line feed.</summary>
    public override string ToString() => $"{Sink}: {Text}";
}
