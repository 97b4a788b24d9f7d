using WireDns.Journal;

namespace WireDns.Tests.Sensor;

/// <summary>A sensor's own log that gives a test what a person reads of it.</summary>
internal static class LogLines
{
    public static SensorLog To(Action<string> take, TimeProvider clock) => new(clock, (_, _, _, text) => take(text));
}
