using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace WireDns.Alerts.Buffers;

/// <summary>
/// One file of a spool. A record is a length (4 octets, little-endian), a CRC-32C of what follows (4), the length of the id (1), the id and
/// the message; the first length is that of the last three.
/// </summary>
internal sealed class SpoolSegment : IDisposable
{
    /// <summary>Matches the names of segments.</summary>
    public const string Pattern = "*.segment";

    private const int Head = 8;
    private const int LongestRecord = 16 << 20;

    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private long _records;
    private long _readRecords;
    private byte[] _buffer = new byte[4096];

    private SpoolSegment(string path, long number, SafeFileHandle handle)
    {
        _path = path;
        Number = number;
        _handle = handle;
        Size = RandomAccess.GetLength(handle);
    }

    /// <summary>Its number, from 1; later segments have higher ones.</summary>
    public long Number { get; }

    /// <summary>Its length, in octets.</summary>
    public long Size { get; private set; }

    /// <summary>Unread records.</summary>
    public long Unread => _records - _readRecords;

    /// <summary>Creates an empty segment.</summary>
    public static SpoolSegment Create(string folder, long number)
    {
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number:d16}.segment"));
        return new SpoolSegment(path, number, PrivateFiles.Open(path, FileMode.CreateNew));
    }

    /// <summary>The segments in a folder, oldest first.</summary>
    public static IEnumerable<SpoolSegment> Find(string folder) => Directory.EnumerateFiles(folder, Pattern)
        .Select(path => (Path: path, IsOurs: long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number), Number: number))
        .Where(file => file.IsOurs)
        .OrderBy(file => file.Number)
        .Select(file => new SpoolSegment(file.Path, file.Number, PrivateFiles.Open(file.Path, FileMode.Open)));

    /// <summary>Appends one record to a buffer.</summary>
    public static void WriteRecord(IBufferWriter<byte> output, string id, ReadOnlySpan<byte> message)
    {
        Span<byte> idOctets = stackalloc byte[255];
        Utf8(id, idOctets, out var idLength);
        var length = 1 + idLength + message.Length;
        var record = output.GetSpan(Head + length);
        BinaryPrimitives.WriteInt32LittleEndian(record, length);
        record[Head] = (byte)idLength;
        idOctets[..idLength].CopyTo(record[(Head + 1)..]);
        message.CopyTo(record[(Head + 1 + idLength)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record.Slice(Head, length)));
        output.Advance(Head + length);
    }

    /// <summary>CRC-32C (RFC 3720 §12.1).</summary>
    public static uint Checksum(ReadOnlySpan<byte> octets)
    {
        var crc = uint.MaxValue;
        for (; octets.Length >= sizeof(ulong); octets = octets[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(octets));
        }

        foreach (var octet in octets)
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        return ~crc;
    }

    /// <summary>Appends records. If that fails in the middle, the part that was written is removed.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    public void Append(ReadOnlySpan<byte> records, int count, bool isSynced)
    {
        try
        {
            RandomAccess.Write(_handle, records, Size);
            if (isSynced)
            {
                RandomAccess.FlushToDisk(_handle);
            }
        }
        catch (IOException)
        {
            RemoveTorn();
            throw;
        }

        Size += records.Length;
        _records += count;
    }

    /// <summary>Reads the record at an offset, and moves the offset past it.</summary>
    /// <returns>False at the end, and if the record is broken.</returns>
    public bool TryRead(ref long offset, out string id, out ReadOnlySpan<byte> message)
    {
        id = "";
        message = default;
        if (!TryReadRecord(offset, out var record))
        {
            return false;
        }

        offset += Head + record.Length;
        _readRecords++;
        id = Encoding.UTF8.GetString(record.Slice(1, record[0]));
        message = record[(1 + record[0])..];
        return true;
    }

    /// <summary>Counts the records from an offset on, up to a broken one.</summary>
    /// <returns>False if there is a broken one that was not merely cut short when the process ended.</returns>
    public bool Scan(long offset)
    {
        while (TryReadRecord(offset, out var record))
        {
            offset += Head + record.Length;
            _records++;
        }

        // A record that the end of the process cut short was settled for nobody.
        var isSound = Size - offset < Head || offset + Head + Length(offset) > Size;
        Size = Math.Min(Size, Math.Max(offset, 0));
        return isSound;
    }

    /// <summary>Gives up on the records that were not read.</summary>
    /// <returns>How many.</returns>
    public long SkipUnread()
    {
        var skipped = Unread;
        _records = _readRecords;
        return skipped;
    }

    /// <summary>Closes and deletes it.</summary>
    public void Delete()
    {
        Dispose();
        File.Delete(_path);
    }

    public void Dispose() => _handle.Dispose();

    private void RemoveTorn()
    {
        try
        {
            RandomAccess.SetLength(_handle, Size);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next record is written over it.
        }
    }

    private bool TryReadRecord(long offset, out ReadOnlySpan<byte> record)
    {
        record = default;
        Span<byte> head = stackalloc byte[Head];
        if (Size - offset < Head || RandomAccess.Read(_handle, head, offset) != Head)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 1 or > LongestRecord || offset + Head + length > Size)
        {
            return false;
        }

        if (_buffer.Length < length)
        {
            _buffer = new byte[length];
        }

        var octets = _buffer.AsSpan(0, length);
        if (RandomAccess.Read(_handle, octets, offset + Head) != length
            || Checksum(octets) != BinaryPrimitives.ReadUInt32LittleEndian(head[4..])
            || octets[0] >= length)
        {
            return false;
        }

        record = octets;
        return true;
    }

    private int Length(long offset)
    {
        Span<byte> head = stackalloc byte[sizeof(int)];
        return RandomAccess.Read(_handle, head, offset) == head.Length ? BinaryPrimitives.ReadInt32LittleEndian(head) : 0;
    }

    private static void Utf8(string text, Span<byte> octets, out int length)
    {
        System.Text.Unicode.Utf8.FromUtf16(text, octets, out _, out length);
    }
}
