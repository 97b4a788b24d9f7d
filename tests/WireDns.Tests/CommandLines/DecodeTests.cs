using System.Text.Json;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>What <c>decode</c> writes besides the messages themselves.</summary>
public sealed class DecodeTests
{
    [Fact]
    public void Every_line_names_its_file()
    {
        var run = Product.Run("decode", SampleCaptures.Tagged, SampleCaptures.Beacon);

        var files = run.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("file").GetString()).ToList();
        Assert.Equal([SampleCaptures.Tagged, SampleCaptures.Beacon], files.Distinct());
    }

    [Fact]
    public void A_message_writes_no_more_than_its_limit_and_counts_the_rest()
    {
        // Ten thousand questions of 255 octets each, by pointers to one name: 64 KiB that would write 10 MB. Names of a message expand to at most 1 MiB.
        const int Questions = 10_000;
        byte[] name = [.. Enumerable.Range(0, 3).SelectMany(_ => (byte[])[63, .. Enumerable.Repeat((byte)1, 63)]), 61, .. new byte[61], 0];
        byte[] message =
        [
            0, 1, 1, 0, (Questions + 1) >> 8, (Questions + 1) & 0xff, 0, 0, 0, 0, 0, 0, .. name, 0, 1, 0, 1,
            .. Enumerable.Repeat(new byte[] { 0xc0, 12, 0, 1, 0, 1 }, Questions).SelectMany(question => question),
        ];
        using var folder = new TemporaryFolder();
        var capture = folder.Write("hostile.pcap", new LookupCapture().Query(0, message).Bytes);

        var whole = Product.Run("decode", capture, "--message-limit", "65536");
        var cut = Product.Run("decode", capture, "--message-limit", "64");

        var read = JsonDocument.Parse(Assert.Single(whole.Output.Lines)).RootElement.GetProperty("questions").GetArrayLength();
        Assert.InRange(read, 4000, Questions);
        var line = Assert.Single(cut.Output.Lines);
        Assert.InRange(line.Length, 64 * 1024, 80 * 1024);
        var shown = JsonDocument.Parse(line).RootElement;
        Assert.Equal(read, shown.GetProperty("questions").GetArrayLength() + shown.GetProperty("questions_left_out").GetInt32());
        Assert.Equal(0, shown.GetProperty("records_left_out").GetInt32());
        Assert.Equal(["wiredns: 1 messages had more than --message-limit shows: their lines count what was left out"], cut.Error.Lines);
        Assert.Empty(whole.Error.Lines);
    }
}
