using System.Globalization;

namespace WireDns.Alerts.Transports;

/// <summary>The errors of files, in words for the user.</summary>
public static class SystemErrors
{
    private const int NotPermitted = 1; // EPERM
    private const int NoAccess = 13; // EACCES
    private const int NoSpace = 28; // ENOSPC
    private const int ReadOnly = 30; // EROFS
    private const int QuotaOnLinux = 122; // EDQUOT
    private const int QuotaOnBsd = 69;

    /// <summary>What a number of the system (errno) means.</summary>
    public static string Words(int error) => error switch
    {
        2 => "it does not exist", // ENOENT
        NoAccess or NotPermitted => "not permitted",
        17 => "a file with this name is there", // EEXIST
        20 => "a part of the path is no folder", // ENOTDIR
        21 => "it is a folder", // EISDIR
        NoSpace => "no space left on the device",
        QuotaOnLinux when OperatingSystem.IsLinux() => "the quota is used up",
        ReadOnly => "the file system is read-only",
        40 or 62 => "it is a link", // ELOOP of Linux and macOS
        _ => string.Create(CultureInfo.InvariantCulture, $"an error of the system (number {error})"),
    };

    /// <summary>What an exception of a file means.</summary>
    public static string Words(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "not permitted",
        FileNotFoundException or DirectoryNotFoundException => "it does not exist",
        _ => Words(exception.HResult),
    };

    /// <summary>What an exception means for messages that were to be written to a file.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="what">What could not be written: the spool.</param>
    public static SendOutcome OutcomeOf(Exception exception, string what) => exception.HResult switch
    {
        NoSpace => new(SendFailure.DeviceFull, $"{what} cannot be written"),
        QuotaOnLinux when OperatingSystem.IsLinux() => new(SendFailure.DeviceFull, $"{what} cannot be written"),
        QuotaOnBsd when !OperatingSystem.IsLinux() && !OperatingSystem.IsWindows() => new(SendFailure.DeviceFull, $"{what} cannot be written"),
        ReadOnly => new(SendFailure.Forbidden, $"{what} cannot be written: the file system is read-only"),
        _ when exception is UnauthorizedAccessException => new(SendFailure.Forbidden, $"{what} cannot be written"),
        _ => new(SendFailure.SystemError, $"{what} cannot be written: {Words(exception)}"),
    };
}
