using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using WireDns.Terminal;

namespace WireDns.Sensor;

/// <summary>
/// Tells the service manager that started the sensor how it is, in the protocol of sd_notify(3): each message is a datagram of lines to the socket
/// that NOTIFY_SOCKET names. Without that variable nothing is sent. A service manager that does not take a message never stops the sensor. Not thread-safe but
/// for <see cref="Reloading"/> and <see cref="Ready"/>.
/// </summary>
internal sealed class ServiceManager : IDisposable
{
    /// <summary>The variable in which the service manager names its socket.</summary>
    public const string Variable = "NOTIFY_SOCKET";

    // A state that changes is told at once, figures this often: each new status is a message to everyone who watches units.
    private const int TicksPerStatus = 10;

    private readonly Socket? _socket;
    private string? _faults;
    private int _ticks;
    private bool _hasFailed;

    private ServiceManager(Socket? socket) => _socket = socket;

    /// <summary>Connects to a service manager. A socket that cannot be used is named on stderr.</summary>
    /// <param name="address">The value of <see cref="Variable"/>: a path, or @ and an abstract name; null if there is no service manager.</param>
    public static ServiceManager Connect(string? address)
    {
        // There are other kinds (vsock: a virtual machine's), which a sensor is not started with.
        if (OperatingSystem.IsWindows() || string.IsNullOrEmpty(address))
        {
            return new ServiceManager(null);
        }

        Socket? socket = null;
        try
        {
            var end = new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address);

            // A queue that is full costs this message and no time.
            socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.Connect(end);
            return new ServiceManager(socket);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            socket?.Dispose();
            StandardError.Write($"wiredns: the service manager cannot be told anything: {Variable} {address} is no socket that can be reached");
            return new ServiceManager(null);
        }
    }

    /// <summary>The sensor captures: at first, and again after <see cref="Reloading"/>.</summary>
    public void Ready() => Send("READY=1");

    /// <summary>The sensor reads its rules and lists anew, and captures meanwhile. <see cref="Ready"/> must follow, whether that succeeds or not.</summary>
    public void Reloading() =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000)}"));

    /// <summary>The sensor hands over what it has, and ends.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>
    /// The sensor's clock went on by a second, with the pipeline: what keeps the watchdog quiet. Call it from nowhere else, since a sensor whose pipeline
    /// hangs has to be restarted.
    /// </summary>
    public void Tick(SensorSnapshot snapshot)
    {
        if (_socket is null)
        {
            return;
        }

        var faults = string.Join("; ", snapshot.Faults());
        var message = "WATCHDOG=1";
        if (faults != _faults || _ticks >= TicksPerStatus)
        {
            message += $"\nSTATUS={StatusOf(snapshot, faults)}";
            (_faults, _ticks) = (faults, 0);
        }

        _ticks++;
        Send(message);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static string StatusOf(SensorSnapshot snapshot, string faults) => Printable.Text(string.Create(
        CultureInfo.InvariantCulture,
        $"{string.Join(", ", snapshot.Interfaces.Select(one => one.Name))}: {snapshot.Counters.Packets:N0} packets, {snapshot.Counters.Messages:N0} DNS messages, {snapshot.Counters["alerts"]:N0} alerts{(faults.Length > 0 ? $"; {faults}" : "")}"));

    private void Send(string message)
    {
        if (_socket is null)
        {
            return;
        }

        SocketError error;
        try
        {
            _socket.Send(Encoding.UTF8.GetBytes(message), SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            // A reload on its own thread that outlives the run.
            return;
        }

        if (error is not (SocketError.Success or SocketError.WouldBlock) && !_hasFailed)
        {
            _hasFailed = true;
            StandardError.Write("wiredns: the service manager does not take messages any more: it may take the sensor for dead");
        }
    }
}
