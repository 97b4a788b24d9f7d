using WireDns.Capture.Files;
using WireDns.Detection;

namespace WireDns.Reading;

/// <summary>A batch of packets, and what was learnt by looking at each. Its memory is reused.</summary>
/// <param name="bufferSize">Bytes for packets (<see cref="PacketBatch(int)"/>).</param>
internal sealed class LookedBatch(int bufferSize = PacketBatch.DefaultBufferSize)
{
    // Copying so many octets takes about a fifth of the time that a message takes.
    private const long OctetsPerMessage = 512;

    private LookedPacket[] _looked = new LookedPacket[256];

    /// <summary>The packets.</summary>
    public PacketBatch Packets { get; } = new(bufferSize);

    /// <summary>The place of the batch in its file, from 0.</summary>
    public long Number { get; set; }

    /// <summary>Which rules the packets were looked at with, as their owner counts them.</summary>
    public int Rules { get; set; }

    /// <summary>Whether the packets were looked at.</summary>
    public bool IsLooked { get; private set; }

    /// <summary>Whether looking at the packets took much longer than taking them out of the file.</summary>
    public bool IsWorthSharing { get; private set; }

    /// <summary>What was learnt about the packets, in their order.</summary>
    public ReadOnlySpan<LookedPacket> Looked => _looked.AsSpan(0, Packets.Count);

    /// <summary>Leaves the look to who processes the packets: one step for both is faster where nothing is shared.</summary>
    public void LeaveUnlooked() => (IsLooked, IsWorthSharing) = (false, false);

    /// <summary>Forgets what was learnt: each packet takes the long way.</summary>
    public void Forget()
    {
        MakeRoom();
        IsLooked = true;
        Array.Clear(_looked);
    }

    /// <summary>Looks at the packets.</summary>
    public void Look(Worker worker)
    {
        MakeRoom();
        IsLooked = true;
        var index = 0;
        var messages = 0L;
        var octets = 0L;
        foreach (var packet in Packets)
        {
            ref var looked = ref _looked[index++];
            worker.Look(in packet, out looked);
            messages += looked.HasMessage ? 1 : 0;
            octets += packet.Data.Length;
        }

        IsWorthSharing = messages * OctetsPerMessage >= octets;
    }

    private void MakeRoom()
    {
        if (Packets.Count > _looked.Length)
        {
            _looked = new LookedPacket[Packets.Count * 2];
        }
    }
}
