using WireDns.Capture.Files;
using WireDns.TestTraffic.Generation;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Benchmarks.Micro;

/// <summary>Captures in memory, and what is in them, for benchmarks of one part.</summary>
internal static class SampleTraffic
{
    /// <summary>A capture's bytes: a number of packets of a kind.</summary>
    public static byte[] Capture(ICaptureKind kind, int packets)
    {
        var budget = new CaptureBudget(packets, IsInPackets: true);
        using var stream = new MemoryStream();
        CaptureGeneration.ToStream(kind, new CaptureRequest(budget, kind.DefaultPlantedCount(budget), Seed: 1), stream, new CaptureManifest());
        return stream.ToArray();
    }

    /// <summary>Every packet of a capture, in batches that stay in memory.</summary>
    public static List<PacketBatch> Batches(byte[] capture)
    {
        using var reader = CaptureFileReader.Open(new MemoryStream(capture), "memory");
        var batches = new List<PacketBatch>();
        for (var batch = new PacketBatch(); reader.TryReadBatch(batch); batch = new PacketBatch())
        {
            batches.Add(batch);
        }

        return batches;
    }

    /// <summary>Every DNS message of a capture.</summary>
    public static byte[][] Messages(byte[] capture)
    {
        var decoder = new PacketDecoder(new PacketDecoderOptions(), DnsMessageStart.IsPlausible);
        var messages = new List<byte[]>();
        foreach (var batch in Batches(capture))
        {
            foreach (var packet in batch)
            {
                var payloads = decoder.Decode(packet);
                while (payloads.TryRead(out var payload))
                {
                    messages.Add(payload.Data.ToArray());
                }
            }
        }

        return [.. messages];
    }

    /// <summary>The names that are asked for in messages, as text.</summary>
    public static byte[][] Names(byte[][] messages)
    {
        var names = new List<byte[]>();
        var text = new byte[DnsName.MaximumTextLength];
        foreach (var message in messages)
        {
            var reader = new DnsMessageReader(message);
            while (reader.TryReadQuestion(out var question))
            {
                names.Add(text[..question.Name.WriteText(text)]);
            }
        }

        return [.. names];
    }
}
