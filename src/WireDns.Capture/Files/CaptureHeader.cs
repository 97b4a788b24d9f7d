using System.Runtime.InteropServices;
using WireDns.Capture.Compression;

namespace WireDns.Capture.Files;

/// <summary>Detects the format of a capture by its first bytes, and reads its file header.</summary>
internal static class CaptureHeader
{
    // How files of other kinds are recognised: by their first bytes, or for a tar archive by what is at byte 257 (POSIX.1-2017, pax, "ustar
    // Interchange Format").
    private const int SignatureLength = 8;
    private const int TarSignatureOffset = 257;

    /// <summary>Whether a stream begins as a capture does. Looks at no more of it than a capture has at least: a live pipe may have no packet yet.</summary>
    public static bool IsCapture(PeekingStream input)
    {
        var start = input.Peek(sizeof(uint));
        return PcapFraming.HasMagic(start) || PcapngFraming.HasMagic(start)
            || (start.SequenceEqual("snoo"u8) && SnoopFraming.HasIdentification(input.Peek(SnoopFraming.IdentificationLength)));
    }

    /// <summary>Reads the header; the packets come next. pcapng has no header of its own: its first block comes next.</summary>
    /// <param name="input">The capture, decompressed.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="compression">How it was compressed.</param>
    /// <exception cref="CaptureFormatException">It is not a capture, or its header is damaged.</exception>
    public static PacketFraming Read(PeekingStream input, string name, CaptureCompression compression)
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
            // Not a byte more: a live pipe may have no packet yet.
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
            fault = new CaptureFault(DescribeUnknown(input, compression)) { IsCapture = false };
        }

        throw new CaptureFormatException(name, fault!, 0, 0);
    }

    private static string DescribeUnknown(PeekingStream input, CaptureCompression compression)
    {
        var content = compression == CaptureCompression.None ? "" : $"{compression.ToString().ToLowerInvariant()} data that holds ";
        var start = input.Peek(SignatureLength);
        if (start.IsEmpty)
        {
            return content.Length == 0 ? "not a capture file: it is empty" : $"not a capture file: {content}nothing";
        }

        var first = Convert.ToHexStringLower(start[..Math.Min(4, start.Length)]);
        var known = start switch
        {
            _ when start.StartsWith("GMBU"u8) => "a Network Monitor capture, which is not read; editcap converts it to pcapng",
            _ when start.StartsWith("RTSS"u8) || start.StartsWith("XCP\0"u8) => "a capture of another kind; editcap converts it to pcapng",
            _ when start.StartsWith("PK\x03\x04"u8) => "a zip archive; unpack it first",
            _ when start.StartsWith("7z\xBC\xAF\x27\x1C"u8) => "a 7z archive; unpack it first",
            _ when IsTar(input) => "a tar archive; unpack it first",
            _ => $"begins with {first}, which is neither pcap nor pcapng",
        };
        return $"not a capture file that is read: {content}{known}";
    }

    private static bool IsTar(PeekingStream input)
    {
        var signature = "ustar"u8;
        var start = input.Peek(TarSignatureOffset + signature.Length);
        return start.Length > TarSignatureOffset && start[TarSignatureOffset..].SequenceEqual(signature);
    }
}
