using System.Runtime.InteropServices;

namespace WireDns.Sigma.Rules;

/// <summary>
/// Finds the rule files in files and folders, each real file once, however many links lead to it. It reports what it leaves out of a
/// folder, such as a pipe.
/// </summary>
internal sealed class RuleFiles(List<SigmaDiagnostic> diagnostics)
{
    // Deeper than any rule repository.
    private const int MaximumFolderDepth = 32;

    private readonly HashSet<FileIdentity> _files = [];
    private readonly HashSet<FileIdentity> _folders = [];

    /// <summary>The files of a path that are new: the file itself, or those of a folder in ordinal order.</summary>
    public IReadOnlyList<string> Find(string path)
    {
        if (Directory.Exists(path))
        {
            var files = new List<string>();
            var before = _files.Count;
            _folders.Clear();
            Collect(path, 0, files);
            files.Sort(StringComparer.Ordinal);
            List<string> found = [.. files.Where(IsNew)];
            if (files.Count == 0 && before == _files.Count)
            {
                diagnostics.Add(Diagnose(path, "no-rule", "expected *.yml or *.yaml files in the folder, found none") with { Severity = DiagnosticSeverity.Warning });
            }

            return found;
        }

        if (FileIdentity.Of(path).Type == FileType.None && !File.Exists(path))
        {
            diagnostics.Add(Diagnose(path, "file-not-found", "expected a file or folder, found none of that name"));
            return [];
        }

        return IsNew(path) ? [path] : [];
    }

    /// <summary>An error about a whole file or folder.</summary>
    public static SigmaDiagnostic Diagnose(string file, string id, string message, string? suggestion = null) => new()
    {
        Severity = DiagnosticSeverity.Error,
        Id = id,
        File = file,
        Line = 1,
        Column = 1,
        Message = message,
        Suggestion = suggestion,
    };

    /// <summary>Why a file or folder could not be read, in our own words.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "permission is denied",
        FileNotFoundException or DirectoryNotFoundException => "it is not there",
        PathTooLongException => "its path is too long",
        _ => "the system reports an error of input and output",
    };

    private bool IsNew(string file) => _files.Add(FileIdentity.Of(file));

    private void Collect(string folder, int depth, List<string> files)
    {
        if (!_folders.Add(FileIdentity.Of(folder)))
        {
            return;
        }

        if (depth > MaximumFolderDepth)
        {
            diagnostics.Add(Diagnose(folder, "folder-too-deep", $"expected at most {MaximumFolderDepth} folders inside one another, found more"));
            return;
        }

        try
        {
            foreach (var file in Directory.GetFiles(folder).Where(IsRuleFile))
            {
                Accept(file, files);
            }

            foreach (var child in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
            {
                if (!Path.GetFileName(child).StartsWith('.'))
                {
                    Collect(child, depth + 1, files);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(Diagnose(folder, "file-unreadable", $"the folder cannot be read: {Describe(e)}"));
        }
    }

    private void Accept(string file, List<string> files)
    {
        switch (FileIdentity.Of(file).Type)
        {
            case FileType.Regular:
                files.Add(file);
                break;
            case FileType.None:
                diagnostics.Add(Diagnose(file, "file-unreadable", "the link leads to no file"));
                break;
            default:
                diagnostics.Add(Diagnose(
                    file, "not-a-file", "a pipe, socket or device in a folder is not read", "name it on the command line to read it") with
                {
                    Severity = DiagnosticSeverity.Warning,
                });
                break;
        }
    }

    private static bool IsRuleFile(string file) =>
        (Path.GetExtension(file).Equals(".yml", StringComparison.OrdinalIgnoreCase) ||
        Path.GetExtension(file).Equals(".yaml", StringComparison.OrdinalIgnoreCase)) &&
        !Path.GetFileNameWithoutExtension(file).EndsWith(".test", StringComparison.OrdinalIgnoreCase);
}

/// <summary>What a path finally leads to.</summary>
internal enum FileType
{
    /// <summary>Nothing: it does not exist, or a link is broken.</summary>
    None,

    /// <summary>A file with content of its own.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A pipe, socket or device: reading it may block.</summary>
    Other,
}

/// <summary>
/// The real file or folder that a path leads to, by device and number on Linux, elsewhere by its full path. Two paths with the same identity lead to the
/// same file.
/// </summary>
internal readonly partial record struct FileIdentity(FileType Type, ulong Device, ulong Number, string? Path)
{
    /// <summary>Looks a path up, through all links.</summary>
    public static FileIdentity Of(string path)
    {
        if (OperatingSystem.IsLinux() && TryLookUp(path, out var identity))
        {
            return identity;
        }

        var full = System.IO.Path.GetFullPath(path);
        var type = Directory.Exists(full) ? FileType.Folder : File.Exists(full) ? FileType.Regular : FileType.None;
        return new FileIdentity(type, 0, 0, full);
    }

    private static bool TryLookUp(string path, out FileIdentity identity)
    {
        const int CurrentFolder = -100;
        const uint BasicStatistics = 0x7ff;
        identity = default;
        try
        {
            if (ReadStatus(CurrentFolder, path, 0, BasicStatistics, out var status) != 0)
            {
                return false;
            }

            var type = (status.Mode & 0xF000) switch { 0x8000 => FileType.Regular, 0x4000 => FileType.Folder, _ => FileType.Other };
            identity = new FileIdentity(type, ((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Number, null);
            return true;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library from before 2018 has no statx.
            return false;
        }
    }

    // statx(2), whose structure is the same on every processor; stat(2)'s is not.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ReadStatus(int folder, string path, int flags, uint mask, out FileStatus status);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Number;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
