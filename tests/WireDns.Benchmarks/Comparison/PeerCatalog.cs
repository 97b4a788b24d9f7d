using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Comparison;

/// <summary>
/// The programs that people use for the job, each given the job as its documentation says: find the lookups of the 22 domains in a capture, and print
/// them. Those that read queries and responses are told to look only at queries if they can.
/// </summary>
/// <param name="folder">Where lists and rules for them are written.</param>
internal sealed class PeerCatalog(string folder)
{
    /// <summary>The name of the plain read of the file, the baseline for the cost of reading alone.</summary>
    public const string Cat = "cat";

    /// <summary>The name of the program that greps payloads.</summary>
    public const string Ngrep = "ngrep -i";

    /// <summary>The peers in Debian 12, by the program that each needs.</summary>
    public static IReadOnlyList<string> Packages { get; } = ["ngrep", "dnscap", "tcpdump", "tshark", "hyperfine", "time", "util-linux"];

    /// <summary>The list of the 22 domains, one per line.</summary>
    public string DomainsFile => Path.Combine(folder, "domains.txt");

    /// <summary>Writes what the programs need, and says which can run here.</summary>
    /// <param name="suricataRoot">A folder that holds a system with Suricata; null if there is none.</param>
    public IReadOnlyList<Peer> Find(string? suricataRoot)
    {
        string[] domains = [.. WatchedDomains.All];
        File.WriteAllLines(DomainsFile, domains);
        var list = ShellProgram.Quote(DomainsFile);
        var any = string.Join('|', domains);
        var anyExact = any.Replace(".", "[.]", StringComparison.Ordinal);
        var dnscapPatterns = string.Join(' ', domains.Select(domain => $"-x '{domain.Replace(".", "[.]", StringComparison.Ordinal)}'"));
        var display = $"'dns.flags.response == 0 && dns.qry.name matches \"(?i)({anyExact})\"'";
        var fields = $"-Y {display} -T fields -e ip.src -e ipv6.src -e udp.srcport -e tcp.srcport -e dns.qry.name -o tcp.reassemble_out_of_order:TRUE";
        return
        [
            Installed(new Peer(Cat, "cat {file}", "cat --version", CountsHits: false)),
            Installed(new Peer(Ngrep, $"ngrep -I {{file}} -q -i -W single '{any}' 'dst port 53' | grep -a '^[UT] '", "ngrep -V 2>&1")),
            Installed(new Peer("dnscap -x", $"dnscap -r {{file}} -s i -g {dnscapPatterns} 2>&1", "dnscap -V 2>&1")),
            Installed(new Peer("tcpdump | grep -Fi", $"tcpdump -nr {{file}} 'dst port 53' 2>/dev/null | grep -Fi -f {list}", "tcpdump --version 2>&1")),
            Installed(new Peer("tshark", $"tshark -nr {{file}} {fields} 2>/dev/null", "tshark --version 2>/dev/null")),
            Installed(new Peer(
                "tcpdump | tshark", $"tcpdump -nr {{file}} -w - 'port 53' 2>/dev/null | tshark -nr - {fields} 2>/dev/null", "tshark --version 2>/dev/null")),
            new SuricataSetup(folder, suricataRoot).ToPeer(),
            Zeek(list),
        ];
    }

    // Zeek writes its log into its working folder.
    private Peer Zeek(string list)
    {
        var work = Path.Combine(folder, "zeek");
        Directory.CreateDirectory(work);
        return Installed(new Peer(
            "zeek | grep -Fi", $"cd {ShellProgram.Quote(work)} && zeek -C -r {{file}} base/protocols/dns && grep -Fi -f {list} dns.log", "zeek --version"),
            "zeek");
    }

    private static Peer Installed(Peer peer, string? program = null)
    {
        program ??= peer.Command.Split(' ')[0];
        return ShellProgram.IsInstalled(program)
            ? peer with { Version = ShellProgram.FirstLine(peer.Version) }
            : peer with { Version = "", Missing = $"{program} is not installed" };
    }
}
