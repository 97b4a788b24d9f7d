using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Alerts outlive the process that raised them: it is killed, and the next one delivers them.</summary>
public sealed class SpoolTests
{
    private static readonly string Clean = Path.Combine(TestPaths.Captures, "clean.pcap");

    [Fact]
    public void Every_alert_in_the_spool_arrives_though_the_process_is_killed_twice()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are Unix's");
        using var folder = new TemporaryFolder();
        using var server = new RelpServer();
        var output = $"relp://127.0.0.1:{server.Port},retry-for=60s";
        string[] arguments = ["-r", TestPaths.Rules, "-o", output, "--spool", folder["spool"]];

        // Nobody listens: all alerts go to the spool, and the process is killed.
        using (var first = RunningProgram.Start(Product.Executable, ["read", SampleCaptures.Beacon, .. arguments]))
        {
            Assert.True(SpinWait.SpinUntil(() => Spooled(folder["spool"]) == SampleCaptures.BeaconAlerts, RunningProgram.Patience), first.Error.Text);
            first.Kill();
        }

        // The receiver acknowledges ten, and the process is killed again.
        server.Listen(acknowledged: 10);
        using (var second = RunningProgram.Start(Product.Executable, ["read", Clean, .. arguments]))
        {
            second.Error.WaitFor(line => line.EndsWith($": {SampleCaptures.BeaconAlerts} alerts of an earlier run wait in the spool", StringComparison.Ordinal), RunningProgram.Patience);
            Assert.True(SpinWait.SpinUntil(() => server.Received.Count >= 10, RunningProgram.Patience), second.Error.Text);
            second.Kill();
        }

        server.Listen(acknowledged: int.MaxValue);
        using var third = RunningProgram.Start(Product.Executable, ["read", Clean, .. arguments]);

        Assert.Equal(0, third.WaitForEnd());
        Assert.Equal(SampleCaptures.BeaconAlerts, server.Received.Distinct().Count());
        TestContext.Current.SendDiagnosticMessage($"{server.Received.Count - SampleCaptures.BeaconAlerts} alerts arrived twice");
    }

    [Fact]
    public void A_run_whose_receiver_stays_away_leaves_its_alerts_in_the_spool_and_says_so()
    {
        using var folder = new TemporaryFolder();
        using var server = new RelpServer();
        var run = Product.Run(
            "read", SampleCaptures.Beacon, "-r", TestPaths.Rules, "-o", $"relp://127.0.0.1:{server.Port},retry-for=1s", "--spool", folder["spool"]);

        Assert.Equal(0, run.ExitStatus);
        Assert.Single(run.Error.Lines, line => line.StartsWith("  in the spool", StringComparison.Ordinal) && line.Contains($" {SampleCaptures.BeaconAlerts} ", StringComparison.Ordinal));
        run = Product.Run("read", Clean, "-r", TestPaths.Rules, "-q", "-o", "relp://127.0.0.1:1,retry-for=1s", "--spool", folder["spool"]);
        Assert.Equal(
            $"wiredns: the spool holds alerts for a target that is not given now: relp://127.0.0.1:{server.Port} as text", Assert.Single(run.Error.Lines));
    }

    private static int Spooled(string folder) => !Directory.Exists(folder) ? 0 : Directory
        .EnumerateFiles(folder, "*.segment", SearchOption.AllDirectories)
        .Sum(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return reader.ReadToEnd().Split("[wiredns@").Length - 1; // an alert each
        });

    /// <summary>The receiving side of RELP, as far as the test needs it: it acknowledges a number of messages, and then hangs.</summary>
    private sealed class RelpServer : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<string> _received = [];
        private int _acknowledged;
        private bool _isListening;

        public RelpServer() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // the port is taken, and refuses

        public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

        public IReadOnlyList<string> Received
        {
            get
            {
                lock (_received)
                {
                    return [.. _received];
                }
            }
        }

        public void Listen(int acknowledged)
        {
            Volatile.Write(ref _acknowledged, acknowledged);
            if (!_isListening)
            {
                _isListening = true;
                _socket.Listen();
                new Thread(Accept) { IsBackground = true }.Start();
            }
        }

        public void Dispose() => _socket.Dispose();

        private void Accept()
        {
            try
            {
                for (; ; )
                {
                    var client = _socket.Accept();
                    new Thread(() => Serve(client)) { IsBackground = true }.Start();
                }
            }
            catch (SocketException)
            {
                // The test is over.
            }
        }

        private void Serve(Socket client)
        {
            using var stream = new NetworkStream(client, ownsSocket: true);
            try
            {
                for (; ; )
                {
                    var transaction = Word(stream);
                    var command = Word(stream);
                    var (length, end) = Number(stream);
                    var data = new byte[length];
                    if (end == ' ')
                    {
                        stream.ReadExactly(data);
                        stream.ReadByte();
                    }

                    if (command == "syslog")
                    {
                        lock (_received)
                        {
                            _received.Add(Encoding.UTF8.GetString(data));
                        }

                        if (Interlocked.Decrement(ref _acknowledged) < 0)
                        {
                            continue; // it hangs
                        }
                    }

                    stream.Write(Encoding.ASCII.GetBytes($"{transaction} rsp 6 200 OK\n"));
                }
            }
            catch (IOException)
            {
                // The sender was killed.
            }
        }

        private static string Word(Stream stream)
        {
            var word = new StringBuilder();
            for (int octet; (octet = stream.ReadByte()) != ' ';)
            {
                word.Append(octet >= 0 ? (char)octet : throw new IOException());
            }

            return word.ToString();
        }

        private static (int, char) Number(Stream stream)
        {
            var digits = new StringBuilder();
            for (; ; )
            {
                var octet = stream.ReadByte();
                if (octet is < '0' or > '9')
                {
                    return octet < 0 ? throw new IOException() : (int.Parse(digits.ToString(), CultureInfo.InvariantCulture), (char)octet);
                }

                digits.Append((char)octet);
            }
        }
    }
}
