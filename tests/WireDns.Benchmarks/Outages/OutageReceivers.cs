using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WireDns.TestTraffic.Receivers;

namespace WireDns.Benchmarks.Outages;

/// <summary>A receiver in a process of its own, which can be halted, ended and started again. It appends what it receives to a file, a line each.</summary>
internal interface IOutageReceiver : IDisposable
{
    /// <summary>The target for <c>-o</c>, with its settings.</summary>
    public string Target { get; }

    /// <summary>Where it writes.</summary>
    public string File { get; }

    /// <summary>Starts it again, and waits until it listens.</summary>
    public void Start();

    /// <summary>Ends it in order, as a service is stopped.</summary>
    public void Terminate();

    /// <summary>Ends it at once.</summary>
    public void Kill();

    /// <summary>Keeps it from running; its sockets stay open.</summary>
    public void Halt();
}

/// <summary>rsyslog or syslog-ng.</summary>
internal sealed class OutageSyslog : IOutageReceiver
{
    private readonly TestAuthority _authority = new();
    private readonly SyslogServer _server;

    /// <summary>Starts it.</summary>
    /// <param name="program">Which.</param>
    /// <param name="way">syslog+tcp, syslog+tls, relp, relp+tls, syslog (the local socket) or udp.</param>
    /// <param name="folder">Where it writes; null for its own folder.</param>
    /// <param name="isDirect">Whether rsyslog writes a message before it acknowledges it.</param>
    public OutageSyslog(string program, string way, string? folder = null, bool isDirect = false)
    {
        _server = new SyslogServer(program, _authority, folder: folder, isDirect: isDirect);
        Target = way switch
        {
            "syslog+tcp" => $"syslog+tcp://127.0.0.1:{_server.Tcp}",
            "syslog+tls" => $"syslog+tls://localhost:{_server.Tls},ca={_authority.File}",
            "relp" => $"relp://127.0.0.1:{_server.Relp}",
            "relp+tls" => $"relp+tls://localhost:{_server.RelpTls},ca={_authority.File}",
            "udp" => $"syslog://127.0.0.1:{_server.Udp}",
            _ => $"syslog:{_server.LocalPath}",
        };
    }

    public string Target { get; }

    public string File => _server.ReceivedFile;

    public void Start() => _server.Start();

    public void Terminate() => _server.Terminate();

    public void Kill() => _server.End();

    public void Halt() => _server.Halt();

    public void Dispose()
    {
        _server.Dispose();
        _authority.Dispose();
    }
}

/// <summary>This program as a server of HTTP (<c>receive PORT FILE PAUSE</c>).</summary>
internal sealed class OutageHttp : IOutageReceiver
{
    private readonly string _program;
    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-http-").FullName;
    private readonly int _port;
    private readonly int _pause;
    private Process? _process;

    /// <summary>Starts it.</summary>
    /// <param name="program">The benchmarks' executable.</param>
    /// <param name="folder">Where it writes; null for its own folder.</param>
    /// <param name="pause">Milliseconds that each request takes it.</param>
    public OutageHttp(string program, string? folder = null, int pause = 0)
    {
        _program = program;
        _pause = pause;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        File = Path.Combine(folder ?? _folder, "received");
        Start();
    }

    public string Target => $"http://127.0.0.1:{_port}/alerts,format=ecs";

    public string File { get; }

    public void Start()
    {
        _process = Process.Start(new ProcessStartInfo(
            _program, ["receive", _port.ToString(CultureInfo.InvariantCulture), File, _pause.ToString(CultureInfo.InvariantCulture)])
        { RedirectStandardOutput = true })!;
        if (_process.StandardOutput.ReadLine() is null) // it says a line when it listens
        {
            throw new IOException("the server of HTTP does not start");
        }
    }

    public void Terminate() => OutageSignal.End(_process!, 15);

    public void Kill() => OutageSignal.End(_process!, 9);

    public void Halt() => OutageSignal.Send(_process!, 19);

    public void Dispose()
    {
        if (_process is { HasExited: false } process)
        {
            OutageSignal.End(process, 9);
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The server itself: it answers 200 when a body is written, and 503 if the disk is full.</summary>
    public static int Serve(int port, string file, TimeSpan pause, TextWriter output)
    {
        using var listener = new HttpListener();
        listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        listener.Start();
        using var received = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        received.Seek(0, SeekOrigin.End);
        if (received.Length > 0)
        {
            received.WriteByte((byte)'\n'); // the end of the last process may have torn a line
        }

        output.WriteLine("listens");
        output.Flush();
        for (; ; )
        {
            var context = listener.GetContext();
            using var body = new MemoryStream();
            context.Request.InputStream.CopyTo(body);
            Thread.Sleep(pause); // a slow receiver
            var start = received.Length;
            try
            {
                received.Write(body.GetBuffer(), 0, (int)body.Length);
                context.Response.StatusCode = 200;
            }
            catch (IOException)
            {
                received.SetLength(start);
                received.Seek(0, SeekOrigin.End);
                context.Response.StatusCode = 503;
                context.Response.AddHeader("Retry-After", "1");
            }

            context.Response.Close();
        }
    }
}

/// <summary>Signals to programs.</summary>
internal static class OutageSignal
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Sends a signal.</summary>
    public static void Send(Process process, int signal)
    {
        using var kill = Process.Start("kill", ["-" + signal.ToString(CultureInfo.InvariantCulture), process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Sends a signal that ends it, and waits until it has.</summary>
    public static void End(Process process, int signal)
    {
        Send(process, signal);
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
        }
    }
}
