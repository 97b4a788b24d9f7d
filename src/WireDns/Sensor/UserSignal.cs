using System.Runtime.InteropServices;

namespace WireDns.Sensor;

/// <summary>What a run does on SIGUSR1 (its report) and SIGUSR2 (new files): it goes on in either case. Without meaning on Windows.</summary>
internal sealed class UserSignal : IDisposable
{
    // PosixSignal takes the system's own numbers for signals that it has no name for.
    private const int FirstOnLinux = 10;
    private const int FirstOnBsd = 30;
    private const int SecondOnLinux = 12;
    private const int SecondOnBsd = 31;

    private readonly PosixSignalRegistration? _registration;

    private UserSignal(int onLinux, int onBsd, Action work)
    {
        if (!OperatingSystem.IsWindows())
        {
            _registration = PosixSignalRegistration.Create((PosixSignal)(OperatingSystem.IsLinux() ? onLinux : onBsd), context =>
            {
                context.Cancel = true;
                work();
            });
        }
    }

    /// <summary>Does something on SIGUSR1, until it is disposed.</summary>
    public static UserSignal First(Action work) => new(FirstOnLinux, FirstOnBsd, work);

    /// <summary>Does something on SIGUSR2, until it is disposed.</summary>
    public static UserSignal Second(Action work) => new(SecondOnLinux, SecondOnBsd, work);

    /// <inheritdoc/>
    public void Dispose() => _registration?.Dispose();
}
