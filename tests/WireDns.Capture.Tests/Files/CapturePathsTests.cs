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
        Directory.CreateDirectory(Path.Combine(_folder, "more"));

        var expanded = CapturePaths.Expand([_folder]);
        Assert.Equal(["C", "a.gz", "b.pcap", "cut.pcap"], expanded.Files.Select(Path.GetFileName));
        Assert.Equal(["README.md", "empty.pcap", "more", "notes.gz"], expanded.Skipped.Select(skipped => Path.GetFileName(skipped.Path)));
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
        Assert.Single(CapturePaths.Expand([_folder]).Files);
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
        File.WriteAllBytes(path, content);
        return path;
    }
}
