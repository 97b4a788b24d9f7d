using System.Globalization;
using System.Text;
using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Comparison;

/// <summary>
/// Suricata made as quick as it can be for this job: one thread, no parser but DNS, no output but one line for each alert, and 22 rules on the
/// query's name. It runs from the PATH, or in a folder that holds a newer system (debootstrap), since Debian 12 has none.
/// </summary>
internal sealed class SuricataSetup(string folder, string? root)
{
    /// <summary>Its name in tables.</summary>
    public const string Name = "suricata, DNS alone";
    private const string InnerFolder = "/var/tmp/wiredns-bench";

    /// <summary>Writes configuration and rules.</summary>
    public Peer ToPeer()
    {
        if (root is null && !ShellProgram.IsInstalled("suricata"))
        {
            return new Peer(Name, "", "", Missing: "not on the PATH, and no --suricata-chroot");
        }

        var outer = root is null ? Path.Combine(folder, "suricata") : root + InnerFolder;
        var inner = root is null ? outer : InnerFolder;
        var enter = root is null ? "" : $"chroot {ShellProgram.Quote(root)} ";
        Directory.CreateDirectory(outer);
        var (status, protocols) = ShellProgram.Run("bash", "-c", $"{enter}suricata --list-app-layer-protos");
        if (status != 0)
        {
            return new Peer(Name, "", "", Missing: $"it does not start: {protocols.Trim()}");
        }

        File.WriteAllText(Path.Combine(outer, "suricata.yaml"), Configuration(protocols));
        File.WriteAllText(Path.Combine(outer, "domains.rules"), Rules());
        var log = ShellProgram.Quote(Path.Combine(outer, "fast.log"));
        // What it reads must be inside its own root: a second link to the file, or a copy if that is not possible.
        var file = root is null ? "{file}" : ShellProgram.Quote($"{inner}/capture.pcap");
        return new Peer(
            Name,
            $"rm -f {log}; {enter}suricata -c {ShellProgram.Quote(inner + "/suricata.yaml")} -S {ShellProgram.Quote(inner + "/domains.rules")}"
            + $" -l {ShellProgram.Quote(inner)} --runmode single -k none -r {file} >/dev/null 2>&1; cat {log}",
            ShellProgram.FirstLine($"{enter}suricata -V"));
    }

    /// <summary>How it captures from an interface, with a number of threads to which the kernel deals packets by flow; null where it is not installed.</summary>
    public (string Command, IReadOnlyList<string> Arguments)? ToLive(string interfaceName, int threads)
    {
        if (ToPeer().Missing is not null)
        {
            return null;
        }

        var (outer, inner) = root is null ? (Path.Combine(folder, "suricata"), Path.GetFullPath(Path.Combine(folder, "suricata"))) : (root + InnerFolder, InnerFolder);
        var offline = File.ReadAllText(Path.Combine(outer, "suricata.yaml"));
        File.WriteAllText(Path.Combine(outer, "live.yaml"), offline.Replace("default-log-level: error", "default-log-level: info\n  outputs: [console: {enabled: yes}]", StringComparison.Ordinal) + $$"""

            af-packet:
              - {interface: {{interfaceName}}, threads: {{threads}}, cluster-id: 77, cluster-type: cluster_flow, defrag: no, use-mmap: yes, tpacket-v3: yes, ring-size: 200000, bpf-filter: port 53}

            """);
        IReadOnlyList<string> arguments =
            ["-c", inner + "/live.yaml", "-S", inner + "/domains.rules", "-l", inner, "--runmode", "workers", "-k", "none", "--af-packet=" + interfaceName];
        return root is null ? ("suricata", arguments) : ("chroot", [root, "suricata", .. arguments]);
    }

    /// <summary>Puts a capture where it can be read from, before the clock runs.</summary>
    public static void Offer(string root, string capture)
    {
        var target = Path.Combine(root + InnerFolder, "capture.pcap");
        File.Delete(target);
        var source = new FileInfo(capture).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? capture;
        if (ShellProgram.Run("ln", source, target).Status != 0)
        {
            File.Copy(source, target);
        }
    }

    /// <summary>Takes it away.</summary>
    public static void Withdraw(string root) => File.Delete(Path.Combine(root + InnerFolder, "capture.pcap"));

    private static string Configuration(string protocols)
    {
        var text = new StringBuilder("""
            %YAML 1.1
            ---
            vars: {address-groups: {HOME_NET: any, EXTERNAL_NET: any}}
            stats: {enabled: no}
            outputs:
              - fast: {enabled: yes, filename: fast.log, append: no}
            logging:
              default-log-level: error
            flow: {memcap: 512mb, hash-size: 262144, prealloc: 100000}
            stream: {memcap: 512mb, checksum-validation: no, reassembly: {memcap: 512mb}}
            app-layer:
              protocols:
                dns:
                  tcp: {enabled: yes, detection-ports: {dp: 53}}
                  udp: {enabled: yes, detection-ports: {dp: 53}}

            """);
        // After the list's heading.
        foreach (var line in protocols.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line != "dns" && line.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '_'))
            {
                text.Append(CultureInfo.InvariantCulture, $"    {line}: {{enabled: no}}\n");
            }
        }

        return text.ToString();
    }

    private static string Rules()
    {
        var text = new StringBuilder();
        var number = 1_000_000;
        foreach (var domain in WatchedDomains.All)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"alert dns any any -> any any (msg:\"{domain}\"; dns.query; content:\"{domain}\"; nocase; sid:{++number};)\n");
        }

        return text.ToString();
    }
}
