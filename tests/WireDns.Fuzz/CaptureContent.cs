using WireDns.Capture.Files;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Fuzz;

/// <summary>What a capture file holds for each target: the file's bytes, its packets, the messages in them.</summary>
internal sealed class CaptureContent
{
    private const int MaximumPackets = 400;

    private CaptureContent(byte[] file) => File = file;

    /// <summary>The whole file.</summary>
    public byte[] File { get; }

    /// <summary>Its first packets.</summary>
    public List<CapturedPacket> Packets { get; } = [];

    /// <summary>The payloads on port 53 in these packets, reassembled.</summary>
    public List<byte[]> Messages { get; } = [];

    /// <summary>Reads a file as far as it can be read.</summary>
    public static CaptureContent Read(string path)
    {
        var content = new CaptureContent(System.IO.File.ReadAllBytes(path));
        var decoder = new PacketDecoder(new PacketDecoderOptions(), DnsMessageStart.IsPlausible);
        try
        {
            using var reader = CaptureFileReader.Open(path);
            while (content.Packets.Count < MaximumPackets && reader.TryReadBatch(out var batch))
            {
                foreach (var packet in batch)
                {
                    if (content.Packets.Count == MaximumPackets)
                    {
                        break;
                    }

                    content.Packets.Add(new CapturedPacket(packet.LinkType, packet.Data.ToArray(), packet.OriginalLength));
                    content.AddMessages(decoder.Decode(in packet));
                }
            }
        }
        catch (CaptureFormatException)
        {
            // Damaged captures are part of the corpus; what came before the damage is there.
            content.AddMessages(decoder.Finish());
            return content;
        }

        content.AddMessages(decoder.Finish());
        return content;
    }

    private void AddMessages(PayloadReader payloads)
    {
        while (payloads.TryRead(out var payload))
        {
            Messages.Add(payload.Data.ToArray());
        }
    }
}
