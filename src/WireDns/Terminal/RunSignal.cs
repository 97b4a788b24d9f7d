using System.Globalization;
using System.Runtime.InteropServices;

namespace WireDns.Terminal;

/// <summary>A signal after which a run continues: for its report, for new files, to reload. Has no effect on Windows.</summary>
internal sealed class RunSignal : IDisposable
{
    // PosixSignal accepts the system's numbers for signals without a name.
    private const int SigUsr1OnLinux = 10;
    private const int SigUsr1OnBsd = 30;
    private const int SigUsr2OnLinux = 12;
    private const int SigUsr2OnBsd = 31;

    private readonly PosixSignalRegistration? _registration;

    private RunSignal(PosixSignal onLinux, PosixSignal onBsd, Action work)
    {
        if (!OperatingSystem.IsWindows())
        {
            _registration = PosixSignalRegistration.Create(OperatingSystem.IsLinux() ? onLinux : onBsd, context =>
            {
                context.Cancel = true;
                work();
            });
        }
    }

    /// <summary>Does something on SIGUSR1, until it is disposed.</summary>
    public static RunSignal Report(Action work) => new((PosixSignal)SigUsr1OnLinux, (PosixSignal)SigUsr1OnBsd, work);

    /// <summary>Does something on SIGUSR2, until it is disposed.</summary>
    public static RunSignal NewFiles(Action work) => new((PosixSignal)SigUsr2OnLinux, (PosixSignal)SigUsr2OnBsd, work);

    /// <summary>Does something on SIGHUP, which a closing terminal sends as well, until it is disposed.</summary>
    public static RunSignal HangUp(Action work) => new(PosixSignal.SIGHUP, PosixSignal.SIGHUP, work);

    /// <summary>Whether whatever started this process had SIGHUP ignored, as nohup does: then <see cref="HangUp"/> does nothing. Known on Linux alone.</summary>
    public static bool IsHangUpIgnored()
    {
        const string ignored = "SigIgn:"; // proc_pid_status(5): a mask, whose lowest bit is signal 1
        try
        {
            var line = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(ignored, StringComparison.Ordinal)) : null;
            return line is not null && ulong.TryParse(line.AsSpan(ignored.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask) && (mask & 1) != 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _registration?.Dispose();
}
