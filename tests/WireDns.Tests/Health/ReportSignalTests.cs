using System.Diagnostics;
using WireDns.Tests.Running;
using WireDns.TestTraffic.Generation;

namespace WireDns.Tests.Health;

/// <summary>SIGUSR1 asks for the summary of what was read so far, and the run continues.</summary>
public sealed class ReportSignalTests
{
    private static TimeSpan Patience => Waiting.Limit;

    [Fact]
    public async Task A_run_over_a_pipe_reports_in_the_middle_and_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "SIGUSR1 is a signal of Unix");
        var stream = new MemoryStream();
        var manifest = new CaptureManifest();
        CaptureGeneration.ToStream(new DnsCapture(), new CaptureRequest(new CaptureBudget(2000, IsInPackets: true), 2, 1), stream, manifest);
        var capture = stream.ToArray();
        using var program = Start("read", "-", "-r", TestPaths.Rules);
        using var timeout = new CancellationTokenSource(Patience);

        // All but the last packet, whose end is missing. An alert shows that the run has started.
        await program.StandardInput.BaseStream.WriteAsync(capture.AsMemory(..^1), timeout.Token);
        await program.StandardInput.BaseStream.FlushAsync(timeout.Token);
        Assert.NotNull(await program.StandardOutput.ReadLineAsync(timeout.Token));
        using (var kill = Process.Start("kill", ["-USR1", $"{program.Id}"]))
        {
            await kill.WaitForExitAsync(timeout.Token);
        }

        string? line;
        do
        {
            line = await program.StandardError.ReadLineAsync(timeout.Token);
            Assert.NotNull(line);
        }
        while (!line.StartsWith("packets", StringComparison.Ordinal));

        Assert.DoesNotMatch("^packets +2,000 ", line);
        program.StandardInput.BaseStream.Write(capture.AsSpan(^1..));
        program.StandardInput.Close();
        var rest = await program.StandardError.ReadToEndAsync(timeout.Token);
        await program.WaitForExitAsync(timeout.Token);

        Assert.Equal(0, program.ExitCode);
        Assert.Matches("\npackets +2,000 +in ", rest);
    }

    [Fact]
    public async Task A_list_of_resolvers_with_faults_ends_the_run_with_each_line()
    {
        var list = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(list, "1.1.1.1\nnot an address\n\n300.1.1.1\n", TestContext.Current.CancellationToken);
            using var program = Start("decode", Path.Combine(TestPaths.Captures, "clean.pcap"), "--encrypted-dns-resolvers", list);
            program.StandardInput.Close();
            var error = await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await program.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(2, program.ExitCode);
            Assert.Equal(
                $"""
                {list}:2: an IPv4 or IPv6 address was expected, not 'not an address'
                {list}:4: an IPv4 or IPv6 address was expected, not '300.1.1.1'
                wiredns: {list}: 2 lines are not as a list of resolvers has them

                """.ReplaceLineEndings("\n"),
                error);
        }
        finally
        {
            File.Delete(list);
        }
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(Product.Executable, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
