using System.Formats.Tar;
using System.IO.Compression;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Archives of captures on the command line.</summary>
public sealed class ArchiveInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public void The_captures_in_archives_are_read_where_they_are_and_what_is_none_is_counted(string jobs)
    {
        _folder.Write("a.tar", Tar());
        _folder.Write("b.tar.gz", Gzip(Tar()));
        _folder.Write("c.zip", Zip());
        var run = Product.Run("read", _folder.Path, "-r", TestPaths.Rules, "--jobs", jobs);

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(
            [$"{_folder["a.tar"]}:day/tagged.pcap", $"{_folder["b.tar.gz"]}:day/tagged.pcap", $"{_folder["c.zip"]}:day/tagged.pcap"],
            run.Output.Lines.Select(line => line[line.IndexOf(_folder.Path, StringComparison.Ordinal)..line.LastIndexOf('#')]).Distinct());
        Assert.Equal(3 * SampleCaptures.TaggedAlerts, run.Output.Lines.Count);
        Assert.Contains(run.Error.Lines, line => line.StartsWith($"wiredns: skipped 1 member that holds no capture: {_folder["c.zip"]}:README (", StringComparison.Ordinal));
        Assert.Contains(run.Error.Lines, line => line.StartsWith("members of archives skipped", StringComparison.Ordinal) && line.Contains(" 3 ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tar_archive_is_read_from_standard_input()
    {
        var run = Product.RunWithInput(Gzip(Tar()), "read", "-", "-r", TestPaths.Rules, "-q");

        Assert.Equal(SampleCaptures.TaggedAlerts, run.Output.Lines.Count);
        Assert.EndsWith(" standard input:day/tagged.pcap#7", run.Output.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_takes_the_place_of_an_alert_in_an_archive()
    {
        var path = _folder.Write("a.tar", Tar());
        var run = Product.Run("inspect", $"{path}:day/tagged.pcap#9");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal($"Packet 9 of {path}:day/tagged.pcap", run.Output.Lines[0]);
    }

    [Fact]
    public void Archives_cannot_be_merged_and_have_no_end_to_count_from()
    {
        var path = _folder.Write("a.tar", Tar());
        var merged = Product.Run("read", "--merge", path, SampleCaptures.Tagged, "-r", TestPaths.Rules);
        var fromEnd = Product.Run("read", path, "-r", TestPaths.Rules, "--since", "-1h");

        Assert.Equal(1, merged.ExitStatus);
        Assert.Contains(merged.Error.Lines, line => line.Contains("a.tar: not a capture file that is read: a tar archive; unpack it first", StringComparison.Ordinal));
        Assert.Empty(fromEnd.Output.Lines);
        Assert.Contains(fromEnd.Error.Lines, line => line.StartsWith("  of captures whose end is not known", StringComparison.Ordinal));
    }

    [Fact]
    public void The_name_of_a_member_can_do_no_harm()
    {
        const string Hostile = "\u001b[2J\nwiredns: forged\u202e.pcap";
        var run = Product.Run("read", _folder.Write("a.tar", Tar(Hostile)), "-r", TestPaths.Rules);

        Assert.Equal(SampleCaptures.TaggedAlerts, run.Output.Lines.Count);
        Assert.All(run.Output.Bytes.Concat(run.Error.Bytes), octet => Assert.True(octet is (byte)'\n' or >= 0x20 and not 0x7f));
        Assert.DoesNotContain('\u202e', run.Output.Text);
    }

    private static byte[] Tar(string name = "day/tagged.pcap")
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "day/"));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(File.ReadAllBytes(SampleCaptures.Tagged)) });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "README") { DataStream = new MemoryStream("no capture"u8.ToArray()) });
        }

        return stream.ToArray();
    }

    private static byte[] Zip()
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in new[] { ("README", "no capture"u8.ToArray()), ("day/tagged.pcap", File.ReadAllBytes(SampleCaptures.Tagged)) })
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }
}
