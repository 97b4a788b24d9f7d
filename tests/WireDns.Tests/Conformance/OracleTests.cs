using System.Text.Json;

namespace WireDns.Tests.Conformance;

/// <summary>Public captures: no message that an independent decoder (tshark) sees is missing, and none is invented.</summary>
public sealed class OracleTests
{
    // Where we think that the other decoder is wrong, and by how much we differ.
    private static readonly Dictionary<string, (int Missing, int Extra, string Argument)> Argued = new()
    {
        ["compactor-nsd-live.raw.pcap"] = (3, 3,
            "names of more than 255 octets, which RFC 1035 §2.3.4 makes no names and every resolver refuses; malformed, without a question"),
        ["zeek-dns-invalid-names.pcap"] = (1, 0,
            "a compression pointer that loops, in the only question: there is no name to show; counted as malformed"),
        ["dnscap-dnso1tcp-bighole.pcap"] = (0, 35,
            "queries after a hole in their stream, whose length prefix and body are in two segments; their answers are there"),
    };

    public static TheoryData<string> Captures => SharedCapture.Names;

    [Theory]
    [MemberData(nameof(Captures))]
    public void Sees_the_messages_that_another_decoder_sees_and_no_other(string name)
    {
        var capture = SharedCapture.Named(name);
        var run = DecodeRun.Of(capture.Path);

        var comparison = OracleComparison.Of(capture, run);

        var (missing, extra, argument) = Argued.GetValueOrDefault(name, (0, 0, ""));
        Assert.True(comparison.Missing.Count == missing, $"missing: {Describe(comparison.Missing)} {argument}");
        Assert.True(comparison.Extra.Count == extra, $"extra: {Describe(comparison.Extra)} {argument}");
        if (capture.Features.Contains("zero-dns"))
        {
            Assert.Empty(run.Messages);
        }
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Ends_in_an_error_where_the_capture_is_broken_and_nowhere_else(string name)
    {
        var capture = SharedCapture.Named(name);

        var error = DecodeRun.Of(capture.Path).Error;

        Assert.Equal(capture.IsBroken, error is not null);
        if (error is not null)
        {
            Assert.StartsWith(capture.Path + ": packet ", error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error);
        }
    }

    [Fact]
    public void Each_query_after_the_hole_is_one_that_the_other_decoder_sees_the_answer_of()
    {
        var capture = SharedCapture.Named("dnscap-dnso1tcp-bighole.pcap");
        var answered = capture.Expected().Where(message => message.GetProperty("qr").GetInt32() == 1)
            .Select(message => (message.GetProperty("id").GetInt32(), MessageKey.Of(message).Questions)).ToHashSet();

        var comparison = OracleComparison.Of(capture, DecodeRun.Of(capture.Path));

        Assert.All(comparison.Extra, query =>
        {
            Assert.Equal(0, query.GetProperty("qr").GetInt32());
            Assert.Contains((query.GetProperty("id").GetInt32(), MessageKey.Of(query).Questions), answered);
        });
    }

    [Theory]
    [InlineData("compactor-nsd-live.raw.pcap", "name_too_long", 3)]
    [InlineData("zeek-dns-invalid-names.pcap", "pointer_chain", 1)]
    public void A_question_without_a_name_is_counted_by_its_fault(string name, string fault, int least)
    {
        var malformed = DecodeRun.Of(SharedCapture.Named(name).Path).Ledger.GetProperty("reasons").GetProperty("malformed");

        Assert.True(malformed.GetProperty(fault).GetInt32() >= least, malformed.ToString());
    }

    private static string Describe(IReadOnlyList<JsonElement> messages) =>
        string.Join(" | ", messages.Take(5).Select(message => $"{MessageKey.Of(message)} frame {message.GetProperty("frame")}"));
}
