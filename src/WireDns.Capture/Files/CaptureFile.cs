using System.Runtime.InteropServices;

namespace WireDns.Capture;

/// <summary>
/// Opens capture files: pcap, pcapng and snoop, also compressed (gzip, zstd, lz4, xz, bzip2). What a file is is found in its
/// bytes, never in its name.
/// </summary>
public static class CaptureFile
{
    // One wrapper is usual, two happen (a compressed file in a compressed archive); more is someone trying how much we
    // take.
    private const int MaximumCompressionDepth = 2;

    // What a file of another kind is recognised by.
    private const int SignatureLength = 8;

    /// <summary>Opens a file or a named pipe.</summary>
    /// <exception cref="CaptureFormatException">It is no capture, or its header is damaged.</exception>
    /// <exception cref="IOException">It does not exist, is a folder, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read it.</exception>
    public static CaptureFileReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new IOException($"{path}: is a folder, not a capture file");
        }

        // No buffer in the stream: batches are read straight into their own.
        var stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        return Open(stream, path);
    }

    /// <summary>
    /// Reads a capture from a stream, from where it stands. A stream that delivers slowly, such as a pipe from tcpdump,
    /// is read packet by packet as they come.
    /// </summary>
    /// <param name="stream">Is disposed with the reader, and also where this throws.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="CaptureFormatException">It is no capture, or its header is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CaptureFileReader Open(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        var input = new PeekingStream(stream);
        try
        {
            var compression = CaptureCompression.None;
            for (var depth = 0; ; depth++)
            {
                var found = Decompression.Detect(input);
                if (found == CaptureCompression.None)
                {
                    break;
                }

                if (depth == MaximumCompressionDepth)
                {
                    throw new CaptureFormatException(
                        name, new CaptureFault($"compressed more than {MaximumCompressionDepth} times over"), 0, 0);
                }

                compression = depth == 0 ? found : compression;
                input = new PeekingStream(new DecompressedStream(input, found));
            }

            var framing = ReadHeader(input, name, compression);
            return new CaptureFileReader(name, input, framing, compression);
        }
        catch (CompressedDataException exception)
        {
            input.Dispose();
            throw new CaptureFormatException(name, new CaptureFault(exception.Message), 0, 0, exception);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    private static PacketFraming ReadHeader(PeekingStream input, string name, CaptureCompression compression)
    {
        var header = input.Peek(sizeof(uint));
        if (PcapngFraming.HasMagic(header))
        {
            // Its header is a block like the others.
            return new PcapngFraming();
        }

        CaptureFault? fault;
        if (SnoopFraming.HasIdentification(input.Peek(SnoopFraming.IdentificationLength)))
        {
            var framing = SnoopFraming.Read(input.Peek(SnoopFraming.HeaderLength), out fault);
            if (framing is not null)
            {
                input.Skip(SnoopFraming.HeaderLength);
                return framing;
            }
        }
        else if (PcapFraming.HasMagic(header))
        {
            // Not a byte more than that: a live pipe may have no packet yet.
            var length = PcapFraming.HeaderLengthOf(header);
            var framing = PcapFraming.Read(input.Peek(length), out fault);
            if (framing is not null)
            {
                input.Skip(length);
                return framing;
            }
        }
        else
        {
            fault = new CaptureFault(DescribeUnknown(input.Peek(SignatureLength), compression)) { IsCapture = false };
        }

        throw new CaptureFormatException(name, fault!, 0, 0);
    }

    private static string DescribeUnknown(ReadOnlySpan<byte> start, CaptureCompression compression)
    {
        var content = compression == CaptureCompression.None ? "" : $"{compression.ToString().ToLowerInvariant()} data that holds ";
        if (start.IsEmpty)
        {
            return content.Length == 0 ? "not a capture file: it is empty" : $"not a capture file: {content}nothing";
        }

        var known = start switch
        {
            _ when start.StartsWith("GMBU"u8) => "a Network Monitor capture, which is not read; editcap converts it to pcapng",
            _ when start.StartsWith("RTSS"u8) || start.StartsWith("XCP\0"u8) => "a capture of another kind; editcap converts it to pcapng",
            _ when start.StartsWith("PK\x03\x04"u8) => "a zip archive; unpack it first",
            _ when start.StartsWith("7z\xBC\xAF\x27\x1C"u8) => "a 7z archive; unpack it first",
            _ => $"begins with {Convert.ToHexStringLower(start[..Math.Min(4, start.Length)])}, which is neither pcap nor pcapng",
        };
        return content.Length == 0 ? $"not a capture file that is read: {known}" : $"not a capture file that is read: {content}{known}";
    }
}
