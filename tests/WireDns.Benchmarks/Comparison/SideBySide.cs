namespace WireDns.Benchmarks.Comparison;

/// <summary>
/// Runs programs on one capture side by side: in rounds in which each has a turn, so that the machine's drift affects all of them. The first round
/// warms caches up and counts what each finds; a program that is slow in it is not run again.
/// </summary>
/// <param name="hyperfine">The stopwatch.</param>
/// <param name="options">How often, and how slow is slow.</param>
/// <param name="outputFolder">Where the programs' outputs are kept.</param>
/// <param name="progress">Told about each step.</param>
internal sealed class SideBySide(Hyperfine hyperfine, BenchOptions options, string outputFolder, TextWriter progress)
{
    /// <summary>Measures; the results are in the order of the programs.</summary>
    public IReadOnlyList<PeerResult> Run(IReadOnlyList<Peer> peers, BenchCapture capture, HitCounter counter)
    {
        Directory.CreateDirectory(outputFolder);
        Warm(capture.Path);
        if (options.SuricataRoot is { } root)
        {
            SuricataSetup.Offer(root, capture.Path);
        }

        try
        {
            return Measure(peers, capture, counter);
        }
        finally
        {
            if (options.SuricataRoot is { } again)
            {
                SuricataSetup.Withdraw(again);
            }
        }
    }

    private List<PeerResult> Measure(IReadOnlyList<Peer> peers, BenchCapture capture, HitCounter counter)
    {
        var runs = new List<TimedRun>[peers.Count];
        var hits = new HitCount?[peers.Count];
        for (var place = 0; place < peers.Count; place++)
        {
            runs[place] = [];
            if (peers[place].Missing is null)
            {
                var first = Run(peers[place], capture, "first round");
                hits[place] = Count(peers[place], capture, counter);
                runs[place].Add(first);
            }
        }

        for (var round = 0; round < options.Runs; round++)
        {
            for (var place = 0; place < peers.Count; place++)
            {
                if (runs[place].Count > 0 && runs[place][0].Seconds < options.SlowSeconds)
                {
                    runs[place].Add(Run(peers[place], capture, $"round {round + 1} of {options.Runs}"));
                }
            }
        }

        // The first run was for warming up, unless it was the only one.
        return [.. peers.Select((peer, place) => new PeerResult(
            peer, capture, runs[place].Count > 1 ? runs[place][1..] : runs[place], hits[place]))];
    }

    private TimedRun Run(Peer peer, BenchCapture capture, string step)
    {
        var run = hyperfine.Run(peer.CommandFor(capture.Path), peer.CountsHits ? OutputOf(peer, capture) : null, peer.IsPinned);
        progress.WriteLine($"{capture.Name}: {peer.Name}, {step}: {run.Seconds:0.000} s");
        return run;
    }

    private HitCount? Count(Peer peer, BenchCapture capture, HitCounter counter)
    {
        if (!peer.CountsHits)
        {
            return null;
        }

        using var output = File.OpenText(OutputOf(peer, capture));
        return counter.Count(output);
    }

    private string OutputOf(Peer peer, BenchCapture capture) => Path.Combine(
        outputFolder, $"{capture.Name}-{string.Concat(peer.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'))}.txt");

    private static void Warm(string path)
    {
        using var file = File.OpenRead(path);
        file.CopyTo(Stream.Null, 1 << 20);
    }
}
