using System.Buffers.Binary;
using System.Globalization;
using WireDns.Terminal;
using WireDns.Wire;

namespace WireDns.Sensor;

/// <summary>
/// Packets whose way an exception ended: says so once a minute, and keeps the packets in a folder, where one is given, so that they can be
/// reported. A file for each link type, of 1 MiB at most. Not thread-safe.
/// </summary>
/// <param name="folder">The folder, which exists; null to keep none.</param>
/// <param name="time">The clock.</param>
/// <param name="write">Takes a line.</param>
internal sealed class FaultLog(string? folder, TimeProvider time, Action<string> write)
{
    /// <summary>How large a file may become, in bytes.</summary>
    public const int MaximumFileLength = 1 << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<LinkType, long> _lengths = [];
    private DateTimeOffset _lastLine = DateTimeOffset.MinValue;
    private long _unsaid;

    /// <summary>The log of a sensor.</summary>
    /// <exception cref="CommandFailure">There is no such folder.</exception>
    public static FaultLog Open(string? folder) => folder is null || Directory.Exists(folder)
        ? new FaultLog(folder, TimeProvider.System, line => StandardError.Write($"wiredns: {line}"))
        : throw new CommandFailure(ExitStatus.Usage, $"{folder}: there is no such folder for --fault-folder");

    /// <summary>Takes a packet and what happened.</summary>
    public void Note(in Packet packet, string source, Exception exception)
    {
        var file = Keep(packet);
        Note($", the last one packet {packet.Number.ToString(CultureInfo.InvariantCulture)} of {source}", exception, file is null ? "" : $"; it is kept in {file}");
    }

    /// <summary>Takes what happened to a packet that had been held, and is not at hand any more.</summary>
    public void Note(Exception exception) => Note(" that had been held", exception, "");

    private void Note(string which, Exception exception, string place)
    {
        _unsaid++;
        if (time.GetUtcNow() - _lastLine < Interval)
        {
            return;
        }

        _lastLine = time.GetUtcNow();
        var count = _unsaid == 1 ? "a packet" : string.Create(CultureInfo.InvariantCulture, $"{_unsaid:N0} packets");
        write($"a fault of this program lost {count}{which} ({PlaceOf(exception)}){place}");
        _unsaid = 0;
    }

    // The method that threw, which is what a report of the fault needs; the framework's text is not for users.
    private static string PlaceOf(Exception exception)
    {
        var frame = exception.StackTrace?.Split('\n', 2)[0].Trim() ?? "";
        return frame.StartsWith("at ", StringComparison.Ordinal) ? frame[..Math.Min(frame.Length, 120)] : "at an unknown place";
    }

    private string? Keep(in Packet packet)
    {
        const int FileHeaderLength = 24;
        const int RecordHeaderLength = 16;
        if (folder is null)
        {
            return null;
        }

        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"wiredns-faults-{(int)packet.LinkType}.pcap"));
        var isNew = !_lengths.TryGetValue(packet.LinkType, out var length);
        var added = RecordHeaderLength + packet.Data.Length + (isNew ? FileHeaderLength : 0);
        if (length + added > MaximumFileLength)
        {
            return null;
        }

        // draft-ietf-opsawg-pcap §4, §5: nanoseconds, little endian.
        var bytes = new byte[added];
        var record = bytes.AsSpan(isNew ? FileHeaderLength : 0);
        if (isNew)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0xa1b23c4d);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), 2);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), 4);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), 262_144);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), (uint)packet.LinkType);
        }

        const long NanosecondsPerSecond = 1_000_000_000;
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(packet.Time.Nanoseconds / NanosecondsPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(packet.Time.Nanoseconds % NanosecondsPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], (uint)packet.Data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)packet.OriginalLength);
        packet.Data.CopyTo(record[RecordHeaderLength..]);
        try
        {
            using var stream = new FileStream(path, isNew ? FileMode.Create : FileMode.Append, FileAccess.Write, FileShare.Read);
            stream.Write(bytes);
            _lengths[packet.LinkType] = length + added;
            return path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The packet is counted and said; a full disk does not stop the sensor.
            return null;
        }
    }
}
