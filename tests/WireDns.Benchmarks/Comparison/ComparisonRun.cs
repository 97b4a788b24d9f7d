using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Comparison;

/// <summary><c>compare</c>: WireDns and every program that is here, on both captures.</summary>
internal sealed class ComparisonRun(BenchOptions options, TextWriter progress)
{
    /// <summary>Measures; the results are grouped by capture, and within each in the order of the programs, WireDns first.</summary>
    public IReadOnlyList<IReadOnlyList<PeerResult>> Run()
    {
        var hyperfine = new Hyperfine(options.Folder, options.Core);
        var sideBySide = new SideBySide(hyperfine, options, Path.Combine(options.Folder, "outputs"), progress);
        var captures = new BenchCaptures(options.Folder, options.Packets, progress);
        var counter = new HitCounter([.. WatchedDomains.All]);
        var peers = Peers();
        return [.. new[] { captures.Dns(), captures.Span() }.Select(capture => sideBySide.Run(peers, capture, counter))];
    }

    /// <summary>The program <c>wiredns</c> as it is measured: with its summary, and one line for each alert.</summary>
    public static Peer Product(Peer product, string rules) => product with
    {
        Command = $"{ShellProgram.Quote(product.Command)} read {{file}} -r {ShellProgram.Quote(rules)}",
        Version = ShellProgram.FirstLine($"{ShellProgram.Quote(product.Command)} --version"),
    };

    private List<Peer> Peers()
    {
        var catalog = new PeerCatalog(options.Folder);
        return
        [
            .. options.Products.Select(product => Product(product, options.Rules)),
            .. catalog.Find(options.SuricataRoot).Where(peer => options.Only.Count == 0 || options.Only.Contains(peer.Name)),
            .. options.Peers.Select(peer => new Peer(
                peer.Name, peer.Command.Replace("{domains}", ShellProgram.Quote(catalog.DomainsFile), StringComparison.Ordinal), "")),
        ];
    }
}
