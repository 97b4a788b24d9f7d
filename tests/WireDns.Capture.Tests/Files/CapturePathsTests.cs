namespace WireDns.Capture.Tests.Files;

/// <summary>Folders of captures.</summary>
public sealed class CapturePathsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_stands_for_its_captures_in_the_order_of_their_names_and_the_rest_is_told()
    {
        Write("b.pcap", Samples.Pcap);
        Write("a.gz", Samples.Gzip(Samples.Pcap));
        Write("C", Samples.Pcapng);
        Write("README.md", "# Captures"u8.ToArray());
        Write("notes.gz", Samples.Gzip("no capture"u8.ToArray()));
        Write("empty.pcap", []);
        Write("cut.pcap", Samples.Pcap[..20]);
        var expanded = CapturePaths.Expand([_folder]);
        Assert.Equal(["C", "a.gz", "b.pcap", "cut.pcap"], expanded.Files.Select(Path.GetFileName));
        Assert.Equal(["README.md", "empty.pcap", "notes.gz"], expanded.Skipped.Select(skipped => Path.GetFileName(skipped.Path)));
        Assert.All(expanded.Skipped, skipped => Assert.NotEmpty(skipped.Reason));
    }

    [Fact]
    public void A_file_that_is_named_is_kept_whatever_it_is_and_the_order_of_the_paths_too()
    {
        Write("x.pcap", Samples.Pcap);
        var text = Write("y.txt", "text"u8.ToArray());
        var expanded = CapturePaths.Expand([text, _folder]);
        Assert.Equal(["y.txt", "x.pcap"], expanded.Files.Select(Path.GetFileName));
    }

    [Fact]
    public void A_pipe_in_a_folder_is_not_waited_for()
    {
        Write("x.pcap", Samples.Pcap);
        Assert.SkipUnless(VethPair.TryRun("mkfifo", Path.Combine(_folder, "pipe")), "needs mkfifo");
        var expanded = CapturePaths.Expand([_folder]);
        Assert.Single(expanded.Files);
        Assert.Contains("pipe", Assert.Single(expanded.Skipped).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_in_folders_are_entered_in_the_order_of_their_names_and_each_once()
    {
        Write("b.pcap", Samples.Pcap);
        Write("a/2.pcap", Samples.Pcap);
        Write("a/deep/er/1.pcap", Samples.Pcap);
        Write("c/3.pcap", Samples.Pcap);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "c", "up"), _folder);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "d"), Path.Combine(_folder, "a"));

        var expanded = CapturePaths.Expand([_folder]);
        Assert.Equal(["a/2.pcap", "a/deep/er/1.pcap", "b.pcap", "c/3.pcap"], expanded.Files.Select(file => Path.GetRelativePath(_folder, file)));
        Assert.Empty(expanded.Skipped);

        var flat = CapturePaths.Expand([_folder], isRecursive: false);
        Assert.Equal("b.pcap", Path.GetFileName(Assert.Single(flat.Files)));
        Assert.Equal(["a", "c", "d"], flat.Skipped.Select(skipped => Path.GetFileName(skipped.Path)));
    }

    [Fact]
    public void A_pattern_chooses_files_of_folders_by_their_names()
    {
        Write("a.pcap", Samples.Pcap);
        Write("more/B.PCAP", Samples.Pcap);
        Write("more/c.trace", Samples.Pcap);
        Write("README.md", "# Captures"u8.ToArray());
        var named = Write("d.trace", Samples.Pcap);

        var expanded = CapturePaths.Expand([_folder, named], "*.pcap");
        Assert.Equal(["a.pcap", "B.PCAP", "d.trace"], expanded.Files.Select(Path.GetFileName));
        Assert.Empty(expanded.Skipped);
        Assert.Contains("*.cap", Assert.Throws<IOException>(() => CapturePaths.Expand([_folder], "*.cap")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_are_no_UTF_8_are_found_and_opened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "names are bytes under Linux");
        Write("plain.pcap", Samples.Pcap);
        Write("real\uFFFD.pcap", Samples.Pcap);
        Write("source", Samples.Pcap);

        // The shell creates these names: .NET cannot.
        var script = $"cd '{_folder}' && mkdir \"$(printf 'd\\344')\" && mv source \"$(printf 'd\\344/x\\377y.pcap')\" && mkfifo \"$(printf 'p\\344')\"";
        File.WriteAllText(Path.Combine(_folder, "README"), "text");
        using (var shell = System.Diagnostics.Process.Start("sh", ["-c", script]))
        {
            shell.WaitForExit();
            Assert.Equal(0, shell.ExitCode);
        }

        var expanded = CapturePaths.Expand([_folder]);
        Assert.Equal(
            ["d\udce4/x\udcffy.pcap", "plain.pcap", "real\uFFFD.pcap"], expanded.Files.Select(file => file[(_folder.Length + 1)..]).Order(StringComparer.Ordinal));
        Assert.All(expanded.Files, file => Assert.Equal(Samples.Packets, ReadOutcome.Of(file).Packets.Count));
        Assert.Equal(2, expanded.Skipped.Count);
        NativePath.OpenRead(expanded.Files[0]).Dispose();
        Assert.Throws<FileNotFoundException>(() => NativePath.OpenRead(Path.Combine(_folder, "no\udcff")));
        Assert.Equal(0, System.Diagnostics.Process.Start("rm", ["-rf", _folder]) is { } remove && remove.WaitForExit(Waiting.Limit) ? remove.ExitCode : -1);
        Directory.CreateDirectory(_folder);
    }

    [Fact]
    public void A_folder_without_captures_is_an_error()
    {
        Write("README.md", "# Nothing"u8.ToArray());
        Assert.Contains(_folder, Assert.Throws<IOException>(() => CapturePaths.Expand([_folder])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_does_not_exist_is_an_error_that_names_it()
    {
        var missing = Path.Combine(_folder, "missing");
        Assert.Contains(missing, Assert.Throws<FileNotFoundException>(() => CapturePaths.Expand([missing])).Message, StringComparison.Ordinal);
        Assert.Contains(missing, Assert.Throws<FileNotFoundException>(() => CaptureFileReader.Open(missing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_not_opened_as_a_file() =>
        Assert.Contains("folder", Assert.Throws<IOException>(() => CaptureFileReader.Open(_folder)).Message, StringComparison.Ordinal);

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }
}
