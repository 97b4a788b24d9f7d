using System.Buffers.Binary;

namespace WireDns.Fuzz.Targets;

/// <summary>What one direction of a connection sends: messages preceded by their lengths, as an input asks for them.</summary>
internal sealed class StreamContent
{
    /// <summary>The longest stream, in bytes.</summary>
    public const int MaximumLength = 4096;

    private readonly byte[] _bytes = new byte[MaximumLength];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Fills the stream: one octet for the number of messages, one for the length of each; these are queries with noise after the header.</summary>
    /// <returns>The rest of the input.</returns>
    public ReadOnlySpan<byte> Fill(ReadOnlySpan<byte> input)
    {
        _length = 0;
        var messages = 1 + (Take(ref input) % 12);
        var noise = 0x9e37_79b9_7f4a_7c15UL + (ulong)messages;
        for (; messages > 0; messages--)
        {
            var length = Take(ref input) is var octet && octet >= 250 ? 1000 : octet;
            if (_length + 2 + length > MaximumLength)
            {
                break;
            }

            var message = _bytes.AsSpan(_length, 2 + length);
            BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)length);
            for (var i = 2; i < message.Length; i++)
            {
                noise = (noise * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
                message[i] = (byte)(noise >> 56);
            }

            if (length >= 18)
            {
                ReadOnlySpan<byte> query = [0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01];
                query.CopyTo(message[4..]);
            }

            _length += message.Length;
        }

        return input;
    }

    public static byte Take(ref ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        var octet = input[0];
        input = input[1..];
        return octet;
    }
}
