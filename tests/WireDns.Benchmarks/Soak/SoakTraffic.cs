using System.Diagnostics;
using System.Globalization;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Soak;

/// <summary>
/// Traffic of other programs during a soak: the repository's captures, again and again, by tcpreplay; and dnsperf, which asks an unbound over a cable of its own. What is not
/// installed is said, and left out.
/// </summary>
internal sealed class SoakTraffic : IDisposable
{
    /// <summary>The interface of the resolver.</summary>
    public const string ResolverTap = "tap2";

    private const int ReplayRate = 500; // frames a second
    private const int QueryRate = 200; // queries a second

    private readonly string _client = string.Create(CultureInfo.InvariantCulture, $"soak{Environment.ProcessId}");
    private readonly string _root;
    private readonly string _folder;
    private readonly TextWriter _output;
    private readonly CancellationToken _end;
    private readonly List<Thread> _threads = [];
    private readonly List<Process> _processes = [];
    private Process? _resolver;

    /// <summary>Connects the resolver's interface to its clients.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="folder">For the resolver's files.</param>
    /// <param name="output">Told of what is left out.</param>
    /// <param name="end">Ends it.</param>
    public SoakTraffic(string root, string folder, TextWriter output, CancellationToken end)
    {
        (_root, _folder, _output, _end) = (root, folder, output, end);
        Ip($"netns add {_client}");
        Ip($"link add {ResolverTap} type veth peer name eth0 netns {_client}");
        Ip($"link set {ResolverTap} up");
        Ip("link set lo up");
        Ip($"address add 192.0.2.53/24 dev {ResolverTap}");
        Ip($"-6 address add 2001:db8:20::53/64 dev {ResolverTap} nodad");
        Ip($"-n {_client} link set eth0 up");
        Ip($"-n {_client} address add 192.0.2.11/24 dev eth0");
    }

    /// <summary>Starts what is installed.</summary>
    /// <param name="generator">Where captures are replayed.</param>
    public void Start(string generator)
    {
        Replay(generator);
        Ask();
    }

    public void Dispose()
    {
        lock (_processes)
        {
            foreach (var process in _processes.Where(process => !process.HasExited))
            {
                process.Kill(entireProcessTree: true);
            }
        }

        _threads.ForEach(thread => thread.Join());
        _resolver?.Kill();
        _resolver?.WaitForExit();
        ShellProgram.Run("ip", "netns", "del", _client);
    }

    private void Replay(string generator)
    {
        if (!ShellProgram.IsInstalled("tcpreplay"))
        {
            _output.WriteLine("without replayed captures: tcpreplay is not installed");
            return;
        }

        var captures = Path.Combine(_root, "captures");
        string[] files = [.. Directory.EnumerateFiles(captures, "*.pcap*").Concat(Directory.EnumerateFiles(Path.Combine(captures, "torture"), "*.pcap")).Order(StringComparer.Ordinal)];

        // One by one: it ends at a file that is damaged on purpose.
        KeepRunning("bash", ["-c", $"for file; do tcpreplay -q -i {generator} --pps={ReplayRate} \"$file\"; done", "replay", .. files]);
    }

    private void Ask()
    {
        var unbound = new[] { Path.Combine(_root, "artifacts", "servers", "bin", "unbound"), "/usr/sbin/unbound" }.FirstOrDefault(File.Exists);
        if (unbound is null || !ShellProgram.IsInstalled("dnsperf"))
        {
            _output.WriteLine($"without a real resolver: {(unbound is null ? "unbound" : "dnsperf")} is not installed");
            return;
        }

        var recording = Path.Combine(_root, "captures", "recording");
        File.Copy(Path.Combine(recording, "names.zone"), Path.Combine(_folder, "names.zone"));
        var configuration = Path.Combine(_folder, "unbound.conf");
        File.WriteAllText(configuration, File.ReadAllText(Path.Combine(recording, "unbound.conf"))
            .Replace("@WORK@/resolver.log", "", StringComparison.Ordinal).Replace("@WORK@", _folder, StringComparison.Ordinal));
        _resolver = Launch(unbound, ["-d", "-c", configuration]);
        var queries = Path.Combine(_folder, "queries");
        File.WriteAllLines(queries, Enumerable.Range(0, 5000).Select(number => string.Create(
            CultureInfo.InvariantCulture, $"host-{number}.{(number % 3 == 0 ? "example.org" : "example.com")} {(number % 4 == 0 ? "AAAA" : "A")}")));
        KeepRunning("ip", ["netns", "exec", _client, "dnsperf", "-s", "192.0.2.53", "-d", queries, "-Q", $"{QueryRate}", "-c", "20", "-l", "60"]);
    }

    // An interface that goes ends them.
    private void KeepRunning(string program, string[] arguments)
    {
        var thread = new Thread(() =>
        {
            while (!_end.IsCancellationRequested)
            {
                using var process = Launch(program, arguments);
                lock (_processes)
                {
                    _processes.Add(process);
                }

                process.WaitForExit();
                lock (_processes)
                {
                    _processes.Remove(process);
                }

                _end.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
            }
        });
        _threads.Add(thread);
        thread.Start();
    }

    private static Process Launch(string program, IReadOnlyList<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, [.. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static void Ip(string arguments)
    {
        var (status, text) = ShellProgram.Run("ip", arguments.Split(' '));
        if (status != 0)
        {
            throw new IOException($"ip {arguments}: {text.Trim()}");
        }
    }
}
