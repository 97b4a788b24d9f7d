using System.IO.Compression;
using K4os.Compression.LZ4;
using K4os.Compression.LZ4.Streams;
using SharpCompress.Compressors.BZip2;
using ZstdSharp;
using CompressionMode = SharpCompress.Compressors.CompressionMode;

namespace WireDns.Capture.Tests.Compression;

/// <summary>One small capture, and the same one in every compression.</summary>
internal static class Samples
{
    public const int Packets = 40;

    // Of Pcap, by xz 5.4.1: one stream with CRC-64, and two with padding between them: SHA-256 and one block, CRC-32
    // and several. The dictionary has 64 KiB.
    private const string XzOneStream =
        "/Td6WFoAAATm1rRGAgAhAQgAAADYDyMT4AjDAVJdAGow0ch9i/gJm68fzHkIdYpx+0dsba5eXOXCm/CEbfhCjQeG7WXnP015Sbb9ApmDHvBSzRIgxopnpqI61JXDGK4d+Tp7HYwF"
        + "92kE/zLc7yC9hrxgoRQFrTwpRJnsGRWGMnpX69RqWM+DOhI07VnO091QhsioJ+rHgTETFnQCu+6RieFPbRsfMJt/DZoWcI+k/6Kn9L4QvjKJtepv//p3k7CISBAHSr6z4q8qUBD0"
        + "7LTzlhO6JW4BxIw8U3pv0XQjI4fJhKJ/jYHVIjKHWfACLN4HcckvDRBXwfoDxJ4lS4BywI1K+STI5pXG/SKrb6vtyZ6aCQZGglfvbAH9s55hfuGRBCrVoFL/KchQRpFhwvedPcHu"
        + "9lTYgNzOO6cDIeGvaQmX6phk4CCKHxPUFBspf8YUF/q3t+cpjjwSg1CIYfgRXyE3ajqjAs+evAb4BKiiUMkAAAAA9qdHX2BD+/oAAe4CxBEAAFlNEHGxxGf7AgAAAAAEWVo=";

    private const string XzTwoStreams =
        "/Td6WFoAAArh+wyhAgAhAQgAAADYDyMT4ARhANtdAGow0ch9i/gJm68fzHkIdYpx+0dsba5eXOXCm/CEbfhCjQeG7WXnP015Sbb9ApmDHvBSzRIgxopnpqI61JXDGK4d+Tp7HYwF"
        + "92kE/zLc7yC9hrxgoRQFrTwpRJnsGRWGMnpX69RqWM+DOhI07VnO091QhsioJ+rHgTETFnQCu+6RieFPbRsfMJt/DZoWcI+k/6Kn9L4QvjKJtepv//p3k7CISBAHSr6z4q8qUBD0"
        + "7LTzlhO6JW4BxIw8U3pv0XQjI4fJhKJ/jYHVIjKHWfACLN4HcckvDRBXubAfVwAAibILKwD4nUqycMdIcqIQGYl24eCY5oVNvHvZjtnrsjkAAY8C4ggAALv5FiS26d8cAgAAAAAK"
        + "WVoAAAAAAAAAAP03elhaAAABaSLeNgIAIQEIAAAA2A8jE+AB8wBVXQAL7ioYeNAl2pBmTCEMqSbok3Op6pyJIdOhPBewRvi4z640reAaEdQuS9YGWeVYB3Q5jrp4v4sdIU7zO2hA"
        + "KQt0HVBKKwNgyZ5396dTVD42WDDVq3BHAAAAAEj0OigCACEBCAAAANgPIxPgAfMATl0AD+46IHiUzDzwBh6QP+lAihCP63lk9Pow/DGa5nj2X2RTMtGymEem61OvmYnIw/bQvCEu"
        + "nknOEaRyG+COKi7jU92UcsMa0BsO83t4GagAAAAAOX8WtwIAIQEIAAAA2A8jE+AAeQAUXQATbjQneJTMonAGZuwQJwwXHcPgAAD8xulJAANt9ANm9AMsegAA2x/8EZvjUUADAAAA"
        + "AAFZWg==";

    public static byte[] Pcap { get; } = MakePcap();

    public static byte[] Pcapng { get; } = MakePcapng();

    /// <summary>By name: <see cref="Pcap"/> compressed.</summary>
    public static IReadOnlyDictionary<string, byte[]> Compressed { get; } = new Dictionary<string, byte[]>
    {
        ["gzip"] = Gzip(Pcap),
        ["gzip, two members"] = [.. Gzip(Pcap[..700]), .. Gzip(Pcap[700..])],
        ["gzip, with an empty member and padding"] = [.. Gzip(Pcap), .. Gzip([]), .. new byte[600]],
        ["gzip, stored"] = Gzip(Pcap, CompressionLevel.NoCompression),
        ["gzip in gzip"] = Gzip(Gzip(Pcap)),
        ["zstd"] = Zstd(Pcap),
        ["zstd, two frames"] = [.. Zstd(Pcap[..700]), .. Zstd(Pcap[700..])],
        ["zstd, with skippable frames"] = [.. Skippable(0), .. Zstd(Pcap[..700]), .. Skippable(10_000), .. Zstd(Pcap[700..]), .. Skippable(3)],
        ["lz4"] = Lz4(Pcap),
        ["lz4, two frames"] = [.. Lz4(Pcap[..700]), .. Lz4(Pcap[700..])],
        ["lz4, with skippable frames"] = [.. Skippable(5), .. Lz4(Pcap[..700]), .. Skippable(10_000), .. Lz4(Pcap[700..]), .. Skippable(0)],
        ["xz"] = Convert.FromBase64String(XzOneStream),
        ["xz, two streams"] = Convert.FromBase64String(XzTwoStreams),
        ["bzip2"] = Bzip2(Pcap),
        ["bzip2, two streams"] = [.. Bzip2(Pcap[..700]), .. Bzip2(Pcap[700..])],
    };

    public static byte[] Gzip(byte[] data, CompressionLevel level = CompressionLevel.SmallestSize) =>
        Compress(data, target => new GZipStream(target, level, leaveOpen: true));

    public static byte[] Zstd(byte[] data) => Compress(data, target => new CompressionStream(target, leaveOpen: true));

    public static byte[] Lz4(byte[] data) => Compress(data, target => LZ4Stream.Encode(target, LZ4Level.L00_FAST, leaveOpen: true));

    public static byte[] Bzip2(byte[] data) =>
        Compress(data, target => BZip2Stream.Create(target, CompressionMode.Compress, false, leaveOpen: true));

    private static byte[] Compress(byte[] data, Func<Stream, Stream> create)
    {
        using var target = new MemoryStream();
        using (var compressor = create(target))
        {
            compressor.Write(data);
        }

        return target.ToArray();
    }

    private static byte[] Skippable(int length) => [0x53, 0x2a, 0x4d, 0x18, .. BitConverter.GetBytes(length), .. new byte[length]];

    private static byte[] MakePcap()
    {
        var file = new PcapBuilder();
        for (var i = 0u; i < Packets; i++)
        {
            file.Record(1_700_000_000 + i, i, [.. Enumerable.Repeat((byte)i, (int)(20 + i))]);
        }

        return file.ToArray();
    }

    private static byte[] MakePcapng()
    {
        var file = new PcapngBuilder().Section();
        file.Interface(1, 0, file.Option(2, "eth0"u8.ToArray()), file.Option(9, 9)).Interface(113, 20);
        for (var i = 0u; i < 8; i++)
        {
            file.Enhanced(i & 1, i, [.. Enumerable.Repeat((byte)i, (int)(20 + i))], options: file.Option(1, 1, 2, 3)).Block(5, new byte[8]);
        }

        file.Section(bigEndian: true);
        return file.Interface(101).Obsolete(0, 1, [1, 2, 3]).Simple(3, [1, 2, 3]).Enhanced(0, 9, [4, 5]).ToArray();
    }
}
