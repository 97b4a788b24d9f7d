using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using WireDns.Terminal;

namespace WireDns.Control;

/// <summary>
/// The socket of a sensor in the file system. Its folder has mode 0700 and belongs to this user, its own mode is 0600, and a lock tells a living sensor from a dead
/// one: what a dead one has left is replaced. Linux only.
/// </summary>
internal sealed partial class ControlSocket : IDisposable
{
    // sun_path of unix(7) has 108 octets, the last of which is zero.
    private const int LongestPath = 107;
    private const int Backlog = 16;
    private const UnixFileMode Others = (UnixFileMode)0x3F;
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _path;
    private readonly FileStream _lock;

    private ControlSocket(string path, FileStream @lock, Socket listener)
    {
        _path = path;
        _lock = @lock;
        Listener = listener;
    }

    /// <summary>The socket that listens.</summary>
    public Socket Listener { get; }

    /// <summary>Makes the folder if it is missing, and listens.</summary>
    /// <param name="path">The socket's path.</param>
    /// <exception cref="CommandFailure">It cannot listen there; the message says why and what to do.</exception>
    public static ControlSocket Listen(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw Failure(path, "a control socket needs Linux");
        }

        path = Path.GetFullPath(path);
        CheckPath(path);
        var folder = Path.GetDirectoryName(path)!;
        FileStream? held = null;
        try
        {
            PrepareFolder(path, folder);
            held = Lock(path);
            return new ControlSocket(path, held, Bind(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException or CommandFailure)
        {
            held?.Dispose();
            throw exception switch
            {
                CommandFailure => exception,
                UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied } => Failure(path, $"permission denied in {folder}"),
                DirectoryNotFoundException => Failure(path, "there is no such folder"),
                _ => Failure(path, "it cannot be made"),
            };
        }
    }

    /// <summary>Says what is wrong with a path that no socket can have.</summary>
    /// <exception cref="CommandFailure">It is too long.</exception>
    public static void CheckPath(string path)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            throw Failure(path, string.Create(CultureInfo.InvariantCulture, $"the path of a socket has at most {LongestPath} octets"));
        }
    }

    /// <summary>The user at the other end of a connection; null if the system does not say.</summary>
    public static uint? PeerOf(Socket client)
    {
        // struct ucred of unix(7): process, user, group.
        const int SolSocket = 1;
        const int SoPeerCredentials = 17;
        var credentials = new byte[12];
        try
        {
            return client.GetRawSocketOption(SolSocket, SoPeerCredentials, credentials) == credentials.Length
                ? BitConverter.ToUInt32(credentials, 4)
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Listener.Dispose();
        try
        {
            File.Delete(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is stale then, and the next sensor replaces it.
        }

        _lock.Dispose();
    }

    [SupportedOSPlatform("linux")]
    private static void PrepareFolder(string path, string folder)
    {
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, OwnerAlone);
        }

        if (TryLook(folder, followsLinks: true) is not { } found)
        {
            throw Failure(path, $"{folder} cannot be looked at");
        }

        if (found.User != GetUser())
        {
            throw Failure(path, string.Create(CultureInfo.InvariantCulture, $"{folder} belongs to user {found.User}, and not to this one ({GetUser()})"));
        }

        if ((found.Permissions & Others) != 0)
        {
            throw Failure(path, $"others can enter {folder} (mode {Octal(found.Permissions)}): give it mode 0700, or name another folder, which is made "
                + "(in a unit of systemd: RuntimeDirectoryMode=0700)");
        }
    }

    [SupportedOSPlatform("linux")]
    private static FileStream Lock(string path)
    {
        const int WouldBlock = 11; // EWOULDBLOCK of flock(2), as the base library reports it
        try
        {
            return new FileStream(path + ".lock", new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException exception) when (exception.HResult == WouldBlock)
        {
            throw Failure(path, "another sensor listens there");
        }
    }

    private static Socket Bind(string path)
    {
        // The lock is ours, so that no sensor listens at what lies there.
        if (TryLook(path, followsLinks: false) is { } left)
        {
            if (!left.IsSocket)
            {
                throw Failure(path, "there is something else of this name, which is no socket");
            }

            File.Delete(path);
        }

        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var mask = SetMask((uint)(Others | UnixFileMode.UserExecute));
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(Backlog);
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }
        finally
        {
            _ = SetMask(mask);
        }
    }

    private static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)mode, 8).PadLeft(3, '0');

    private static CommandFailure Failure(string path, string text) => new(ExitStatus.Usage, $"--control-socket {path}: {text}");

    private static (uint User, bool IsSocket, UnixFileMode Permissions)? TryLook(string path, bool followsLinks)
    {
        const int CurrentFolder = -100;
        const int NoFollow = 0x100;
        const uint BasicStatistics = 0x7ff;
        return ReadStatus(CurrentFolder, path, followsLinks ? 0 : NoFollow, BasicStatistics, out var status) != 0
            ? null
            : (status.User, (status.Mode & 0xF000) == 0xC000, (UnixFileMode)(status.Mode & 0xFFF));
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint SetMask(uint mask);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetUser();

    // statx(2), whose structure is the same on every processor; stat(2)'s is not.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ReadStatus(int folder, string path, int flags, uint mask, out FileStatus status);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
