using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>The quick look at a record of the usual shape: it finds the end that the whole reader finds, or gives no answer.</summary>
public sealed class DnsPlainRecordTests
{
    // A query for a.example, type A.
    private const string Question = "123401000001000000000001 016107 6578616d706c6500 0001 0001";

    [Theory]
    [InlineData("an empty OPT, which most queries end with", "00 0029 04d0 00000000 0000")]
    [InlineData("an OPT with an option", "00 0029 04d0 00000000 000c 000a0008 0102030405060708")]
    [InlineData("an address of the question's name", "c00c 0001 0001 0000003c 0004 c0000201")]
    [InlineData("a text of the question's name without data", "c00c 0010 0001 0000003c 0000")]
    public void Passes_a_plain_record_at_the_end_of_a_message(string description, string record)
    {
        var message = FromHex(Question + record);
        var start = FromHex(Question).Length;

        Assert.Equal(message.Length, DnsRecord.FindPlainEnd(message, start));
        var pointers = 0;
        Assert.True(DnsRecord.FindEnd(message, start, ref pointers) == message.Length, description);
        Assert.Equal(0, pointers);
        for (var length = start; length < message.Length; length++)
        {
            Assert.Equal(-1, DnsRecord.FindPlainEnd(message.AsSpan(0, length), start));
        }
    }

    [Theory]
    [InlineData("data that holds a name", "c00c 0005 0001 0000003c 0002 c00c")]
    [InlineData("another owner", "0162c00e 0001 0001 0000003c 0004 c0000201")]
    [InlineData("data longer than the message", "00 0029 04d0 00000000 0001")]
    public void Leaves_other_records_to_the_reader(string description, string record)
    {
        Assert.True(DnsRecord.FindPlainEnd(FromHex(Question + record), FromHex(Question).Length) == -1, description);
    }

    private static byte[] FromHex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
