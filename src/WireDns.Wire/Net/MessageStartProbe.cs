namespace WireDns.Wire.Net;

/// <summary>
/// Tells whether the bytes behind a stream's two length octets could be the start of a message. The TCP reassembler asks it where it
/// picks a stream up in the middle; it does not know what the messages are.
/// </summary>
/// <param name="start">The first bytes of the possible message, as many as the segment holds (it may be empty).</param>
/// <param name="messageLength">The length that the two octets before it say, in bytes.</param>
public delegate bool MessageStartProbe(ReadOnlySpan<byte> start, int messageLength);
