using System.IO.Compression;
using WireDns.Capture.Archives;
using WireDns.Capture.Compression;

namespace WireDns.Capture.Files;

/// <summary>
/// A file with captures: one, or those in an archive (tar, also compressed, or zip), each of which is read by itself and called <c>ARCHIVE:MEMBER</c>. Members
/// are read where they are: nothing is unpacked to the disk or held in memory, so a small archive of much content takes time and no room. Archives in
/// archives are not opened. Not thread-safe.
/// </summary>
public sealed class CaptureInput : IDisposable
{
    /// <summary>The most skipped members that are named; the rest are counted.</summary>
    public const int MaximumNamed = 3;

    // Tar's and zip's word for a member that nobody misses.
    private const string Folder = "a folder";

    private readonly Stream _file;
    private readonly PeekingStream _source;
    private readonly TarReader? _tar;
    private readonly ZipMembers? _zip;
    private readonly List<SkippedFile> _skipped = [];
    private CaptureFileReader? _single;
    private bool _isEnded;

    private CaptureInput(Stream file, string name)
    {
        Name = name;
        _file = file;
        _source = new PeekingStream(file);
        try
        {
            var content = CaptureFileReader.Unpack(_source, name, out var compression);
            if (CaptureHeader.IsCapture(content))
            {
                _single = new CaptureFileReader(name, content, CaptureHeader.Read(content, name, compression), compression);
            }
            else if (TarReader.HasSignature(content.Peek(TarReader.SignatureLength)))
            {
                _tar = new TarReader(content);
            }
            else if (compression == CaptureCompression.None && file.CanSeek && ZipMembers.HasSignature(content.Peek(sizeof(uint))))
            {
                _zip = new ZipMembers(file);
            }
            else
            {
                CaptureHeader.Read(content, name, compression); // which says what it is
            }
        }
        catch (CompressedDataException exception)
        {
            file.Dispose();
            throw new CaptureFormatException(name, new CaptureFault(exception.Message), 0, 0, exception);
        }
        catch (ArchiveException exception)
        {
            file.Dispose();
            throw new CaptureFormatException(name, new CaptureFault(exception.Message), 0, 0, exception);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The name under which it was opened.</summary>
    public string Name { get; }

    /// <summary>Whether it is an archive.</summary>
    public bool IsArchive => _tar is not null || _zip is not null;

    /// <summary>Octets of the file that were read so far, compressed as they are; for a zip archive where reading stands. Any thread may ask.</summary>
    public long BytesRead => _zip is null ? _source.BytesRead : _file.Position;

    /// <summary>The members that were skipped so far because they hold no capture: the first few, with the reason.</summary>
    public IReadOnlyList<SkippedFile> Skipped => _skipped;

    /// <summary>How many members were skipped so far, folders not counted.</summary>
    public long SkippedCount { get; private set; }

    /// <summary>Opens a file or a named pipe.</summary>
    /// <exception cref="CaptureFormatException">It is neither a capture nor an archive, or is damaged where it begins.</exception>
    /// <exception cref="IOException">It does not exist, is a folder, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read it.</exception>
    public static CaptureInput Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new CaptureInput(CaptureFileReader.OpenFile(path), path);
    }

    /// <summary>Reads from a stream, from its current position. A zip archive needs a stream that can be rewound.</summary>
    /// <inheritdoc cref="Open(string)"/>
    /// <param name="stream">Disposed with this, and also if this throws.</param>
    /// <param name="name">Its name in messages.</param>
    public static CaptureInput Open(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        return new CaptureInput(stream, name);
    }

    /// <summary>The next capture, to be read to its end or as far as wanted, and disposed, before the next call.</summary>
    /// <returns>Null after the last one.</returns>
    /// <exception cref="CaptureFormatException">The next capture, or the archive, is damaged. Further calls go on after it, if that is possible.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public CaptureFileReader? TryNext()
    {
        if (!IsArchive)
        {
            var single = _single;
            _single = null;
            return single;
        }

        while (!_isEnded)
        {
            if (TryNextMember(out var name) is not { } content)
            {
                continue;
            }

            try
            {
                return CaptureFileReader.Open(content, $"{Name}:{name}");
            }
            catch (CaptureFormatException exception) when (!exception.IsCapture)
            {
                Skip(name, exception.Message[(exception.FileName.Length + 2)..]);
            }
        }

        return null;
    }

    /// <summary>Opens a capture by its name, as alerts have it: a file, or a member of an archive.</summary>
    /// <param name="path">A path, or <c>ARCHIVE:MEMBER</c>; of several members with the name the first.</param>
    /// <exception cref="CaptureFormatException">It is no capture, or there is no such member.</exception>
    /// <exception cref="IOException">It does not exist, is a folder, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read it.</exception>
    public static CaptureFileReader OpenCapture(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var archive = path;
        while (!NativePath.HasEscapes(archive) && !Path.Exists(archive) && archive.LastIndexOf(':') is > 0 and var colon)
        {
            archive = archive[..colon];
        }

        if (archive == path || !File.Exists(archive))
        {
            return CaptureFileReader.Open(path);
        }

        var input = Open(archive);
        try
        {
            while (input.TryNext() is { } reader)
            {
                if (reader.Name == path)
                {
                    reader.Owner = input;
                    return reader;
                }

                reader.Dispose();
            }

            throw new CaptureFormatException(path, new CaptureFault("the archive has no capture of this name"), 0, 0);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _single?.Dispose();
        _zip?.Dispose();
        _file.Dispose();
    }

    /// <summary>The content of the next member; null if it was skipped, or at the end.</summary>
    private MemberStream? TryNextMember(out string name)
    {
        name = "";
        try
        {
            if (_tar is not null)
            {
                _isEnded = !_tar.TryNext(out var octets, out var reason);
                name = NativePath.FromBytes(octets);
                return _isEnded ? null : reason is null ? new MemberStream(this, _tar.Read, null) : Skip(name, reason);
            }

            var entry = _zip!.TryNext();
            _isEnded = entry is null;
            name = entry?.FullName ?? "";
            return entry is null ? null
                : name.EndsWith('/') ? Skip(name, Folder)
                : entry.IsEncrypted ? Skip(name, "encrypted")
                : OpenEntry(entry);
        }
        catch (Exception exception) when (exception is ArchiveException or CompressedDataException)
        {
            _isEnded = true;
            throw new CaptureFormatException(Name, new CaptureFault(exception.Message), 0, 0, exception);
        }
        catch
        {
            _isEnded = true;
            throw;
        }
    }

    private MemberStream? OpenEntry(ZipArchiveEntry entry)
    {
        try
        {
            var content = entry.Open();
            return new MemberStream(this, content.Read, content);
        }
        catch (InvalidDataException)
        {
            return Skip(entry.FullName, "packed in a way that is not read, or damaged");
        }
    }

    private MemberStream? Skip(string name, string reason)
    {
        if (reason != Folder)
        {
            SkippedCount++;
            if (_skipped.Count < MaximumNamed)
            {
                _skipped.Add(new SkippedFile($"{Name}:{name}", reason));
            }
        }

        return null;
    }

    private delegate int ReadContent(Span<byte> buffer);

    /// <summary>The content of a member. Disposing it leaves the archive open.</summary>
    private sealed class MemberStream(CaptureInput archive, ReadContent read, Stream? content) : ReadOnceStream
    {
        public override int Read(Span<byte> buffer)
        {
            try
            {
                return read(buffer);
            }
            catch (InvalidDataException exception)
            {
                throw new CompressedDataException("damaged zip archive: the data cannot be unpacked", exception);
            }
            catch (ArchiveException exception)
            {
                // Nothing comes after an archive's end, and it is said once.
                archive._isEnded = true;
                throw new CompressedDataException(exception.Message, exception);
            }
        }

        protected override void Dispose(bool disposing)
        {
            content?.Dispose();
            base.Dispose(disposing);
        }
    }
}
