namespace WireDns.TestTraffic.Generation;

/// <summary>Random octets in bulk: a block is filled once and payloads are copied from anywhere in it.</summary>
internal sealed class Noise
{
    private const int BlockLength = 1 << 20;

    private readonly Xoshiro256 _random;
    private readonly byte[] _block = new byte[BlockLength];

    /// <summary>Fills the block.</summary>
    public Noise(Xoshiro256 random)
    {
        _random = random;
        random.Fill(_block);
    }

    /// <summary>Fills a payload.</summary>
    public void CopyTo(Span<byte> payload) =>
        _block.AsSpan(_random.Below(BlockLength - payload.Length), payload.Length).CopyTo(payload);
}
