namespace WireDns.Sensor;

/// <summary>Whether a sensor does its work: it captures from every interface, and every target takes what it is sent.</summary>
internal static class SensorReadiness
{
    // A receiver that restarts is no reason to be called unready.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>What is in the way, a line for each part; empty if nothing is.</summary>
    /// <param name="snapshot">What is known; null before the first second is over.</param>
    public static IReadOnlyList<string> FaultsOf(SensorSnapshot? snapshot) => snapshot is null
        ? ["the sensor has just been started"]
        :
        [
            .. snapshot.Interfaces.Where(one => one.State.Sight == Sight.Blind).Select(one => $"interface {one.Name}: blind: {one.State.Reason}"),
            .. snapshot.Sinks.Where(sink => sink.TroubleLasts > Patience).Select(sink => $"target {sink.Name}: nothing has got through for {(int)sink.TroubleLasts.TotalSeconds} s"),
        ];
}
