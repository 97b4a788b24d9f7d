using System.Buffers.Binary;
using System.IO.Hashing;
using Org.BouncyCastle.Crypto.Digests;

namespace WireDns.Capture.Compression;

/// <summary>
/// The check after each block of an .xz stream (.xz file format §2.1.1.2). CRC-32, CRC-64 and SHA-256 are verified;
/// those of other kinds have a known size and are skipped, as the format allows.
/// </summary>
internal sealed class XzCheck
{
    private const int Crc32Type = 1;
    private const int Crc64Type = 4;
    private const int Sha256Type = 10;

    // §3.4: the polynomial of ECMA-182, with the bits of every byte reflected.
    private static readonly Crc64ParameterSet Ecma182Reflected =
        Crc64ParameterSet.Create(0x42f0e1eba9ea3693, ulong.MaxValue, ulong.MaxValue, reflectValues: true);

    private readonly int _type;
    private readonly Crc32 _crc32 = new();
    private readonly Crc64 _crc64 = new(Ecma182Reflected);
    private readonly Sha256Digest? _sha256;

    /// <param name="type">0 to 15.</param>
    public XzCheck(int type)
    {
        _type = type;
        _sha256 = type == Sha256Type ? new Sha256Digest() : null;
    }

    /// <summary>Size of the check in bytes, 0 to 64.</summary>
    public int Size => _type == 0 ? 0 : 4 << ((_type - 1) / 3);

    /// <summary>Adds more of the block's data.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        switch (_type)
        {
            case Crc32Type:
                _crc32.Append(data);
                break;
            case Crc64Type:
                _crc64.Append(data);
                break;
            case Sha256Type:
                _sha256!.BlockUpdate(data);
                break;
        }
    }

    /// <summary>Whether the data has this check; then starts over for the next block.</summary>
    public bool Matches(ReadOnlySpan<byte> check)
    {
        var matches = _type switch
        {
            Crc32Type => BinaryPrimitives.ReadUInt32LittleEndian(check) == _crc32.GetCurrentHashAsUInt32(),
            Crc64Type => BinaryPrimitives.ReadUInt64LittleEndian(check) == _crc64.GetCurrentHashAsUInt64(),
            Sha256Type => Sha256().AsSpan().SequenceEqual(check),
            _ => true,
        };
        _crc32.Reset();
        _crc64.Reset();
        return matches;
    }

    private byte[] Sha256()
    {
        var hash = new byte[32];
        _sha256!.DoFinal(hash);
        return hash;
    }
}
