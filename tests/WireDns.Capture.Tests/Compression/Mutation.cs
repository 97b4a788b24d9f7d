namespace WireDns.Capture.Tests.Compression;

/// <summary>Changes a sample as seeded random numbers say.</summary>
internal static class Mutation
{
    private static readonly byte[] Interesting = [0, 1, 0x7f, 0x80, 0xff, 0x10, 0x0a, 0x06];

    public static byte[] Of(byte[] sample, Random random)
    {
        var bytes = sample.ToArray();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = Interesting[random.Next(Interesting.Length)];
                    break;
                case 2:
                    // A piece is removed.
                    var length = random.Next(1, Math.Min(40, bytes.Length - at + 1));
                    bytes = bytes.Length - length > 0 ? [.. bytes[..at], .. bytes[(at + length)..]] : bytes;
                    break;
                default:
                    // A piece is doubled.
                    var end = Math.Min(bytes.Length, at + random.Next(1, 40));
                    bytes = [.. bytes[..end], .. bytes[at..]];
                    break;
            }
        }

        return bytes;
    }
}
