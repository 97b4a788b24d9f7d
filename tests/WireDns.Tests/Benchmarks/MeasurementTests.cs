using WireDns.Benchmarks.Comparison;

namespace WireDns.Tests.Benchmarks;

/// <summary>What is computed from measurements.</summary>
public sealed class MeasurementTests
{
    private static readonly BenchCapture Capture = new("dns", "dns.pcap", 150);

    [Theory]
    [InlineData(2, new double[] { 3, 1, 2 })]
    [InlineData(2.5, new double[] { 4, 3, 1, 2 })]
    [InlineData(7, new double[] { 7 })]
    public void The_median_is_the_middle(double expected, double[] values) => Assert.Equal(expected, Median.Of(values));

    [Fact]
    public void There_is_no_median_of_nothing() => Assert.Throws<ArgumentException>(() => Median.Of([]));

    [Fact]
    public void A_ratio_compares_the_runs_of_one_round() =>
        Assert.Equal(2, Median.Ratio(Runs(2, 20, 200), Runs(1, 10, 100)));

    [Fact]
    public void One_run_is_compared_with_the_median() => Assert.Equal(8, Median.Ratio(Runs(16), Runs(1, 2, 30)));

    [Fact]
    public void Reads_the_run_out_of_hyperfines_report()
    {
        const string Report = """
            {"results": [{"command": "x", "mean": 0.5, "stddev": null, "median": 0.5, "user": 0.25, "system": 0.125, "min": 0.5, "max": 0.5,
            "times": [0.5], "exit_codes": [1]}]}
            """;
        Assert.Equal(new TimedRun(0.5, 0.25, 0.125, 2048), HyperfineReport.Read(Report, "Command exited with non-zero status 1\n2048\n"));
        Assert.Null(HyperfineReport.Read(Report, null).PeakKibibytes);
    }

    [Theory]
    [InlineData("""{"results": [{"user": 1, "system": 1, "times": [1, 2]}]}""", "1", Label = "two runs")]
    [InlineData("""{"results": [{"user": 1, "system": 1, "times": [1]}, {"user": 1, "system": 1, "times": [1]}]}""", "1", Label = "two commands")]
    [InlineData("""{"results": [{"user": 1, "system": 1}]}""", "1", Label = "no times")]
    [InlineData("hyperfine: error", "1", Label = "no JSON")]
    [InlineData("""{"results": [{"user": 1, "system": 1, "times": [1]}]}""", "Command terminated by signal 9\n", Label = "no peak")]
    public void Refuses_a_report_with(string report, string peak)
    {
        Assert.Throws<InvalidDataException>(() => HyperfineReport.Read(report, peak));
    }

    [Fact]
    public void The_table_has_time_ratio_memory_and_what_was_found()
    {
        var product = new PeerResult(new Peer("wiredns", "", ""), Capture, Runs(0.25, 0.5, 0.75), new HitCount(150, 0));
        var slow = new PeerResult(new Peer("tcpdump | grep", "", ""), Capture, Runs(20), new HitCount(149, 3));
        var absent = new PeerResult(new Peer("zeek", "", "", Missing: "not installed"), Capture, [], null);
        var cat = new PeerResult(new Peer("cat", "", "", CountsHits: false), Capture, Runs(0.05, 0.05, 0.05), null);
        Assert.Equal(
            """
            | | dns: seconds | processor | ratio | MiB | found of 150 |
            |---|---|---|---|---|---|
            | wiredns | 0.500 | 0.375 | 1.00 × | 10 | 150 |
            | tcpdump \| grep | 20.0 (one run) | 15.0 | 40.0 × | 10 | 149, and 3 others |
            | zeek | not run | | | | |
            | cat | 0.050 | 0.038 | 0.100 × | 10 | |

            """,
            ComparisonTable.Write([[product, slow, absent, cat]]));
        Assert.True(product.IsRight);
        Assert.False(slow.IsRight);
        Assert.False(cat.IsRight);
    }

    [Theory]
    [InlineData("/a/b-1.pcap", "/a/b-1.pcap")]
    [InlineData("a b", "'a b'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("", "''")]
    public void A_word_for_the_shell_stays_one_word(string word, string expected) => Assert.Equal(expected, ShellProgram.Quote(word));

    [Fact]
    public void Options_say_what_is_wrong_with_them()
    {
        Assert.True(BenchOptions.TryRead(
            ["--wiredns", "native=a=b", "--wiredns", "managed=/x/wiredns", "--peer", "C=/x/c -f {domains} {file}", "--core", "none", "--quick"],
            out var options,
            out _));
        Assert.Equal([("native", "a=b"), ("managed", "/x/wiredns")], options.Products.Select(product => (product.Name, product.Command)));
        Assert.Equal([("C", "/x/c -f {domains} {file}")], options.Peers);
        Assert.Equal((null, 300_000L, 3), (options.Core, options.Packets, options.Runs));
        foreach (var wrong in (string[][])[[], ["--runs", "0"], ["--wiredns", "x"], ["--peer", "x="], ["--core", "4096"], ["--what", "1"], ["--runs"]])
        {
            Assert.False(BenchOptions.TryRead(wrong, out _, out var fault));
            Assert.NotEmpty(fault);
        }
    }

    private static TimedRun[] Runs(params double[] seconds) => [.. seconds.Select(value => new TimedRun(value, value / 2, value / 4, 10_240))];
}
