using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.Reading;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Detection;
using WireDns.Tests.Running;
using WireDns.TestTraffic.Generation;

namespace WireDns.Tests.Speed;

/// <summary><c>read --jobs</c>: the number of threads changes nothing visible.</summary>
public sealed class JobsTests
{
    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    [InlineData("16")]
    public void Many_files_give_the_same_alerts_in_the_same_order_and_the_same_ledger(string jobs)
    {
        string[] files = [.. Directory.GetFiles(TestPaths.Captures, "*.pcap*").Order(StringComparer.Ordinal), Path.Combine(TestPaths.Captures, "torture")];
        var one = Product.Run(["read", .. files, "-r", TestPaths.AllRules, "--format", "ecs", "-j", "1"]);
        var many = Product.Run(["read", .. files, "-r", TestPaths.AllRules, "--format", "ecs", "-j", jobs]);

        Assert.NotEmpty(one.Output.Lines);
        Assert.Equal(one.Output.Text, many.Output.Text);
        Assert.Equal(one.ExitStatus, many.ExitStatus);
        Assert.Equal(Settled(one.Error.Lines), Settled(many.Error.Lines));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("8")]
    public void One_large_file_gives_the_same_alerts_and_ledger_with_several_threads(string jobs)
    {
        using var folder = new TemporaryFolder();
        var capture = new LookupCapture();
        for (var i = 0; i < 12_000; i++)
        {
            var name = i % 997 == 0 ? $"h{i}.msstorageazure.com" : $"host-{i % 4000}.example.org";
            capture.Query(i * 0.05, DnsBytes.Query(name, (ushort)i));
        }

        var path = folder.Write("large.pcap", capture.Bytes);
        var one = Product.Run("read", path, "-r", TestPaths.AllRules, "--format", "ecs", "-j", "1");
        var several = Product.Run("read", path, "-r", TestPaths.AllRules, "--format", "ecs", "-j", jobs);

        Assert.Equal(13, one.Output.Lines.Count(line => line.Contains("bd03a0dc-5d93-49eb-b2e8-2dfd268600f8", StringComparison.Ordinal)));
        Assert.Equal(one.Output.Text, several.Output.Text);
        Assert.Equal(Settled(one.Error.Lines), Settled(several.Error.Lines));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_gets_more_threads_only_where_there_is_enough_to_look_at(bool isMirroredLink)
    {
        using var folder = new TemporaryFolder();
        ICaptureKind kind = isMirroredLink ? new SpanCapture() : new DnsCapture();
        CaptureGeneration.ToFile(kind, new CaptureRequest(new CaptureBudget(100_000, IsInPackets: true), PlantedCount: 0, Seed: 1), folder["file.pcap"]);
        var worker = new Worker(LoadedRules.Load([Path.Combine(TestPaths.Root, TestPaths.Rules)]), _ => true);
        var threads = new HashSet<int>();
        var isShared = 0;
        var isUnlooked = 0;
        for (var round = 0; round < 20 && threads.Count < 2; round++)
        {
            using var reader = CaptureFileReader.Open(folder["file.pcap"]);
            new BatchCrew(worker, 2).Read(
                reader,
                batch =>
                {
                    isShared += batch.IsWorthSharing ? 1 : 0;
                    isUnlooked += batch.IsLooked ? 0 : 1;
                    threads.Add(Environment.CurrentManagedThreadId);
                },
                TestContext.Current.CancellationToken);
        }

        Assert.Equal(isMirroredLink ? 1 : 2, threads.Count);
        Assert.Equal(!isMirroredLink, isShared > 0);

        // One thread alone looks at few batches, and leaves the others to one step for all.
        Assert.Equal(isMirroredLink, isUnlooked > 0);
    }

    [Fact]
    public void A_mirrored_link_gives_the_same_alerts_and_ledger_with_several_threads()
    {
        using var folder = new TemporaryFolder();
        var path = folder["file.pcap"];
        CaptureGeneration.ToFile(new SpanCapture(), new CaptureRequest(new CaptureBudget(60_000, IsInPackets: true), PlantedCount: 40, Seed: 1), path);
        var one = Product.Run("read", path, "-r", TestPaths.AllRules, "--format", "ecs", "-j", "1");
        var several = Product.Run("read", path, "-r", TestPaths.AllRules, "--format", "ecs", "-j", "2");

        Assert.InRange(one.Output.Lines.Count, 40, int.MaxValue);
        Assert.Equal(one.Output.Text, several.Output.Text);
        Assert.Equal(Settled(one.Error.Lines), Settled(several.Error.Lines));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("257")]
    public void Other_numbers_are_refused(string jobs)
    {
        var run = Product.Run("read", SampleCaptures.Beacon, "-r", TestPaths.Rules, "--jobs", jobs);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("--jobs takes 1 to 256", run.Error.Text, StringComparison.Ordinal);
    }

    // The first line of the summary has the time that it took.
    private static IEnumerable<string> Settled(IEnumerable<string> lines) =>
        lines.Where(line => !line.Contains(" a second", StringComparison.Ordinal));
}
