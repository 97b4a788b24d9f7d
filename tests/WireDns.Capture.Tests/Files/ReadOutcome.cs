using WireDns.Wire;

namespace WireDns.Capture.Tests.Files;

/// <summary>Everything that came out of a capture, copied so that it can be compared.</summary>
internal sealed class ReadOutcome
{
    public List<ReadPacket> Packets { get; } = [];

    public Exception? Error { get; private set; }

    public long Skipped { get; private set; }

    public long PacketsRead { get; private set; }

    public IReadOnlyList<CaptureInterface> Interfaces { get; private set; } = [];

    public static ReadOutcome Of(byte[] file, int bufferSize = PacketBatch.DefaultBufferSize) =>
        Of(() => CaptureFileReader.Open(new MemoryStream(file), "test"), bufferSize);

    public static ReadOutcome Of(string path) => Of(() => CaptureFileReader.Open(path), PacketBatch.DefaultBufferSize);

    /// <summary>
    /// Reads to the end. Only a <see cref="CaptureFormatException"/> counts as an outcome; any other exception fails the test.
    /// </summary>
    public static ReadOutcome Of(Func<CaptureFileReader> open, int bufferSize)
    {
        var outcome = new ReadOutcome();
        try
        {
            using var reader = open();
            try
            {
                var batch = new PacketBatch(bufferSize);
                while (reader.TryReadBatch(batch))
                {
                    Assert.NotEqual(0, batch.Count);
                    foreach (var packet in batch)
                    {
                        if (packet.IsMissing)
                        {
                            outcome.Skipped++;
                        }
                        else
                        {
                            outcome.Packets.Add(ReadPacket.Of(packet));
                        }
                    }
                }
            }
            finally
            {
                outcome.PacketsRead = reader.PacketsRead;
                outcome.Interfaces = reader.Interfaces;
            }
        }
        catch (CaptureFormatException exception)
        {
            outcome.Error = exception;
        }

        Assert.Equal(outcome.PacketsRead, outcome.Packets.Count + outcome.Skipped);
        return outcome;
    }
}
