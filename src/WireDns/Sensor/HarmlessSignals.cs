using System.Runtime.InteropServices;

namespace WireDns.Sensor;

/// <summary>
/// SIGHUP and SIGUSR2, which log rotation and closing terminals send, do not end a sensor. Without meaning on Windows.
/// </summary>
internal sealed class HarmlessSignals : IDisposable
{
    private const int SigUsr2OnLinux = 12;
    private const int SigUsr2OnBsd = 31;

    private readonly List<PosixSignalRegistration> _registrations = [];

    public HarmlessSignals()
    {
        if (!OperatingSystem.IsWindows())
        {
            // PosixSignal takes the system's own numbers for signals that it has no name for.
            foreach (var signal in new[] { PosixSignal.SIGHUP, (PosixSignal)(OperatingSystem.IsLinux() ? SigUsr2OnLinux : SigUsr2OnBsd) })
            {
                _registrations.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = true));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
