using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace WireDns.Capture.Files;

/// <summary>
/// File names that are not UTF-8, under Linux. A name is bytes there, and .NET turns those that are not UTF-8 into U+FFFD, after which the
/// file cannot be opened any more. Here each such byte becomes a lone surrogate, U+DC80 to U+DCFF for 0x80 to 0xff, which never comes from
/// valid UTF-8; a path with such escapes can be opened.
/// </summary>
public static partial class NativePath
{
    private const char Replacement = '\uFFFD';
    private const char FirstEscape = '\uDC80';
    private const char LastEscape = '\uDCFF';

    private const byte DirectoryType = 4; // dirent.h, DT_DIR

    private static bool IsSupported => OperatingSystem.IsLinux() && nint.Size == 8;

    /// <summary>Whether a path has bytes that are not UTF-8.</summary>
    public static bool HasEscapes(string path) => path.AsSpan().ContainsAnyInRange(FirstEscape, LastEscape) && IsSupported;

    /// <summary>
    /// The arguments of this process that are not UTF-8, as they were passed, by the text that .NET made of them. Arguments with the same
    /// text are in order.
    /// </summary>
    public static ILookup<string, string> UndecodableArguments()
    {
        IEnumerable<string> arguments = [];
        try
        {
            arguments = IsSupported ? Split(File.ReadAllBytes("/proc/self/cmdline")) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without /proc such names cannot be known; opening them fails with "no such file".
        }

        return arguments.Where(HasEscapes).ToLookup(argument => Encoding.UTF8.GetString(ToBytes(argument)), StringComparer.Ordinal);
    }

    /// <summary>The text for bytes: UTF-8, with an escape for each byte that is not.</summary>
    internal static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                length = 1;
                text.Append((char)(0xdc00 + bytes[0]));
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a path.</summary>
    internal static byte[] ToBytes(string path)
    {
        var bytes = new List<byte>(path.Length);
        Span<byte> encoded = stackalloc byte[4];
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] is >= FirstEscape and <= LastEscape)
            {
                bytes.Add((byte)(path[i] - 0xdc00));
                continue;
            }

            _ = Rune.TryGetRuneAt(path, i, out var rune);
            bytes.AddRange(encoded[..rune.EncodeToUtf8(encoded)]);
            i += rune.Utf16SequenceLength - 1;
        }

        return [.. bytes];
    }

    /// <summary>Opens a file whose path has escapes, for reading.</summary>
    /// <param name="path">The path.</param>
    /// <param name="waits">Whether to wait until a named pipe has a writer.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static FileStream OpenRead(string path, bool waits = true)
    {
        const int CloseOnExec = 0x80000; // asm-generic/fcntl.h; read-only is 0
        const int NonBlocking = 0x800;
        var descriptor = Open([.. ToBytes(path), 0], waits ? CloseOnExec : CloseOnExec | NonBlocking);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw error == 2
                ? new FileNotFoundException($"{path}: no such file or folder", path)
                : new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        return new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read, bufferSize: 0);
    }

    /// <summary>
    /// The entries of a folder whose names .NET may have garbled (<see cref="IsLossy"/>), as paths with escapes; none if neither the
    /// folder's own path nor any entry has escapes.
    /// </summary>
    internal static IEnumerable<(string Path, bool IsFolder)> UndecodableEntries(string folder, IEnumerable<string> entries)
    {
        if (!IsSupported || !(HasEscapes(folder) || entries.Any(entry => entry.Contains(Replacement, StringComparison.Ordinal))))
        {
            return [];
        }

        return ReadFolder(folder).Where(entry => HasEscapes(entry.Path) || IsLossy(Path.GetFileName(entry.Path)));
    }

    /// <summary>Whether .NET may have garbled a name; the entry is then among <see cref="UndecodableEntries"/>.</summary>
    internal static bool IsLossy(string path) => IsSupported && path.Contains(Replacement, StringComparison.Ordinal);

    private static unsafe List<(string Path, bool IsFolder)> ReadFolder(string folder)
    {
        // struct dirent of Linux on 64 bits: inode, offset, length of the record, type, name.
        const int TypeOffset = 18;
        const int NameOffset = 19;
        var entries = new List<(string, bool)>();
        var stream = OpenFolder([.. ToBytes(folder), 0]);
        if (stream == 0)
        {
            throw new IOException($"{folder}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        for (var entry = ReadEntry(stream); entry != null; entry = ReadEntry(stream))
        {
            var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                entries.Add((Path.Combine(folder, FromBytes(name)), entry[TypeOffset] == DirectoryType));
            }
        }

        _ = CloseFolder(stream);
        return entries;
    }

    private static IEnumerable<string> Split(byte[] arguments)
    {
        for (int start = 0, end; start < arguments.Length; start = end + 1)
        {
            end = Array.IndexOf(arguments, (byte)0, start);
            end = end < 0 ? arguments.Length : end;
            yield return FromBytes(arguments.AsSpan(start, end - start));
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte[] path, int flags);

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true)]
    private static partial nint OpenFolder(byte[] path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static unsafe partial byte* ReadEntry(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint folder);
}
