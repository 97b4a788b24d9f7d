using System.Text.Json;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Alerts as rows for a person and for a spreadsheet, and the file they go into.</summary>
public sealed class RowFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_has_a_row_for_each_alert_and_all_fit_the_width()
    {
        var run = Product.Run("read", SampleCaptures.Beacon, "-r", TestPaths.Rules, "-f", "table", "-q");

        Assert.Equal(SampleCaptures.BeaconAlerts + 1, run.Output.Lines.Count);
        Assert.StartsWith("TIME", run.Output.Lines[0], StringComparison.Ordinal);
        Assert.All(run.Output.Lines, line => Assert.InRange(line.Length, 60, 120));
        Assert.All(run.Output.Lines.Skip(1), line => Assert.Matches("  HIGH .*beacon.pcapng#[0-9]+$", line));
    }

    [Fact]
    public void A_new_file_gets_the_rows_and_standard_output_nothing()
    {
        var path = _folder["alerts.csv"];
        var run = Product.Run("read", SampleCaptures.Beacon, "-r", TestPaths.Rules, "-f", "csv", "-O", path, "-q");

        Assert.Equal(0, run.ExitStatus);
        Assert.Empty(run.Output.Bytes);
        var lines = File.ReadAllLines(path);
        Assert.StartsWith("kind,time,level,rule,", lines[0], StringComparison.Ordinal);
        Assert.Equal(SampleCaptures.BeaconAlerts + 1, lines.Length);
    }

    [Fact]
    public void A_file_that_has_something_in_it_is_never_written_over()
    {
        var path = _folder.Write("capture.pcap", File.ReadAllBytes(SampleCaptures.Tagged));
        var run = Product.Run("read", SampleCaptures.Beacon, "-r", TestPaths.Rules, "-O", path);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal([$"wiredns: -O {path}: is there already, and not empty; choose another name. (-o file:{path} appends to a file)"], run.Error.Lines);
        Assert.Equal(File.ReadAllBytes(SampleCaptures.Tagged), File.ReadAllBytes(path));
    }

    [Fact]
    public void Rows_go_to_no_receiver_that_has_no_place_for_the_names_of_columns()
    {
        var run = Product.Run("read", SampleCaptures.Beacon, "-r", TestPaths.Rules, "-o", "syslog://127.0.0.1:514,format=csv");

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("format=csv: rows need a file or stdout", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_as_JSON_ends_with_what_was_read()
    {
        var run = Product.Run("read", SampleCaptures.Beacon, SampleCaptures.Tagged, "-r", TestPaths.Rules, "--progress", "json", "-q");
        using var last = JsonDocument.Parse(run.Error.Lines[^1]);
        var progress = last.RootElement.GetProperty("progress");
        var octets = new FileInfo(SampleCaptures.Beacon).Length + new FileInfo(SampleCaptures.Tagged).Length;

        Assert.Equal(octets, progress.GetProperty("bytes").GetInt64());
        Assert.Equal(octets, progress.GetProperty("total_bytes").GetInt64());
        Assert.Equal(654 + 68, progress.GetProperty("packets").GetInt64());
        Assert.Equal((2, 2), (progress.GetProperty("files").GetInt32(), progress.GetProperty("total_files").GetInt32()));
        Assert.Equal(SampleCaptures.BeaconAlerts + SampleCaptures.TaggedAlerts, progress.GetProperty("alerts").GetInt32());
        Assert.Equal((true, false), (progress.GetProperty("end").GetBoolean(), progress.GetProperty("partial").GetBoolean()));
    }

    [Fact]
    public void A_signal_gives_what_was_found_so_far_and_marks_it_as_partial()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs signals, which Windows does not have");
        var path = _folder["alerts.txt"];
        using var program = Product.Start("read", SampleCaptures.Tagged, "-", "-r", TestPaths.Rules, "--order", "time", "-O", path, "--progress", "json");
        program.Input.Write(File.ReadAllBytes(SampleCaptures.Beacon));
        program.Input.Flush();
        program.Error.WaitFor(line => line.Contains($"\"packets\":{654 + 68},", StringComparison.Ordinal), RunningProgram.Patience);
        program.Signal(RunningProgram.Interrupt);

        Assert.Equal(1, program.WaitForEndByItself());
        Assert.Contains("PARTIAL RESULT: interrupted; 1 of 2 files were read to their end", program.Error.Lines);
        Assert.Contains(program.Error.Lines, line => line.Contains("\"end\":true,\"partial\":true", StringComparison.Ordinal));
        Assert.Equal(SampleCaptures.BeaconAlerts + SampleCaptures.TaggedAlerts, File.ReadAllLines(path).Length);
    }

    [Fact]
    public void No_progress_is_shown_where_stderr_is_no_terminal()
    {
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", TestPaths.Rules);

        Assert.DoesNotContain((byte)'\r', run.Error.Bytes);
    }
}
