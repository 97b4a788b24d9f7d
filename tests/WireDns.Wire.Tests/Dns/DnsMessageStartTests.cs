using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

public sealed class DnsMessageStartTests
{
    private const string Question = "03777777 076578616d706c65 03636f6d 00 0001 0001";

    [Theory]
    [InlineData("1234 0100 0001 0000 0000 0000" + Question, 0, Label = "query")]
    [InlineData("1234 0120 0001 0000 0000 0001" + Question + "00 0029 04d0 00000000 0000", 0, Label = "query with EDNS")]
    [InlineData("1234 8180 0001 0001 0000 0000" + Question + "c00c 0001 0001 0000003c 0004 cb007107", 0, Label = "response")]
    [InlineData("1234 8183 0001 0000 0001 0000" + Question, 40, Label = "response NXDOMAIN")]
    [InlineData("1234 0000 0001 0000 0001 0000" + Question, 60, Label = "IXFR query with a SOA")]
    [InlineData("1234 8400 0000 0064 0000 0000", 4000, Label = "second message of an AXFR, without question")]
    [InlineData("1234 8400 0001 0320 0000 0000" + Question, 65502, Label = "the largest message")]
    [InlineData("1234 2400 0001 0001 0000 0000" + Question, 40, Label = "NOTIFY")]
    [InlineData("1234 2800 0001 0001 0002 0000" + Question, 60, Label = "UPDATE")]
    [InlineData("1234 3000 0000 0000 0000 0000 0001 0008 00003a98 00003a98", 0, Label = "DSO keepalive")]
    [InlineData("1234 8001 0000 0000 0000 0000", 0, Label = "error without a question")]
    public void Takes_messages_at_every_length_of_what_is_there(string hex, int missing)
    {
        var message = Hex(hex);
        for (var length = message.Length + missing > 4096 ? 4 : 0; length <= message.Length; length++)
        {
            Assert.True(DnsMessageStart.IsPlausible(message.AsSpan(0, length), message.Length + missing), $"{length} octets");
        }

        byte[] more = [.. message, .. new byte[missing], 0xff, 0xff, 0xff];
        Assert.True(missing > 0 || DnsMessageStart.IsPlausible(more, message.Length), "with octets after it");
    }

    [Theory]
    [InlineData("1234 0100 0001 0000 0000 00", 11, Label = "shorter than a header")]
    [InlineData("", 0, Label = "no length to speak of")]
    [InlineData("", 5000, Label = "no octet, and a length that few messages have")]
    [InlineData("1234 0140 0001 0000 0000 0000", 33, Label = "Z set")]
    [InlineData("1234 3800 0001 0000 0000 0000", 33, Label = "opcode 7")]
    [InlineData("1234 0103 0001 0000 0000 0000", 33, Label = "a query with a response code")]
    [InlineData("1234 0180 0001 0000 0000 0000", 33, Label = "a query that says recursion is available")]
    [InlineData("1234 0100 0002 0000 0000 0000", 33, Label = "two questions")]
    [InlineData("1234 0100 0200", 33, Label = "512 questions, cut within the counts")]
    [InlineData("1234 0100 0001 0001 0000 0000", 60, Label = "a query with answers")]
    [InlineData("1234 0100 0000 0000 0000 0000", 33, Label = "a query without a question")]
    [InlineData("1234 8180 0000 0000 0000 0000", 33, Label = "an empty response")]
    [InlineData("1234 8180 0001 0003 0000 0000", 49, Label = "more records than the length could hold")]
    [InlineData("1234 3000 0001 0000 0000 0000", 33, Label = "DSO with a question")]
    [InlineData("1234 0100 0001 0000 0000 0000 c00c 0001 0001", 18, Label = "a compressed question")]
    [InlineData("1234 0100 0001 0000 0000 0000 40 0001 0001", 17, Label = "a label of type 01")]
    [InlineData("1234 0100 0001 0000 0000 0000 00 0001 0102", 17, Label = "a class that no one uses")]
    [InlineData("1234 0100 0001 0000 0000 0000" + Question, 32, Label = "a question that the length cuts")]
    [InlineData("474554202f20485454502f312e310d0a", 60, Label = "text")]
    [InlineData("160301020001000001fc0303", 300, Label = "TLS")]
    public void Refuses_what_is_no_start(string hex, int messageLength)
    {
        Assert.False(DnsMessageStart.IsPlausible(Hex(hex), messageLength));
    }

    [Fact]
    public void Random_octets_seldom_pass()
    {
        var random = new Random(20240502);
        var octets = new byte[64];
        var passed = 0;
        for (var i = 0; i < 200_000; i++)
        {
            random.NextBytes(octets);
            passed += DnsMessageStart.IsPlausible(octets, random.Next(ushort.MaxValue + 1)) ? 1 : 0;
        }

        Assert.Equal(0, passed);
    }

    [Fact]
    public void Few_places_within_a_message_pass_for_a_start()
    {
        // The tail of a response is full of zeros and small numbers: the worst start for a stream that is picked up in the middle.
        var message = Hex(
            "0031 1234 8180 0001 0002 0001 0001" + Question
            + "c00c 0005 0001 0000003c 0006 03636466 c010 c02d 0001 0001 0000003c 0004 cb007107"
            + "c010 0002 0001 00000e10 0006 036e7331 c010 00 0029 04d0 00000000 0000");
        for (var offset = 1; offset < message.Length - 1; offset++)
        {
            var length = (message[offset] << 8) | message[offset + 1];
            if (message.Length - offset - 2 >= DnsHeader.LengthInBytes)
            {
                Assert.False(DnsMessageStart.IsPlausible(message.AsSpan(offset + 2), length), $"offset {offset}");
            }
        }
    }
}
