using WireDns.Wire;

namespace WireDns.Sensor;

/// <summary>
/// The packets of one interface on their way to the pipeline, several in one turn: on a link without DNS, taking and leaving the turn would be much of what a packet costs.
/// Used by the thread that captures.
/// </summary>
/// <param name="pipeline">Takes the packets.</param>
/// <param name="interfaceName">Where they are captured.</param>
internal sealed class PacketBurst(SensorPipeline pipeline, string interfaceName)
{
    /// <summary>For how many packets others wait at most.</summary>
    public const int Longest = 64;

    // Of the turn at hand; 0 if another may have it.
    private int _left;

    /// <inheritdoc cref="SensorPipeline.Process(in Packet, string)"/>
    public long Process(in Packet packet)
    {
        if (_left == 0)
        {
            pipeline.TakeTurn();
            _left = Longest;
        }

        var found = pipeline.Process(in packet, interfaceName);
        if (--_left == 0)
        {
            pipeline.LeaveTurn();
        }

        return found;
    }

    /// <summary>No packet is at hand: others may have the turn.</summary>
    public void End()
    {
        if (_left > 0)
        {
            _left = 0;
            pipeline.LeaveTurn();
        }
    }
}
