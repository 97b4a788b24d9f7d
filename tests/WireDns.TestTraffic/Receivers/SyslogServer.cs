using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace WireDns.TestTraffic.Receivers;

/// <summary>How a <see cref="SyslogServer"/> proves who it is over TLS, and what it wants of senders.</summary>
internal sealed record SyslogServerTls
{
    /// <summary>The name that its certificate is for.</summary>
    public string Name { get; init; } = "localhost";

    /// <summary>Whether its certificate has expired.</summary>
    public bool IsExpired { get; init; }

    /// <summary>Whether a sender must have a certificate of the same authority.</summary>
    public bool WantsCertificate { get; init; }

    /// <summary>Whether it speaks TLS 1.2 alone, or else 1.3 alone.</summary>
    public bool IsOld { get; init; }
}

/// <summary>
/// A real syslog server that listens in every way and writes each message as it came to a file, one per line. It can be stopped, killed and
/// started again. The test is skipped if the server is missing (<c>./run.sh test</c> unpacks it).
/// </summary>
internal sealed class SyslogServer : IDisposable
{
    public const string Rsyslog = "rsyslogd";
    public const string SyslogNg = "syslog-ng";

    private const int Kill = 9;
    private const int Term = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    private static int _lastPort = Random.Shared.Next();

    private static TimeSpan Patience => Waiting.Limit;

    private readonly string _program;
    private readonly TestAuthority _authority;
    private readonly SyslogServerTls _tls;
    private readonly bool _isDirect;
    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-receiver-").FullName;
    private readonly List<string> _received = [];
    private readonly HashSet<string> _different = [];
    private Process? _process;
    private long _read;

    /// <summary>Starts one.</summary>
    /// <param name="program">Which.</param>
    /// <param name="authority">Makes the certificate of its TLS.</param>
    /// <param name="tls">The rest of its TLS; null for the defaults.</param>
    /// <param name="folder">Where it writes what it receives; null for its own folder.</param>
    /// <param name="isDirect">
    /// Whether rsyslog writes a message before it acknowledges it. As installed it acknowledges what is in its queue in memory, and loses that when it is killed.
    /// </param>
    public SyslogServer(string program, TestAuthority authority, SyslogServerTls? tls = null, string? folder = null, bool isDirect = false)
    {
        _isDirect = isDirect;
        _program = Path.Combine(TestPaths.Root, "artifacts", "servers", "bin", program);
        _authority = authority;
        _tls = tls ?? new SyslogServerTls();
        ReceivedFile = Path.Combine(folder ?? _folder, "received");
        Assert.SkipUnless(File.Exists(_program), $"{program} is not there: ./run.sh setup unpacks it");
        (CertificateFile, KeyFile) = authority.Issue(_tls.Name, _tls.IsExpired);
        var ports = FreePorts(6);
        (Udp, Tcp, Newline, Tls, Relp, RelpTls) = (ports[0], ports[1], ports[2], ports[3], ports[4], ports[5]);
        File.WriteAllText(Path.Combine(_folder, "configuration"), program == Rsyslog ? RsyslogConfiguration() : SyslogNgConfiguration());
        Start();
    }

    public int Udp { get; }

    public int Tcp { get; }

    public int Newline { get; }

    public int Tls { get; }

    public int Relp { get; }

    public int RelpTls { get; }

    /// <summary>Its process; another one after each start.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>The path of its local socket.</summary>
    public string LocalPath => Path.Combine(_folder, "log");

    public string ReceivedFile { get; }

    private string CertificateFile { get; }

    private string KeyFile { get; }

    private bool IsRsyslog => Path.GetFileName(_program) == Rsyslog;

    /// <summary>Starts it, and waits until it listens.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo(_program, IsRsyslog
            ? ["-n", "-f", Path.Combine(_folder, "configuration"), "-i", Path.Combine(_folder, "pid")]
            :
            [
                "--foreground", "--stderr", "--no-caps", $"--cfgfile={Path.Combine(_folder, "configuration")}", $"--persist-file={Path.Combine(_folder, "persist")}",
                $"--pidfile={Path.Combine(_folder, "pid")}", $"--control={Path.Combine(_folder, "control")}",
            ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        var errors = new StringBuilder();
        _process.ErrorDataReceived += (_, line) => { lock (errors) { errors.AppendLine(line.Data); } };
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        var isReady = SpinWait.SpinUntil(() => _process.HasExited || (IsOpen(Tcp) && IsOpen(Tls) && (!IsRsyslog || (IsOpen(Relp) && IsOpen(RelpTls))) && File.Exists(LocalPath)), Patience);
        lock (errors)
        {
            Assert.True(isReady && !_process.HasExited, $"{_program} does not listen: {errors}");
        }
    }

    /// <summary>Keeps it from running, as a machine that hangs does; its sockets stay open.</summary>
    public void Halt() => Signal(Stop);

    /// <summary>Lets it run again.</summary>
    public void Resume() => Signal(Continue);

    /// <summary>Stops it in order, and waits until it has ended.</summary>
    public void Terminate()
    {
        Signal(Term);
        Assert.True(_process!.WaitForExit(Patience), $"{_program} does not end");
    }

    /// <summary>Ends it at once, with whatever it has not read.</summary>
    public void End()
    {
        Signal(Kill);
        _process!.WaitForExit();
    }

    /// <summary>The messages that it has written so far, as they came.</summary>
    public IReadOnlyList<string> Received()
    {
        if (File.Exists(ReceivedFile))
        {
            using var file = new FileStream(ReceivedFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(_read, SeekOrigin.Begin);
            using var reader = new StreamReader(file);
            var text = reader.ReadToEnd();
            var whole = text[..(text.LastIndexOf('\n') + 1)];
            _read += Encoding.UTF8.GetByteCount(whole);
            foreach (var line in whole.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                _received.Add(line);
                _different.Add(line);
            }
        }

        return _received;
    }

    /// <summary>Waits for a number of different messages.</summary>
    public IReadOnlyList<string> WaitFor(int messages, TimeSpan? patience = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (Received().Count < messages || _different.Count < messages)
        {
            if (Stopwatch.GetElapsedTime(start) > (patience ?? Patience))
            {
                break;
            }

            Thread.Sleep(20);
        }

        return _received;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            End();
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string RsyslogConfiguration() => $"""
        global(workDirectory="{_folder}" maxMessageSize="64k" defaultNetstreamDriverCAFile="{_authority.File}"
            defaultNetstreamDriverCertFile="{CertificateFile}" defaultNetstreamDriverKeyFile="{KeyFile}" defaultNetstreamDriver="ossl")
        {(_isDirect ? "main_queue(queue.type=\"Direct\")" : "")}
        module(load="imudp")
        module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.Authmode="{(_tls.WantsCertificate ? "x509/certvalid" : "anon")}"
            gnutlsPriorityString="Protocol=-ALL,{(_tls.IsOld ? "TLSv1.2" : "TLSv1.3")}")
        module(load="imptcp")
        module(load="imrelp" tls.tlslib="openssl")
        module(load="imuxsock" SysSock.Use="off")
        template(name="raw" type="string" string="%rawmsg-after-pri%\n")
        input(type="imudp" address="127.0.0.1" port="{Udp}" ruleset="write")
        input(type="imptcp" address="127.0.0.1" port="{Tcp}" ruleset="write")
        input(type="imptcp" address="127.0.0.1" port="{Newline}" SupportOctetCountedFraming="off" ruleset="write")
        input(type="imtcp" address="127.0.0.1" port="{Tls}" ruleset="write")
        input(type="imrelp" port="{Relp}" maxDataSize="64k" ruleset="write")
        input(type="imrelp" port="{RelpTls}" maxDataSize="64k" ruleset="write" tls="on" tls.caCert="{_authority.File}" tls.myCert="{CertificateFile}"
            tls.myPrivKey="{KeyFile}" {(_tls.WantsCertificate ? "tls.authMode=\"certvalid\"" : "")} tls.tlscfgcmd="Protocol=-ALL,{(_tls.IsOld ? "TLSv1.2" : "TLSv1.3")}")
        input(type="imuxsock" Socket="{LocalPath}" RateLimit.Interval="0" IgnoreTimestamp="off" UseSpecialParser="off" ParseHostname="on" ruleset="write")
        ruleset(name="write") {"{"}
            action(type="omfile" file="{ReceivedFile}" template="raw" asyncWriting="off" flushOnTXEnd="on" action.resumeRetryCount="-1" action.resumeInterval="1")
        {"}"}
        """;

    private string SyslogNgConfiguration() => $$"""
        @version: 3.38
        options { log-msg-size(65536); keep-hostname(yes); stats-freq(0); };
        source s {
            unix-dgram("{{LocalPath}}" flags(no-parse));
            network(ip("127.0.0.1") port({{Udp}}) transport("udp") flags(no-parse));
            syslog(ip("127.0.0.1") port({{Tcp}}) transport("tcp") flags(no-parse));
            network(ip("127.0.0.1") port({{Newline}}) transport("tcp") flags(no-parse));
            syslog(ip("127.0.0.1") port({{Tls}}) transport("tls") flags(no-parse)
                tls(key-file("{{KeyFile}}") cert-file("{{CertificateFile}}") ca-file("{{_authority.File}}")
                    peer-verify({{(_tls.WantsCertificate ? "required-trusted" : "optional-untrusted")}})
                    ssl-options(no-sslv2, no-sslv3, no-tlsv1, no-tlsv11, {{(_tls.IsOld ? "no-tlsv13" : "no-tlsv12")}})));
        };
        destination d { file("{{ReceivedFile}}" template("$MSG\n") flush-lines(1)); };
        log { source(s); destination(d); };
        """;

    private void Signal(int signal) => Assert.Equal(0, SendSignal(_process!.Id, signal));

    private static bool IsOpen(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            Thread.Sleep(20);
            return false;
        }
    }

    // Below the ports that systems give to whoever connects (from 32,768 on), so that no other test has one when the server starts.
    private static int[] FreePorts(int count)
    {
        const int First = 20_000;
        const int Range = 12_000;
        var ports = new List<int>(count);
        while (ports.Count < count)
        {
            var port = First + ((Interlocked.Increment(ref _lastPort) & int.MaxValue) % Range);
            if (IsFree(port))
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var datagrams = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SendSignal(int process, int signal);
}
