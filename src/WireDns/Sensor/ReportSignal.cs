using System.Runtime.InteropServices;

namespace WireDns.Sensor;

/// <summary>SIGUSR1 asks a run for its report, and lets it go on. Without meaning on Windows.</summary>
internal sealed class ReportSignal : IDisposable
{
    private const int SigUsr1OnLinux = 10;
    private const int SigUsr1OnBsd = 30;

    private readonly PosixSignalRegistration? _registration;

    public ReportSignal(Action report)
    {
        if (!OperatingSystem.IsWindows())
        {
            // PosixSignal takes the system's own numbers for signals that it has no name for.
            _registration = PosixSignalRegistration.Create((PosixSignal)(OperatingSystem.IsLinux() ? SigUsr1OnLinux : SigUsr1OnBsd), context =>
            {
                context.Cancel = true;
                report();
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _registration?.Dispose();
}
