using WireDns.Parquet.Loading;
using WireDns.Parquet.Records;
using WireDns.Tests.Running;

namespace WireDns.Tests.Logging;

/// <summary>A DNS log that is made of the records of a topic: its files, and what is left of a run that did not end.</summary>
public sealed class TopicLogTests : IDisposable
{
    private const long Day = 86_400;

    private static readonly LookupRecordFormat One = new() { Sensor = "one" };
    private static readonly LookupRecordFormat Other = new() { Sensor = "other" };

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _said = [];

    private string Log => _folder["log"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_have_topic_partition_and_offsets_and_the_next_run_goes_on_after_them()
    {
        using (var log = Open())
        {
            Assert.Null(log.Next(3));
            Take(log, 3, 100, Record(One, "a.example"));
            Take(log, 3, 101, Record(Other, "b.example", Day));
            Take(log, 3, 102, Record(One, "c.example"));
            Take(log, 1, 7, Record(One, "d.example"));
            Assert.Empty(Names());
            log.Close();
            Assert.Equal(4, log.Counters.Rows);
            Assert.Equal(3, log.Counters.Files);
        }

        Assert.Equal(
            [
                "dt=2025-06-15/sensor=one/20250615T150640Z-my-topic-00001-0000000000000000007-0000000000000000007-0001.parquet",
                "dt=2025-06-15/sensor=one/20250615T150640Z-my-topic-00003-0000000000000000100-0000000000000000102-0001.parquet",
                "dt=2025-06-16/sensor=other/20250616T150640Z-my-topic-00003-0000000000000000100-0000000000000000102-0002.parquet",
            ],
            Names());
        using var next = Open();
        Assert.Equal((8, null, 103), (next.Next(1), next.Next(2), next.Next(3)));
        Assert.Equal(["a.example", "b.example", "c.example", "d.example"], Rows());
        Assert.Empty(_said);

        // Another topic is none of this one's.
        using var another = TopicLog.Open(new TopicLogOptions { Folder = Log, Topic = "my" }, _said.Add);
        Assert.Null(another.Next(3));
    }

    [Fact]
    public void A_run_that_was_killed_before_all_files_of_a_batch_were_whole_leaves_nothing()
    {
        using (var log = Open())
        {
            Take(log, 0, 0, Record(One, "a.example"));
            log.Close();
            Take(log, 0, 1, Record(One, "b.example"));
            Take(log, 0, 2, Record(Other, "c.example"));
        }

        Assert.Equal(2, Hidden().Length);
        using var next = Open();
        Assert.Equal(1, next.Next(0));
        Assert.Empty(Hidden());
        Assert.Equal(["a.example"], Rows());
        Assert.Contains("2 of its files were not whole, and their records are read again", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_was_killed_between_two_renames_is_brought_to_its_end()
    {
        using (var log = Open())
        {
            Take(log, 0, 5, Record(One, "a.example"));
            Take(log, 0, 6, Record(Other, "b.example"));
            Take(log, 0, 7, Record(Other, "c.example", Day));

            // A folder takes the last name, so that the batch ends half-way.
            var taken = Path.Combine(Log, "dt=2025-06-16", "sensor=other", "20250616T150640Z-my-topic-00000-0000000000000000005-0000000000000000007-0003.parquet");
            Directory.CreateDirectory(taken);
            Assert.ThrowsAny<IOException>(log.Close);
            Assert.ThrowsAny<IOException>(() => log.Take(0, 8, Record(One, "d.example"), out _));
            Directory.Delete(taken);
        }

        Assert.Single(Hidden());
        using var next = Open();
        Assert.Equal(8, next.Next(0));
        Assert.Empty(Hidden());
        Assert.Equal(["a.example", "b.example", "c.example"], Rows());
        Assert.Contains("1 got their names", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_said_and_begins_another_batch()
    {
        using var log = Open();
        Take(log, 0, 0, Record(One, "a.example"));
        Take(log, 0, 10, Record(One, "b.example"));
        log.Close();
        Assert.Equal(9, log.Counters.Missing);
        Assert.Equal(["partition 0: offsets 1 to 9 are missing: the topic does not keep records long enough, or they were deleted"], _said);
        Assert.Equal(2, Names().Length);
        Assert.Equal(11, log.Next(0));
    }

    [Fact]
    public void Bad_records_are_counted_and_passed()
    {
        using var log = Open();
        Assert.Equal(RecordKind.Bad, log.Take(0, 0, "no json"u8.ToArray(), out var reason));
        Assert.Equal("it is no JSON object", reason);
        log.Close();
        Assert.Empty(Names());
        Take(log, 0, 1, Record(One, "a.example"));
        Assert.Equal(RecordKind.Bad, log.Take(0, 2, "{}"u8.ToArray(), out _));
        log.Close();
        Assert.Equal((2, 1, 3), (log.Counters.Bad, log.Counters.Rows, log.Next(0)));
        Assert.EndsWith("-0000000000000000001-0000000000000000002-0001.parquet", Assert.Single(Names()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_topic_that_was_made_anew_is_noticed()
    {
        using var log = Open();
        Take(log, 0, 40, Record(One, "a.example"));
        log.Close();
        Assert.Equal(RecordKind.LoadedBefore, log.Take(0, 0, Record(One, "b.example"), out _));
        Assert.Equal(41, log.Next(0));
    }

    [Fact]
    public void Files_are_closed_by_their_rows_and_early_for_want_of_room()
    {
        using var log = TopicLog.Open(new TopicLogOptions { Folder = Log, Topic = "my-topic", RowsPerFile = 10, RowsPerGroup = 4, MostOctets = 4000, MostFiles = 3 }, _said.Add);
        for (var offset = 0; offset < 60; offset++)
        {
            Take(log, 0, offset, Record(One, $"n{offset}.example"));
        }

        Assert.Equal((5, 0), (log.Counters.Files, log.Counters.Early));
        for (var offset = 60; offset < 100; offset++)
        {
            Take(log, 0, offset, Record(new LookupRecordFormat { Sensor = $"s{offset}" }, $"n{offset}.example"));
        }

        Assert.True(log.Counters.Early >= 10, $"{log.Counters.Early}");
        var early = log.Counters.Early;
        Take(log, 0, 100, Record(One, $"{new string('a', 60)}.{new string('b', 60)}.{new string('c', 60)}.n.example"));
        log.Close();
        Assert.Equal(early, log.Counters.Early);
        Assert.Equal(101, Rows().Distinct().Count());
    }

    [Fact]
    public void A_full_disk_holds_the_records_up_and_loses_nothing()
    {
        using var disk = TestDisk.Mount(300);
        using var log = TopicLog.Open(new TopicLogOptions { Folder = disk.Folder, Topic = "my-topic", RowsPerFile = 300, RowsPerGroup = 50 }, _said.Add);
        var (failures, offset) = (0, 0);
        while (offset < 3000)
        {
            try
            {
                Take(log, offset % 2, offset / 2, Record(One, $"{Guid.NewGuid():N}.n{offset}.example", offset % 3 * Day));
                offset++;
                if (offset % 100 == 0)
                {
                    log.Close();
                }
            }
            catch (IOException)
            {
                failures++;
                Assert.True(failures < 1000, "the disk was made larger");
                if (failures % 3 == 0)
                {
                    disk.Remount($"size={300 + (failures * 20)}k");
                }
            }
        }

        disk.Remount("size=64m");
        log.Close();
        Assert.True(failures > 3, $"{failures} failures");
        Assert.Equal(3000, Rows(disk.Folder).Distinct().Count());
        Assert.Equal(3000, Rows(disk.Folder).Count);
    }

    [Fact]
    public void One_run_at_a_time_loads_a_topic_into_a_folder()
    {
        using var log = Open();
        Assert.Equal($"parquet:{Log}: another run loads this topic into it", Assert.ThrowsAny<IOException>(Open).Message);
    }

    private TopicLog Open() => TopicLog.Open(new TopicLogOptions { Folder = Log, Topic = "my-topic" }, _said.Add);

    private static void Take(TopicLog log, int partition, long offset, byte[] record)
    {
        Assert.Equal(RecordKind.Row, log.Take(partition, offset, record, out var reason));
        Assert.Null(reason);
    }

    private byte[] Record(LookupRecordFormat format, string name, double seconds = 0) =>
        LoggedLookups.Written(format, Assert.Single(LoggedLookups.Of(_folder.Write("one.pcap", new LookupCapture().Wait(seconds).Query(7, name).Bytes))));

    private string[] Names() => [.. LoggedLookups.FilesOf(Log).Select(path => Path.GetRelativePath(Log, path))];

    private string[] Hidden() => Directory.GetFiles(Log, ".*.open", SearchOption.AllDirectories);

    private List<string> Rows() => Rows(Log);

    private static List<string> Rows(string folder) => [.. LoggedLookups.NamesIn(folder).Order(StringComparer.Ordinal)];
}
