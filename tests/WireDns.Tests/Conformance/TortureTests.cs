using System.Text.Json;

namespace WireDns.Tests.Conformance;

/// <summary>The torture captures, each with what a right decoder must see: messages, order, frame, time, faults, records, counters.</summary>
public sealed class TortureTests
{
    // Expectations that we hold to be wrong.
    private static readonly Dictionary<string, string> Disputed = new()
    {
        ["file_z_zst_truncated"] = "The cut falls between two frames: what is left is a whole frame with its checksum "
            + "(RFC 8878 §3.1.1; zstd -t finds no fault) that holds a pcap header and no packet. Nothing in it is damaged.",
        ["file_v23_swapped"] = "The file says Ethernet, but its record starts with an IPv4 header and holds a TCP segment, "
            + "not the query that is expected. The lengths are read in the order that libpcap reads them in; the record "
            + "has exactly as many bytes, so there is no damage to tell of.",
    };

    private static string Folder => Path.Combine(TestPaths.Captures, "torture");

    public static TheoryData<string> Captures =>
        [.. File.ReadLines(Path.Combine(Folder, "index.tsv")).Skip(1).Select(line => line.Split('\t')[0])];

    [Fact]
    public void There_are_592_captures() => Assert.Equal(592, Captures.Count);

    [Theory]
    [MemberData(nameof(Captures))]
    public void Sees_what_the_capture_is_said_to_hold(string name)
    {
        using var expectation = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name + ".expect.json")));
        var run = DecodeRun.Of(Path.Combine(Folder, expectation.RootElement.GetProperty("file").GetString()!));

        var faults = TortureJudge.Judge(expectation.RootElement, run);

        // One that is disputed must still fail, or the dispute is over.
        Assert.True(faults.Count > 0 == Disputed.ContainsKey(name), string.Join(Environment.NewLine, faults));
    }

    [Fact]
    public void The_disputed_file_of_version_2_3_holds_an_ip_packet_that_is_no_query()
    {
        var record = File.ReadAllBytes(Path.Combine(Folder, "file_v23_swapped.pcap")).AsSpan(24);

        Assert.Equal("74000000", Convert.ToHexStringLower(record[8..12]));
        Assert.Equal(0x4c, record.Length - 16);
        Assert.Equal("4500004c", Convert.ToHexStringLower(record[16..20]));
        Assert.Equal(6, record[16 + 9]);
    }
}
