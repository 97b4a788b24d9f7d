using System.IO.Compression;
using System.Text;
using WireDns.Alerts.Transports;
using ZstdSharp;

namespace WireDns.Alerts.Tests;

public sealed class FileTransportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-file-").FullName;

    private string FilePath => Path.Combine(_folder, "alerts.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Appends_lines_that_the_owner_alone_may_read()
    {
        using (var transport = FileTransport.Open(FilePath))
        {
            Assert.Equal(SendFailure.None, transport.SendOne("one"u8));
        }

        using (var transport = FileTransport.Open(FilePath))
        {
            Assert.Equal(SendFailure.None, transport.SendOne("two"u8));
        }

        Assert.Equal("one\ntwo\n", File.ReadAllText(FilePath));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }
    }

    [Fact]
    public void Ends_a_line_that_an_earlier_process_left_torn()
    {
        File.WriteAllText(FilePath, "whole\nto");
        using (var transport = FileTransport.Open(FilePath))
        {
            transport.SendOne("next"u8);
        }

        Assert.Equal("whole\nto\nnext\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Opens_no_link_no_folder_and_no_file_of_another_process()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links and locks are Unix's here");
        File.CreateSymbolicLink(FilePath, Path.Combine(_folder, "elsewhere"));
        Assert.EndsWith("it is a link", Assert.Throws<IOException>(() => FileTransport.Open(FilePath)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "elsewhere")));
        Assert.EndsWith("it is a folder", Assert.Throws<IOException>(() => FileTransport.Open(_folder)).Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "its folder does not exist", Assert.Throws<IOException>(() => FileTransport.Open(Path.Combine(_folder, "no", "file"))).Message, StringComparison.Ordinal);

        File.Delete(FilePath);
        using var first = FileTransport.Open(FilePath);
        Assert.EndsWith("it belongs to another process", Assert.Throws<IOException>(() => FileTransport.Open(FilePath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FileCompression.None, "")]
    [InlineData(FileCompression.Gzip, ".gz")]
    [InlineData(FileCompression.Zstd, ".zst")]
    public void Puts_full_files_aside_keeps_the_newest_and_loses_no_line(FileCompression compression, string ending)
    {
        File.WriteAllText(Path.Combine(_folder, "alerts-of-mine.json"), "not ours");
        using (var transport = FileTransport.Open(FilePath, new AlertFileOptions { MaximumSize = 100, Kept = 3, Compression = compression }))
        {
            for (var number = 0; number < 100; number++)
            {
                Assert.Equal(SendFailure.None, transport.SendOne(Encoding.ASCII.GetBytes($"line {number:000}")));
            }
        }

        var aside = Directory.GetFiles(_folder, "alerts-2*").Order(ByCounter).ToArray();
        Assert.Equal(3, aside.Length);
        Assert.All(aside, file => Assert.Matches(@"^alerts-[0-9]{8}T[0-9]{6}Z-[0-9]+\.json" + ending.Replace(".", @"\.", StringComparison.Ordinal) + "$", Path.GetFileName(file)));
        var lines = aside.Append(FilePath).SelectMany(Lines).ToArray();
        Assert.Equal(Enumerable.Range(100 - lines.Length, lines.Length).Select(number => $"line {number:000}"), lines); // the newest, without a gap
        Assert.InRange(lines.Length, 3 * 12, 4 * 12);
        Assert.True(File.Exists(Path.Combine(_folder, "alerts-of-mine.json")));
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in aside)
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public void Puts_the_file_aside_when_asked_and_when_it_is_old()
    {
        var time = new SettableTime();
        var transport = FileTransport.Open(FilePath, new AlertFileOptions { MaximumAge = TimeSpan.FromHours(1) }, time);
        transport.SendOne("one"u8);
        transport.Rotate();
        transport.SendOne("two"u8);
        time.Now += TimeSpan.FromHours(1);
        transport.SendOne("three"u8);
        transport.Dispose();
        Assert.Equal("three\n", File.ReadAllText(FilePath));
        Assert.Equal(["one\n", "two\n"], Directory.GetFiles(_folder, "alerts-*").Order(ByCounter).Select(File.ReadAllText));
    }

    [Theory]
    [InlineData("moved", false)]
    [InlineData("moved, and an empty file in its place", true)]
    public void Opens_a_file_anew_that_another_program_has_moved(string description, bool isThereAnother)
    {
        using (var transport = FileTransport.Open(FilePath))
        {
            transport.SendOne("one"u8);
            File.Move(FilePath, FilePath + ".1");
            if (isThereAnother)
            {
                File.WriteAllText(FilePath, "");
            }

            transport.Rotate();
            Assert.True(transport.SendOne("two"u8) == SendFailure.None, description);
        }

        Assert.Equal(["one\n", "two\n"], [File.ReadAllText(FilePath + ".1"), File.ReadAllText(FilePath)]);
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    private static readonly Comparer<string> ByCounter = Comparer<string>.Create((left, right) => Counter(left).CompareTo(Counter(right)));

    private static int Counter(string file) => int.Parse(Path.GetFileName(file).Split('-')[2].Split('.')[0], null);

    private static IEnumerable<string> Lines(string file)
    {
        using var input = File.Open(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using Stream text = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(input, CompressionMode.Decompress)
            : file.EndsWith(".zst", StringComparison.Ordinal) ? new DecompressionStream(input)
            : input;
        using var reader = new StreamReader(text);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed class SettableTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
