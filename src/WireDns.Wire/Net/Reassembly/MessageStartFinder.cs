using WireDns.Wire.Framing;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>
/// Finds where a message starts in a stream that was picked up in the middle, or after a gap: where the framing before the gap says so, or
/// where a packet starts. It must also read like a message.
/// </summary>
internal sealed class MessageStartFinder
{
    // How much of a message is looked at: its header and the start of what follows.
    private const int ProbeLength = 64;

    private readonly StreamBuffers _buffers;
    private readonly MessageStartProbe _probe;

    public MessageStartFinder(StreamBuffers buffers, MessageStartProbe probe)
    {
        _buffers = buffers;
        _probe = probe;
    }

    /// <summary>Where a message starts in a segment, in bytes from its first; -1 if that cannot be told.</summary>
    /// <param name="stream">The stream, which is not synchronised.</param>
    /// <param name="sequence">Number of the segment's first octet.</param>
    /// <param name="data">The segment's payload.</param>
    /// <param name="isSure">Whether enough of the message was there to judge it.</param>
    public int Find(in TcpStream stream, uint sequence, ReadOnlySpan<byte> data, out bool isSure)
    {
        if (stream.HasExpected)
        {
            var expected = TcpStream.Distance(sequence, stream.Expected);
            if (expected >= 0 && expected < data.Length
                && (data.Length - expected < MessageFraming.PrefixLength || LooksLikeStart(data[expected..])))
            {
                isSure = IsSure(data[expected..]);
                return expected;
            }
        }

        // A message cannot start before the end of known data, nor end before the end of a message that a gap broke.
        isSure = IsSure(data);
        var startsWithin = stream.IsPlaced && TcpStream.Distance(sequence, stream.Next) is > 0 and < StreamAssembler.MaximumDistance;
        var endsWithin = stream.HasExpected
            && TcpStream.Distance(sequence + (uint)data.Length, stream.Expected) is >= 0 and <= MessageFraming.MaximumLength;
        return !startsWithin && !endsWithin && LooksLikeStart(data) ? 0 : -1;
    }

    /// <summary>
    /// Where the first message after a gap starts; the stream's end if there is none.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="from">The first place where it may be.</param>
    /// <param name="expected">Where the framing before the gap says that a message starts, if it does.</param>
    public uint FindBuffered(in TcpStream stream, uint from, uint? expected)
    {
        var buffer = stream.Buffer - 1;
        if (expected is { } framed)
        {
            if (TcpStream.Distance(stream.Highest, framed) >= 0)
            {
                return stream.Highest;
            }

            if (TcpStream.Distance(from, framed) >= 0 && LooksLikeStart(buffer, framed, stream.Highest))
            {
                return framed;
            }
        }

        for (var start = _buffers.NextStart(buffer, from, stream.Highest); start != stream.Highest;
            start = _buffers.NextStart(buffer, start + 1, stream.Highest))
        {
            if (LooksLikeStart(buffer, start, stream.Highest))
            {
                return start;
            }
        }

        return stream.Highest;
    }

    /// <summary>Judges again a start that was accepted on few bytes. Null while there are still too few.</summary>
    public bool? Judge(in TcpStream stream)
    {
        Span<byte> bytes = stackalloc byte[ProbeLength];
        bytes = Read(stream.Buffer - 1, stream.Next, stream.Contiguous, bytes);
        return IsSure(bytes) ? LooksLikeStart(bytes) : null;
    }

    private static bool IsSure(ReadOnlySpan<byte> bytes) => bytes.Length >= ProbeLength
        || (bytes.Length >= MessageFraming.PrefixLength && bytes.Length >= MessageFraming.LengthOfFirst(bytes));

    private bool LooksLikeStart(int buffer, uint start, uint highest)
    {
        Span<byte> bytes = stackalloc byte[ProbeLength];
        return LooksLikeStart(Read(buffer, start, highest, bytes));
    }

    private bool LooksLikeStart(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < MessageFraming.PrefixLength)
        {
            return false;
        }

        var end = MessageFraming.LengthOfFirst(bytes);
        return _probe(bytes[MessageFraming.PrefixLength..Math.Min(end, bytes.Length)], end - MessageFraming.PrefixLength);
    }

    private Span<byte> Read(int buffer, uint from, uint to, Span<byte> destination)
    {
        var limit = TcpStream.Distance(from, to) < destination.Length ? to : from + (uint)destination.Length;
        destination = destination[..TcpStream.Distance(from, _buffers.NextMissing(buffer, from, limit))];
        _buffers.CopyTo(buffer, from, destination);
        return destination;
    }
}
