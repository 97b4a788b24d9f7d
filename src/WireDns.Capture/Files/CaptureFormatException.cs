using System.Globalization;

namespace WireDns.Capture.Files;

/// <summary>
/// A file that is not a capture, or a damaged capture. Packets before the damage were delivered before this is thrown.
/// </summary>
public sealed class CaptureFormatException : Exception
{
    /// <summary>An exception about an unnamed input.</summary>
    public CaptureFormatException()
        : this("not a readable capture")
    {
    }

    /// <summary>An exception about an unnamed input.</summary>
    public CaptureFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception about an unnamed input, caused by another.</summary>
    public CaptureFormatException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal CaptureFormatException(string fileName, CaptureFault fault, long packetNumber, long offset, Exception? innerException = null)
        : base(Describe(fileName, fault, packetNumber, offset), innerException)
    {
        FileName = fileName;
        PacketNumber = packetNumber;
        ByteOffset = offset;
        IsCapture = fault.IsCapture;
    }

    /// <summary>The file, as it was named to <see cref="CaptureFileReader"/>.</summary>
    public string FileName { get; } = "";

    /// <summary>
    /// Number of the packet that could not be read, from 1; 0 where the damage is before the first one.
    /// </summary>
    public long PacketNumber { get; }

    /// <summary>Where the unreadable part begins, in bytes from the start of the (decompressed) file.</summary>
    public long ByteOffset { get; }

    /// <summary>
    /// Whether the file was recognised as a capture: false for a file of another kind, true for a damaged capture.
    /// </summary>
    public bool IsCapture { get; }

    private static string Describe(string fileName, CaptureFault fault, long packetNumber, long offset) => packetNumber == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{fileName}: {fault.Text}")
        : string.Create(CultureInfo.InvariantCulture, $"{fileName}: packet {packetNumber} at byte {offset}: {fault.Text}");
}

/// <summary>
/// What is wrong with a file, before its place is known. Made at most once per file, so it may hold text.
/// </summary>
internal sealed record CaptureFault(string Text)
{
    /// <summary>Whether the file was recognised as a capture.</summary>
    public bool IsCapture { get; init; } = true;
}
