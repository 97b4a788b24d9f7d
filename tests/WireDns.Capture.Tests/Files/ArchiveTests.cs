using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using WireDns.Capture.Files;

namespace WireDns.Capture.Tests.Files;

/// <summary>Captures in archives, as <see cref="CaptureInput"/> reads them; System.Formats.Tar writes those that are right.</summary>
public sealed class ArchiveTests
{
    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Ustar)]
    public void Members_of_a_tar_archive_are_captures_by_themselves(TarEntryFormat format)
    {
        var name = "a folder/" + new string('n', 80) + "/" + (format == TarEntryFormat.Ustar ? "ü" : new string('m', 150)) + ".pcap";
        var tar = Tar(format, ("first.pcap", Capture(1)), ("README", "text"u8.ToArray()), (name, Gzip(Capture(2))), ("empty", []));
        foreach (var bytes in new[] { tar, Gzip(tar) })
        {
            var read = Read(bytes);

            Assert.Equal([("x:first.pcap", 1), ($"x:{name}", 2)], read.Captures);
            Assert.Equal(2, read.Input.SkippedCount);
            Assert.Equal(["x:README", "x:empty"], read.Input.Skipped.Select(member => member.Path));
            Assert.Empty(read.Faults);
        }
    }

    [Fact]
    public void Members_of_a_zip_archive_are_captures_by_themselves()
    {
        var read = Read(Zip(("a/", []), ("a/first.pcap", Capture(1)), ("README", "text"u8.ToArray()), ("second.pcap.gz", Gzip(Capture(2)))));

        Assert.Equal([("x:a/first.pcap", 1), ("x:second.pcap.gz", 2)], read.Captures);
        Assert.Equal(["x:README"], read.Input.Skipped.Select(member => member.Path));
        Assert.True(read.Input.IsArchive);
        Assert.Empty(read.Faults);
    }

    [Fact]
    public void An_archive_in_an_archive_is_skipped_with_a_reason()
    {
        var inner = Zip(("a.pcap", Capture(1)));
        var read = Read(Tar(TarEntryFormat.Pax, ("inner.zip", inner), ("inner.tar", Tar(TarEntryFormat.Ustar, ("a", Capture(1)))), ("b.pcap", Capture(3))));

        Assert.Equal([("x:b.pcap", 3)], read.Captures);
        Assert.Contains("a zip archive", read.Input.Skipped[0].Reason, StringComparison.Ordinal);
        Assert.Contains("a tar archive", read.Input.Skipped[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_and_devices_are_skipped_and_never_followed()
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "/etc/passwd" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "hard") { LinkName = "../../x" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Fifo, "pipe"));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "folder"));
        }

        var read = Read(stream.ToArray());

        Assert.Empty(read.Captures);
        Assert.Equal(["a link", "a link", "no regular file"], read.Input.Skipped.Select(member => member.Reason));
        Assert.Equal(3, read.Input.SkippedCount);
    }

    [Fact]
    public void A_damaged_member_is_reported_and_the_next_one_is_read()
    {
        var cut = Capture(2).AsSpan()[..^5].ToArray();
        foreach (var bytes in new[] { Tar(TarEntryFormat.Pax, ("cut.pcap", cut), ("b.pcap", Capture(3))), Zip(("cut.pcap", cut), ("b.pcap", Capture(3))) })
        {
            var read = Read(bytes);

            Assert.Equal([("x:cut.pcap", 1), ("x:b.pcap", 3)], read.Captures);
            Assert.StartsWith("x:cut.pcap: packet 2 at byte ", Assert.Single(read.Faults), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_cut_and_every_changed_octet_of_an_archive_ends_in_captures_or_a_fault_in_our_words()
    {
        foreach (var whole in new[] { Tar(TarEntryFormat.Pax, ("a.pcap", Capture(2)), (new string('n', 120), Capture(1))), Zip(("a.pcap", Capture(2)), ("b", Capture(1))) })
        {
            for (var place = 1; place < whole.Length; place += place < 1100 ? 7 : 101)
            {
                AssertHarmless(whole[..place]);
                var changed = (byte[])whole.Clone();
                changed[place] ^= 0xff;
                AssertHarmless(changed);
            }
        }

        static void AssertHarmless(byte[] bytes)
        {
            try
            {
                Assert.All(Read(bytes).Faults, fault => Assert.StartsWith("x", fault, StringComparison.Ordinal));
            }
            catch (CaptureFormatException exception)
            {
                Assert.StartsWith("x: ", exception.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_header_that_claims_a_name_of_gigabytes_takes_no_memory()
    {
        var tar = Tar(TarEntryFormat.Ustar, ("a", Capture(1)));
        tar[156] = (byte)'x';
        "17777777777\0"u8.CopyTo(tar.AsSpan(124));
        SetChecksum(tar);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = Read(tar);

        Assert.Equal("x: a name in the archive is longer than 32 KiB", Assert.Single(read.Faults));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, "it allocated what the header claims");
    }

    [Fact]
    public void Overlapping_members_as_in_a_zip_bomb_are_refused()
    {
        // Two entries of the directory lead to one member, so that it counts twice.
        var zip = Zip(("a", Enumerable.Range(0, 2000).Select(number => (byte)(number * number * 31 >> 3)).ToArray()));
        var directory = zip.AsSpan().LastIndexOf("PK\x01\x02"u8);
        var end = zip.AsSpan().LastIndexOf("PK\x05\x06"u8);
        byte[] bomb = [.. zip[..end], .. zip[directory..end], .. zip[directory..end], .. zip[end..]];
        var tail = bomb.AsSpan(bomb.Length - 22);
        tail[8] = tail[10] = 3;
        BitConverter.GetBytes(3 * (end - directory)).CopyTo(tail[12..]);

        var error = Assert.Throws<CaptureFormatException>(() => Read(bomb));

        Assert.Equal("x: the members of the archive overlap, as in a zip bomb", error.Message);
    }

    [Fact]
    public void A_directory_of_millions_is_refused_before_it_is_read()
    {
        var zip = Zip(("a.pcap", Capture(1)));
        BitConverter.GetBytes(100_000_000).CopyTo(zip.AsSpan(zip.Length - 22 + 12));

        Assert.Equal("x: the archive has more than 200,000 members; unpack it first", Assert.Throws<CaptureFormatException>(() => Read(zip)).Message);
    }

    [Fact]
    public void A_member_can_be_opened_by_its_name()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "day.tar");
            File.WriteAllBytes(path, Tar(TarEntryFormat.Pax, ("a.pcap", Capture(1)), ("b:c.pcap", Capture(4))));
            using (var reader = CaptureInput.OpenCapture(path + ":b:c.pcap"))
            {
                Assert.True(reader.TryReadBatch(out var batch));
                Assert.Equal(4, batch.Count);
            }

            Assert.Equal(
                $"{path}:d.pcap: the archive has no capture of this name",
                Assert.Throws<CaptureFormatException>(() => CaptureInput.OpenCapture(path + ":d.pcap")).Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (List<(string Name, int Packets)> Captures, List<string> Faults, CaptureInput Input) Read(byte[] bytes)
    {
        using var input = CaptureInput.Open(new MemoryStream(bytes), "x");
        var (captures, faults) = (new List<(string, int)>(), new List<string>());
        for (var isEnded = false; !isEnded;)
        {
            var packets = 0;
            string? name = null;
            try
            {
                using var reader = input.TryNext();
                isEnded = reader is null;
                name = reader?.Name;
                while (reader is not null && reader.TryReadBatch(out var batch))
                {
                    packets += batch.Count;
                }
            }
            catch (CaptureFormatException exception)
            {
                faults.Add(exception.Message);
            }

            if (name is not null)
            {
                captures.Add((name, packets));
            }
        }

        return (captures, faults, input);
    }

    private static byte[] Capture(int packets)
    {
        var builder = new PcapBuilder();
        for (var number = 0; number < packets; number++)
        {
            builder.Record(1_750_000_000, (uint)number, new byte[60]);
        }

        return builder.ToArray();
    }

    private static byte[] Tar(TarEntryFormat format, params (string Name, byte[] Content)[] members)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, format, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    _ => new PaxTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(content);
                writer.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] members)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in members)
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

    private static void SetChecksum(byte[] header)
    {
        "        "u8.CopyTo(header.AsSpan(148));
        Encoding.ASCII.GetBytes(Convert.ToString(header.Take(512).Sum(octet => octet), 8).PadLeft(6, '0') + "\0 ").CopyTo(header.AsSpan(148));
    }
}
