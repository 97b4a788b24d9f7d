using System.Buffers.Binary;
using WireDns.Capture.Files;

namespace WireDns.Benchmarks.Live;

/// <summary>The first frames of a capture, contiguous in memory that the collector does not move.</summary>
internal sealed class FrameBuffer
{
    // Nearly what a processor's second-level cache holds: reading them is not what limits the sender.
    private const int MaximumBytes = 4 << 20;
    private const int EthernetHeaderLength = 14;

    private readonly List<FramePlace> _frames = [];

    /// <summary>The bytes.</summary>
    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(MaximumBytes, pinned: true);

    /// <summary>Where the frames are.</summary>
    public IReadOnlyList<FramePlace> Frames => _frames;

    /// <summary>Reads frames until the buffer is full.</summary>
    /// <exception cref="InvalidDataException">The capture holds too few.</exception>
    public static FrameBuffer Read(string capture, FrameMix mix)
    {
        var buffer = new FrameBuffer();
        using var reader = CaptureFileReader.Open(capture);
        var length = 0;
        while (length < MaximumBytes && reader.TryReadBatch(out var batch))
        {
            foreach (var packet in batch)
            {
                if (length + packet.Data.Length > MaximumBytes)
                {
                    length = MaximumBytes;
                    break;
                }

                if (mix == FrameMix.All || !IsPort53(packet.Data))
                {
                    packet.Data.CopyTo(buffer.Bytes.AsSpan(length));
                    buffer._frames.Add(new FramePlace(length, packet.Data.Length));
                    length += packet.Data.Length;
                }
            }
        }

        return buffer._frames.Count >= PacketSocket.BatchLength
            ? buffer
            : throw new InvalidDataException($"{capture}: {buffer._frames.Count} frames are too few to send");
    }

    // The captures have no tags, no options of IPv4 and no extension headers; a fragment would be taken for noise.
    private static bool IsPort53(ReadOnlySpan<byte> frame)
    {
        var ports = EthernetHeaderLength + (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x86DD ? 40 : 20);
        return frame.Length >= ports + 4
            && (BinaryPrimitives.ReadUInt16BigEndian(frame[ports..]) == 53 || BinaryPrimitives.ReadUInt16BigEndian(frame[(ports + 2)..]) == 53);
    }
}
