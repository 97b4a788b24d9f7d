using System.Security.Cryptography;

namespace WireDns.Alerts.Privacy;

/// <summary>
/// Pseudonyms of addresses under a key that keep prefixes: two addresses with the same first n bits have pseudonyms with the same first n bits. This is Crypto-PAn with
/// AES-128 (Xu, Fan, Ammar, Moon: Prefix-Preserving IP Address Anonymization, ICNP 2002), for IPv4 as its authors published it and for IPv6 with 128 bits in place of
/// 32. Thread-safe.
/// </summary>
public sealed class AddressPseudonyms : IDisposable
{
    /// <summary>Length of the key in octets: 16 for AES, 16 from which the padding is made.</summary>
    public const int KeyLength = 32;

    private const int BlockLength = 16;
    private const int MaximumBits = 128;

    private readonly Aes _aes = Aes.Create();
    private readonly byte[] _padding = new byte[BlockLength];
    private readonly Lock _turn = new();

    /// <param name="key">The key, <see cref="KeyLength"/> octets.</param>
    public AddressPseudonyms(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        _aes.Key = key[..BlockLength].ToArray();
        _aes.EncryptEcb(key[BlockLength..], _padding, PaddingMode.None);
    }

    /// <summary>Replaces an address of 4 or 16 octets by its pseudonym.</summary>
    public void Replace(Span<byte> address)
    {
        var bits = address.Length * 8;
        Span<byte> blocks = stackalloc byte[MaximumBits * BlockLength];
        blocks = blocks[..(bits * BlockLength)];

        // Block n has the first n bits of the address, and those of the padding after them. Its first bit of ciphertext turns bit n over or not.
        for (var bit = 0; bit < bits; bit++)
        {
            var block = blocks.Slice(bit * BlockLength, BlockLength);
            _padding.CopyTo(block);
            address[..(bit / 8)].CopyTo(block);
            var mask = (byte)(0xff00 >> (bit % 8));
            block[bit / 8] = (byte)((address[bit / 8] & mask) | (block[bit / 8] & ~mask));
        }

        lock (_turn)
        {
            _aes.EncryptEcb(blocks, blocks, PaddingMode.None);
        }

        for (var bit = 0; bit < bits; bit++)
        {
            address[bit / 8] ^= (byte)((blocks[bit * BlockLength] & 0x80) >> (bit % 8));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _aes.Dispose();
}
