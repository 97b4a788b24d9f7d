using WireDns.Capture.Compression;
using WireDns.Capture.Files;

namespace WireDns.Fuzz.Targets;

/// <summary>
/// Reads the input as a capture file, compressed or not. Whatever it is, packets come out, or a <see cref="CaptureFormatException"/> after
/// them; memory depends on the file's length and not on what the file claims; and what comes out does not depend on how the bytes arrive.
/// </summary>
internal sealed class CaptureFileTarget : FuzzTarget
{
    // Beyond this, a compressed file is more of the same.
    private const long MostBytes = 64 << 10;

    // The reader's own buffers; the largest dictionary that a compressed file may ask for, twice over; and what a bzip2 stream of 14 bytes
    // takes, one after the other.
    private const long MostMemory = 1 << 20;
    private const long MostDictionaries = 300 << 20;
    private const long MostPerStream = 8 << 20;
    private const int ShortestStream = 14;

    // As much of an error's text as tells it from others. Numbers in it are ignored, or each would be new.
    private const int DistinctLength = 40;

    private readonly PacketBatch _batch = new();
    private readonly PacketBatch _smallBatch = new(bufferSize: 4096);

    public override string Name => "capture";

    public override int MaximumLength => 4096;

    public override void Run(ReadOnlySpan<byte> input, FeatureMap features)
    {
        var file = input.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var whole = Read(new MemoryStream(file), _batch, features);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var isCompressed = whole.Compression != CaptureCompression.None || !whole.IsOpen;
        Invariant.Holds(allocated <= MostMemory + (64L * file.Length) + (isCompressed ? MostDictionaries + (MostPerStream * file.Length / ShortestStream) : 0), "memory follows the file's length");

        // Not every time: it takes as long again.
        if (file.Length > 0 && (file[^1] & 3) == 0 && whole.Bytes < MostBytes)
        {
            var trickled = Read(new TricklingStream(file), _smallBatch, features);
            Invariant.Holds(trickled == whole, "what comes out does not depend on how the bytes arrive");
        }

        features.Add(1, (ulong)whole.Compression | (whole.IsOpen ? 16UL : 0) | (whole.Fault.Length == 0 ? 32UL : 0));
        features.Add(2, Hash(whole.Fault));
        features.AddMagnitude(3, whole.Packets);
        features.AddMagnitude(4, whole.Skipped);
    }

    public override void AddSeeds(CaptureContent capture, ICollection<byte[]> seeds) => seeds.Add(capture.File);

    private static Outcome Read(Stream stream, PacketBatch batch, FeatureMap features)
    {
        var outcome = new Outcome(false, CaptureCompression.None, 0, 0, 0, 0, "");
        CaptureFileReader? reader = null;
        try
        {
            reader = CaptureFileReader.Open(stream, "");
            outcome = outcome with { IsOpen = true, Compression = reader.Compression };
            while (outcome.Bytes < MostBytes && reader.TryReadBatch(batch))
            {
                Invariant.Holds(batch.Count > 0, "a batch has packets");
                outcome = Add(outcome, batch, features);
            }
        }
        catch (CaptureFormatException exception)
        {
            outcome = outcome with { Fault = exception.Message };
        }
        finally
        {
            reader?.Dispose();
        }

        if (reader is not null)
        {
            Invariant.Holds(reader.PacketsRead == outcome.Packets, "every packet is delivered");
            features.Add(5, (ulong)reader.Format | ((ulong)Math.Min(reader.Interfaces.Count, 4) << 4));
        }

        return outcome;
    }

    private static Outcome Add(Outcome outcome, PacketBatch batch, FeatureMap features)
    {
        var (hash, bytes, packets, skipped) = (outcome.Hash, outcome.Bytes, outcome.Packets, outcome.Skipped);
        foreach (var packet in batch)
        {
            Invariant.Holds(packet.Data.Length <= packet.OriginalLength, "a packet is no longer than it was");
            Invariant.Holds(packet.Data.Length <= 16 << 20, "a packet's length is bounded");
            Invariant.Holds(packet.Number > packets, "packets are numbered in order");
            Invariant.Holds(
                packet.IsMissing ? packet.Data.IsEmpty : batch.InterfaceOf(in packet).LinkType == packet.LinkType,
                "a packet has its interface's link type, and one that is missing has no bytes");
            skipped += packet.IsMissing ? 1 : 0;
            packets++;
            bytes += packet.Data.Length + 16;
            hash = (hash * 31) + (ulong)packet.Time.Nanoseconds + ((ulong)packet.OriginalLength << 20) + ((ulong)packet.LinkType << 52)
                + (ulong)packet.Number;
            hash = (hash * 31) + Fingerprint.Of(packet.Data);
            features.Add(6, LinkTypes.IndexOf(packet.LinkType));
        }

        return outcome with { Hash = hash, Bytes = bytes, Packets = packets, Skipped = skipped };
    }

    private static ulong Hash(string text)
    {
        var hash = 0UL;
        foreach (var letter in text.AsSpan(0, Math.Min(text.Length, DistinctLength)))
        {
            hash = char.IsAsciiLetter(letter) ? (hash * 31) + letter : hash;
        }

        return hash;
    }

    private readonly record struct Outcome(
        bool IsOpen, CaptureCompression Compression, long Packets, long Skipped, long Bytes, ulong Hash, string Fault);
}
