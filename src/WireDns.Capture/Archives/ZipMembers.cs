using System.Buffers.Binary;
using System.IO.Compression;

namespace WireDns.Capture.Archives;

/// <summary>The members of a zip archive (APPNOTE.TXT 6.3) in the order of its directory, of a file that can be rewound.</summary>
internal sealed class ZipMembers : IDisposable
{
    // The library holds an object for each member.
    private const int MaximumMembers = 200_000;
    private const int MaximumDirectory = 64 << 20;
    private const int EndLength = 22;
    private const int Zip64LocatorLength = 20;

    private readonly ZipArchive _archive;
    private int _next;

    /// <summary>Opens an archive.</summary>
    /// <exception cref="ArchiveException">It is damaged or larger than is read, or its members overlap, as in a zip bomb.</exception>
    public ZipMembers(Stream file)
    {
        CheckDirectory(file);
        file.Position = 0;
        try
        {
            _archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            if (_archive.Entries.Sum(entry => (decimal)entry.CompressedLength) > file.Length)
            {
                throw new ArchiveException("the members of the archive overlap, as in a zip bomb");
            }
        }
        catch (InvalidDataException)
        {
            throw new ArchiveException("the archive is damaged");
        }
    }

    /// <summary>Whether a stream begins as a zip archive.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> start) => start.StartsWith("PK\x03\x04"u8);

    /// <summary>The next member; null after the last one.</summary>
    public ZipArchiveEntry? TryNext() => _next < _archive.Entries.Count ? _archive.Entries[_next++] : null;

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    // The library reads the whole directory at once, so its size is looked at before. What is not found here is no archive for the library either.
    private static void CheckDirectory(Stream file)
    {
        var tail = new byte[(int)Math.Min(file.Length, EndLength + ushort.MaxValue + Zip64LocatorLength)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || tail.Length - end < EndLength)
        {
            throw new ArchiveException("the archive ends early");
        }

        long members = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(end + 10));
        long size = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 12));
        if ((members == ushort.MaxValue || size == uint.MaxValue) && end >= Zip64LocatorLength && tail.AsSpan(end - Zip64LocatorLength).StartsWith("PK\x06\x07"u8))
        {
            var place = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(end - Zip64LocatorLength + 8));
            var large = new byte[56];
            if (place < 0 || place > file.Length - large.Length)
            {
                throw new ArchiveException("the archive is damaged");
            }

            file.Position = place;
            file.ReadExactly(large);
            members = BinaryPrimitives.ReadInt64LittleEndian(large.AsSpan(32));
            size = BinaryPrimitives.ReadInt64LittleEndian(large.AsSpan(40));
        }

        if (members is < 0 or > MaximumMembers || size is < 0 or > MaximumDirectory)
        {
            throw new ArchiveException($"the archive has more than {MaximumMembers / 1000},000 members; unpack it first");
        }
    }
}
