using System.Runtime.InteropServices;

namespace WireDns.Terminal;

/// <summary>A signal after which a run continues: for its report, for new files, from a closed terminal. Has no effect on Windows.</summary>
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

    /// <summary>Ignores SIGHUP, which a closing terminal sends, until it is disposed.</summary>
    public static RunSignal IgnoreHangUp() => new(PosixSignal.SIGHUP, PosixSignal.SIGHUP, () => { });

    /// <inheritdoc/>
    public void Dispose() => _registration?.Dispose();
}
