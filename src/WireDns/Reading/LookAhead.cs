using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Messages;

namespace WireDns.Reading;

/// <summary>Processes the packets of a batch, and looks at each a few packets before its turn, so that what it needs of memory comes meanwhile.</summary>
/// <param name="worker">Takes the packets.</param>
internal sealed class LookAhead(Worker worker)
{
    // How many packets before: enough for memory to come, and few enough for it not to leave again.
    private const int Distance = 2;

    // A power of two above the distance.
    private readonly LookedPacket[] _looked = new LookedPacket[4];

    /// <summary>The packet whose turn it is has this place among packets that were all looked at: one after it is expected.</summary>
    public static void Expect(Worker worker, ReadOnlySpan<LookedPacket> looked, int index)
    {
        if (index + Distance < looked.Length)
        {
            worker.Expect(in looked[index + Distance]);
        }
    }

    /// <summary>Processes the packets of a batch, in their order.</summary>
    public void Process(PacketBatch batch, PacketSource source)
    {
        for (var index = 0; index < batch.Count + Distance; index++)
        {
            if (index < batch.Count)
            {
                ref var looked = ref PlaceOf(index);
                worker.Look(batch[index], out looked);
                worker.Expect(in looked);
            }

            if (index >= Distance)
            {
                worker.Process(batch[index - Distance], in PlaceOf(index - Distance), source);
            }
        }
    }

    private ref LookedPacket PlaceOf(int index) => ref _looked[index & (_looked.Length - 1)];
}
