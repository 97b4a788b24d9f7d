using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Extensions.Logging;
using WireDns.Journal;
using WireDns.Terminal;
using WireDns.Wire;

namespace WireDns.Sensor;

/// <summary>
/// Reports packets whose processing ended in an exception, at most once a minute. If a folder is given, it keeps the packets there so that the user
/// can report the bug: one file per link type, of at most 1 MiB each. Not thread-safe.
/// </summary>
/// <param name="folder">An existing folder; null to keep no packets.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives a line.</param>
internal sealed class FaultLog(string? folder, TimeProvider time, ILogger log)
{
    /// <summary>The maximum size of a file in bytes: 1 MiB.</summary>
    public const int MaximumFileLength = 1 << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<LinkType, long> _lengths = [];
    private DateTimeOffset _lastLine = DateTimeOffset.MinValue;
    private long _unsaid;

    /// <summary>Opens the fault log of a sensor.</summary>
    /// <exception cref="CommandFailure">The folder does not exist.</exception>
    public static FaultLog Open(string? folder, ILogger log) => folder is null || Directory.Exists(folder)
        ? new FaultLog(folder, TimeProvider.System, log)
        : throw new CommandFailure(ExitStatus.Usage, $"{folder}: there is no such folder for --fault-folder");

    /// <summary>Records a packet and the exception that it caused.</summary>
    public void Note(in Packet packet, string source, Exception exception)
    {
        var file = Keep(packet);
        Note($", the last one packet {packet.Number.ToString(CultureInfo.InvariantCulture)} of {source}", source, exception, file is null ? "" : $"; it is kept in {file}");
    }

    /// <summary>Records an exception caused by a packet that was held for reassembly and is no longer available.</summary>
    public void Note(Exception exception) => Note(" that had been held", null, exception, "");

    private void Note(string which, string? source, Exception exception, string place)
    {
        _unsaid++;
        if (time.GetUtcNow() - _lastLine < Interval)
        {
            return;
        }

        _lastLine = time.GetUtcNow();
        var count = _unsaid == 1 ? "a packet" : string.Create(CultureInfo.InvariantCulture, $"{_unsaid:N0} packets");
        log.ProgramFault(count + which, PlaceOf(exception), place, _unsaid, source);
        _unsaid = 0;
    }

    // The method that threw, which is what a bug report needs. The framework's message is not meant for users.
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
            // The packet is counted and reported; a full disk does not stop the sensor.
            return null;
        }
    }
}
