using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Input that cannot be read: one line on stderr that says what and why, exit status 1, and the rest is read.</summary>
public sealed class InputFailureTests
{
    [Theory]
    [InlineData("read")]
    [InlineData("decode")]
    public void A_file_that_does_not_exist(string command)
    {
        using var folder = new TemporaryFolder();
        var run = Run(command, folder["no such.pcap"]);

        AssertFailure(run, $"wiredns: {folder["no such.pcap"]}: no such file or folder");
    }

    [Theory]
    [InlineData("read")]
    [InlineData("decode")]
    public void A_file_without_permission(string command)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux, to take rights away");
        using var folder = new TemporaryFolder();
        var path = folder.Write("secret.pcap", File.ReadAllBytes(SampleCaptures.Tagged));
        KeepToAnother(path);
        var run = Product.RunUnprivileged(Arguments(command, path));

        AssertFailure(run, $"wiredns: {path}: permission denied");
    }

    [Fact]
    public void A_folder_without_permission()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux, to take rights away");
        using var folder = new TemporaryFolder();
        var path = Directory.CreateDirectory(folder["secret"]).FullName;
        KeepToAnother(path);
        var run = Product.RunUnprivileged(Arguments("read", path));

        // So that it can be deleted.
        Assert.Equal(0, RunningProgram.Run("chmod", "u+rwx", path));
        AssertFailure(run, $"wiredns: {path}: permission denied");
    }

    [Theory]
    [InlineData("read")]
    [InlineData("decode")]
    public void A_folder_without_captures(string command)
    {
        using var folder = new TemporaryFolder();
        var run = Run(command, folder.Path);

        AssertFailure(run, $"wiredns: {folder.Path}: there is no capture in this folder");
    }

    [Fact]
    public void A_folder_with_other_files_alone_says_what_each_is()
    {
        using var folder = new TemporaryFolder();
        folder.Write("notes.txt", "no capture");
        var run = Run("read", folder.Path);

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal($"wiredns: {folder.Path}: there is no capture in this folder", run.Error.Lines[^1]);
        Assert.Empty(run.Output.Lines);
    }

    [Theory]
    [InlineData("hello, world\n", "begins with 68656c6c, which is neither pcap nor pcapng", Label = "text")]
    [InlineData("", "it is empty", Label = "nothing")]
    [InlineData("GMBU", "a Network Monitor capture, which is not read; editcap converts it to pcapng", Label = "a capture of another kind")]
    public void A_file_that_is_no_capture(string content, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.pcap", content);
        var run = Run("read", path);

        AssertFailure(run, $"wiredns: {path}: not a capture file");
        Assert.EndsWith(reason, run.Error.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_that_is_no_archive()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.zip", "PK\u0003\u0004");

        AssertFailure(Run("read", path), $"wiredns: {path}: the archive ends early");
    }

    [Fact]
    public void A_pcapng_file_that_is_cut_short_gives_the_alerts_before_the_cut()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(SampleCaptures.Beacon);
        var path = folder.Write("cut.pcapng", bytes.AsSpan(0, bytes.Length / 2));
        var whole = Run("read", SampleCaptures.Beacon).Output.Lines;
        var run = Run("read", path);

        AssertOneLine(run, $"wiredns: {path}: packet ");
        Assert.InRange(run.Output.Lines.Count, 10, whole.Count - 10);
        Assert.Equal(
            whole.Take(run.Output.Lines.Count).Select(line => line.Replace(SampleCaptures.Beacon, path, StringComparison.Ordinal)),
            run.Output.Lines);
    }

    [Fact]
    public void A_pcap_file_that_is_cut_short_gives_the_alerts_before_the_cut_and_says_where_it_is()
    {
        using var folder = new TemporaryFolder();
        var path = SampleCaptures.WriteCut(folder, "cut.pcap", SampleCaptures.Tagged);
        var run = Run("read", path);

        AssertOneLine(run, $"wiredns: {path}: packet 68 at byte ");
        Assert.Equal(SampleCaptures.TaggedAlerts, run.Output.Lines.Count);
    }

    [Fact]
    public void What_cannot_be_read_does_not_keep_the_rest_from_being_read()
    {
        using var folder = new TemporaryFolder();
        var cut = SampleCaptures.WriteCut(folder, "cut.pcap", SampleCaptures.Tagged);
        var run = Run("read", folder["absent.pcap"], cut, folder.Write("text.pcap", "text"), SampleCaptures.Beacon);

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal(3, run.Error.Lines.Count);
        Assert.Contains("absent.pcap: no such file", run.Error.Lines[0], StringComparison.Ordinal);
        Assert.Contains("cut.pcap: packet 68", run.Error.Lines[1], StringComparison.Ordinal);
        Assert.Contains("text.pcap: not a capture", run.Error.Lines[2], StringComparison.Ordinal);
        Assert.Equal(SampleCaptures.TaggedAlerts + SampleCaptures.BeaconAlerts, run.Output.Lines.Count);
    }

    [Fact]
    public void Standard_input_that_is_no_capture()
    {
        var run = Product.RunWithInput("no capture"u8, Arguments("read", "-"));

        AssertFailure(run, "wiredns: standard input: not a capture file");
    }

    private static ProgramResult Run(string command, params string[] paths) => Product.Run(Arguments(command, paths));

    private static IEnumerable<string> Arguments(string command, params string[] paths) =>
        command == "read" ? ["read", .. paths, "-r", TestPaths.Rules, "-q"] : [command, .. paths];

    private static void AssertFailure(ProgramResult run, string start)
    {
        AssertOneLine(run, start);
        Assert.Empty(run.Output.Lines);
    }

    private static void AssertOneLine(ProgramResult run, string start)
    {
        Assert.StartsWith(start, Assert.Single(run.Error.Lines), StringComparison.Ordinal);
        Assert.Equal(1, run.ExitStatus);
    }

    // Root without its special rights is an ordinary user, and may read its own files: so the file is given to somebody else.
    private static void KeepToAnother(string path)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Assert.Equal(0, RunningProgram.Run("chown", "65534", path));
            Assert.Equal(0, RunningProgram.Run("chmod", "go-rwx", path));
        }
        else
        {
            Assert.Equal(0, RunningProgram.Run("chmod", "a-rwx", path));
        }
    }
}
