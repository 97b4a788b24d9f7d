using WireDns.Reading;

namespace WireDns.Tests.Choosing;

/// <summary>How far a run is, in words.</summary>
public sealed class ProgressTests
{
    [Fact]
    public void A_line_says_how_much_was_read_and_how_long_the_rest_takes() => Assert.Equal(
        "25 % of 4.0 GB, 2500k packets, 250k/s, file 3/17, 41 alerts, 30s left",
        ReadingProgress.Line(new Progress(10, 1_000_000_000, 4_000_000_000, 2_500_000, 2, 17, 41)));

    [Fact]
    public void A_pipe_has_no_whole_and_no_end() => Assert.Equal(
        "1.5 MB, 2500 packets, 1250/s, file 1/1, 0 alerts", ReadingProgress.Line(new Progress(2, 1_500_000, null, 2500, 0, 1, 0)));

    // The line of an alert must cover it, on the same terminal.
    [Fact]
    public void The_longest_line_is_shorter_than_the_narrowest_terminal() => Assert.InRange(
        ReadingProgress.Line(new Progress(100_000, 123_456_789_012, 999_999_999_999, 9_999_999_999, 99_999, 100_000, 9_999_999)).Length, 60, 79);

    [Theory]
    [InlineData(false, false, "\"seconds_left\":30,\"end\":false,\"partial\":false")]
    [InlineData(true, true, "\"seconds_left\":0,\"end\":true,\"partial\":true")]
    public void A_line_for_programs_has_every_number(bool isEnd, bool isPartial, string end) => Assert.Equal(
        "{\"progress\":{\"seconds\":10,\"bytes\":1000,\"total_bytes\":4000,\"packets\":50,\"packets_per_second\":5,\"files\":2,\"total_files\":17,\"alerts\":41," + end + "}}",
        ReadingProgress.Json(new Progress(10, 1000, 4000, 50, 2, 17, 41), isEnd, isPartial));
}
