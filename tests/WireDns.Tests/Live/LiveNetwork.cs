using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using DnsClient;
using SharpPcap;
using SharpPcap.LibPcap;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary>
/// A resolver's machine, on which the sensor runs, and two clients, each on its own cable to it. The resolver is that of the recordings:
/// unbound, with captures/recording/names.zone for all names that exist.
/// </summary>
internal sealed class LiveNetwork : IDisposable
{
    /// <summary>The sensor's interface to the first client; <see cref="SecondTap"/> is that to the second.</summary>
    public const string Tap = "tap0";
    public const string SecondTap = "tap1";

    public const string ResolverIpv4 = "192.0.2.53";
    public const string ResolverIpv6 = "2001:db8:20::53";
    private const int SyslogPort = 5514;

    private static int _count;

    private readonly List<IDisposable> _parts = [];
    private readonly TemporaryFolder _folder = new();

    private LiveNetwork()
    {
        var name = $"wdt{Environment.ProcessId}n{Interlocked.Increment(ref _count)}";
        try
        {
            Sensor = Add(NetworkNamespace.Create(name + "s"));
            FirstClient = Add(NetworkNamespace.Create(name + "a"));
            SecondClient = Add(NetworkNamespace.Create(name + "b"));
            Connect();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NetworkNamespace Sensor { get; }

    public NetworkNamespace FirstClient { get; }

    public NetworkNamespace SecondClient { get; }

    /// <summary>Makes the network. Skips the test if that cannot be done.</summary>
    public static LiveNetwork Create()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux, for network namespaces");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to make network namespaces and to capture");
        Assert.SkipUnless(RunningProgram.IsInstalled("ip"), "needs ip (iproute2)");
        Assert.SkipUnless(Pcap.LibpcapVersion > new Version(0, 0), "needs libpcap (apt-get install libpcap0.8)");
        return new LiveNetwork();
    }

    /// <summary>Starts the resolver, and waits until it serves.</summary>
    public void StartResolver()
    {
        var recording = Path.Combine(TestPaths.Captures, "recording");
        File.Copy(Path.Combine(recording, "names.zone"), _folder["names.zone"]);
        var configuration = File.ReadAllText(Path.Combine(recording, "unbound.conf"))
            .Replace("@WORK@/resolver.log", "", StringComparison.Ordinal)
            .Replace("@WORK@", _folder.Path, StringComparison.Ordinal);
        var unbound = Add(Sensor.Start(Server("unbound"), "-d", "-c", _folder.Write("unbound.conf", configuration)));
        unbound.Error.WaitFor(line => line.Contains("start of service", StringComparison.Ordinal), RunningProgram.Patience);
    }

    /// <summary>
    /// Starts a syslog receiver on the sensor's loopback, and waits until it serves. Its output has a line for each message: its priority, program,
    /// kind, structured data and text, separated by |.
    /// </summary>
    public RunningProgram StartSyslog(out string address)
    {
        var configuration = _folder.Write("rsyslog.conf", $"""
            global(workDirectory="{_folder.Path}" maxMessageSize="8k")
            module(load="imudp")
            input(type="imudp" address="127.0.0.1" port="{SyslogPort}")
            template(name="fields" type="string" string="%pri%|%app-name%|%msgid%|%structured-data%|%msg%\n")
            action(type="omfile" file="/dev/stdout" template="fields")
            """);
        var rsyslog = Add(Sensor.Start(Server("rsyslogd"), "-n", "-f", configuration, "-i", _folder["rsyslog.pid"]));
        address = $"syslog://127.0.0.1:{SyslogPort}";

        // It does not say when its socket is open, so messages are sent until it answers.
        Sensor.Run(() =>
        {
            using var socket = new UdpClient();
            var deadline = DateTime.UtcNow + RunningProgram.Patience;
            while (!rsyslog.Output.Has(line => line.Contains("ready?", StringComparison.Ordinal), TimeSpan.FromMilliseconds(50)))
            {
                Assert.True(DateTime.UtcNow < deadline, $"rsyslogd does not answer: {rsyslog.Error.Text}");
                try
                {
                    socket.Send("<134>1 - - test - - - ready?"u8, "127.0.0.1", SyslogPort);
                }
                catch (SocketException)
                {
                    // The answer to the last message was that nobody listens yet.
                }
            }
        });
        return rsyslog;
    }

    /// <summary>Starts <c>wiredns live</c> on the resolver's machine with the shipped rule, and waits until it captures.</summary>
    public RunningProgram StartSensor(params IEnumerable<string> arguments)
    {
        var sensor = Add(Sensor.Start(Product.Executable, ["live", "-r", TestPaths.Rules, .. arguments.Contains("--suppress") ? [] : new[] { "--no-suppress" }, .. arguments]));
        sensor.Error.WaitFor(line => line == "wiredns: 1 rules run", RunningProgram.Patience);
        return sensor;
    }

    /// <summary>Starts <c>wiredns live</c> on the resolver's machine with a configuration, and waits until it captures.</summary>
    public RunningProgram StartConfigured(string file)
    {
        var sensor = Add(Sensor.Start(Product.Executable, "live", "--config", file));
        sensor.Error.WaitFor(line => line.EndsWith(" rules run", StringComparison.Ordinal), RunningProgram.Patience);
        return sensor;
    }

    /// <summary>Looks a name up from a client. Fails if there is no answer.</summary>
    public static void LookUp(
        NetworkNamespace client, string name, bool isTcp = false, string server = ResolverIpv4, QueryType type = QueryType.A) =>
        client.Run(() =>
        {
            var lookup = new LookupClient(new LookupClientOptions(IPAddress.Parse(server))
            {
                UseTcpOnly = isTcp,
                UseCache = false,
                Retries = 0,
                Timeout = RunningProgram.Patience,
            });
            var answer = lookup.Query(name, type);
            Assert.Contains(answer.Header.ResponseCode, new[] { DnsHeaderResponseCode.NoError, DnsHeaderResponseCode.NotExistentDomain });
        });

    /// <summary>Sends a frame from a client as it is.</summary>
    public static void Send(NetworkNamespace client, params IEnumerable<byte[]> frames) => client.Run(() =>
    {
        using var device = LibPcapLiveDeviceList.New().Single(device => device.Name == "eth0");
        device.Open(DeviceModes.None);
        foreach (var frame in frames)
        {
            device.SendPacket(frame);
        }
    });

    /// <summary>What the summary of a sensor that has ended says of an interface.</summary>
    public static (long Captured, long Dropped, long Unread) CountsAt(string tap, RunningProgram sensor)
    {
        var numbers = sensor.Error.Lines.Select(line => Regex.Match(line, $@"^{tap} +([\d,]+) +captured; dropped by kernel ([\d,]+), by interface [\d,]+, left unread ([\d,]+)$"))
            .Single(match => match.Success).Groups.Values.Skip(1)
            .Select(number => long.Parse(number.Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1], numbers[2]);
    }

    public void Dispose()
    {
        foreach (var part in Enumerable.Reverse(_parts))
        {
            part.Dispose();
        }

        _folder.Dispose();
    }

    private T Add<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }

    private void Connect()
    {
        Plug(FirstClient, Tap);
        Plug(SecondClient, SecondTap);
        Sensor.Ip($"address add {ResolverIpv4}/24 dev {Tap}");
        Sensor.Ip($"-6 address add {ResolverIpv6}/64 dev {Tap} nodad");
        FirstClient.Ip("address add 192.0.2.11/24 dev eth0");
        FirstClient.Ip("-6 address add 2001:db8:20::11/64 dev eth0 nodad");

        // The second client reaches the same address over the other cable.
        SecondClient.Ip("address add 192.0.2.130/32 dev eth0");
        SecondClient.Ip($"route add {ResolverIpv4}/32 dev eth0");
        Sensor.Ip($"route add 192.0.2.130/32 dev {SecondTap}");
    }

    /// <summary>Connects a client by a new cable.</summary>
    public void Plug(NetworkNamespace client, string tap)
    {
        Sensor.Ip($"link add {tap} type veth peer name eth0 netns {client.Name}");
        Sensor.Ip($"link set {tap} up");
        client.Ip("link set eth0 up");
    }

    private static string Server(string program)
    {
        var path = Path.Combine(TestPaths.Root, "artifacts", "servers", "bin", program);
        Assert.SkipUnless(File.Exists(path), $"needs {program}, which ./run.sh setup unpacks");
        return path;
    }
}
