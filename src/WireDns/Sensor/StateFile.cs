using System.Buffers.Binary;
using System.Security.Cryptography;

namespace WireDns.Sensor;

/// <summary>
/// A file of what a sensor remembers: a header with the version, the content, its length, and a digest of everything. It is written aside, forced to disk and renamed, so
/// it is there as a whole or not at all, and only its owner may read it: it has addresses, names and secrets in it.
/// </summary>
/// <param name="path">Its path.</param>
/// <param name="maximumLength">The longest content, in octets: a longer file is refused.</param>
internal sealed class StateFile(string path, long maximumLength = StateFile.MaximumLength)
{
    /// <summary>The longest content: what a sensor with full tables remembers fits.</summary>
    public const long MaximumLength = 512L << 20;

    private const int Version = 4;
    private const int HeaderLength = 16 + sizeof(int);
    private const int TrailerLength = sizeof(long) + SHA256.HashSizeInBytes;
    private const int ChunkLength = 1 << 20;

    /// <summary>Its path.</summary>
    public string Path => path;

    private static ReadOnlySpan<byte> Magic => "WireDns state v\n"u8;

    /// <summary>Opens the content, once all of it was checked; null if there is no file, or if it cannot be used.</summary>
    /// <param name="fault">Why it cannot be used; null if there is none, or nothing is wrong with it.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public Stream? Open(out string? fault)
    {
        fault = null;
        if (!File.Exists(path))
        {
            return null;
        }

        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, ChunkLength);
        fault = Check(stream);
        if (fault is not null)
        {
            stream.Dispose();
            return null;
        }

        stream.Position = HeaderLength;
        return stream;
    }

    /// <summary>Begins to replace the file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public Writing Begin() => new(path);

    /// <summary>Moves the file aside, so that it can be looked at, and returns its new path.</summary>
    public string PutAside()
    {
        var aside = path + ".damaged";
        File.Move(path, aside, overwrite: true);
        return aside;
    }

    private string? Check(FileStream stream)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        if (stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength || !header.StartsWith(Magic))
        {
            return "it is no state of a sensor";
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(header[Magic.Length..]) != Version)
        {
            return "another version of this program wrote it, or it is damaged";
        }

        var length = stream.Length - HeaderLength - TrailerLength;
        if (length > maximumLength)
        {
            return "it is too long";
        }

        if (length < 0)
        {
            return "its end is missing";
        }

        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(header);
        var chunk = new byte[ChunkLength];
        for (var left = length; left > 0;)
        {
            var count = stream.Read(chunk, 0, (int)Math.Min(left, chunk.Length));
            if (count == 0)
            {
                return "its end is missing";
            }

            digest.AppendData(chunk, 0, count);
            left -= count;
        }

        Span<byte> trailer = stackalloc byte[TrailerLength];
        stream.ReadExactly(trailer);
        digest.AppendData(trailer[..sizeof(long)]);
        return BinaryPrimitives.ReadInt64LittleEndian(trailer) == length && digest.GetHashAndReset().AsSpan().SequenceEqual(trailer[sizeof(long)..])
            ? null
            : "its content is not what was written";
    }

    /// <summary>A file on its way: in the place of the other only after <see cref="Commit"/>.</summary>
    public sealed class Writing : IDisposable
    {
        private readonly string _path;
        private readonly string _part;
        private readonly FileStream _stream;
        private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        internal Writing(string path)
        {
            _path = path;
            _part = path + ".part";
            File.Delete(_part);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            _stream = new FileStream(_part, options);
            Span<byte> header = stackalloc byte[HeaderLength];
            Magic.CopyTo(header);
            BinaryPrimitives.WriteInt32LittleEndian(header[Magic.Length..], Version);
            Put(header);
        }

        /// <summary>How many octets of content were written.</summary>
        public long Length { get; private set; }

        /// <summary>Appends content.</summary>
        /// <exception cref="IOException">It cannot be written.</exception>
        public void Write(ReadOnlySpan<byte> content)
        {
            Put(content);
            Length += content.Length;
        }

        /// <summary>The content is complete: the file takes the place of the one before.</summary>
        /// <exception cref="IOException">It cannot be written.</exception>
        /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
        public void Commit()
        {
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, Length);
            Put(length);
            _stream.Write(_digest.GetHashAndReset());
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();
            File.Move(_part, _path, overwrite: true);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _stream.Dispose();
            _digest.Dispose();
            File.Delete(_part);
        }

        private void Put(ReadOnlySpan<byte> octets)
        {
            _stream.Write(octets);
            _digest.AppendData(octets);
        }
    }
}
