using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

public sealed class DnsHeaderTests
{
    [Fact]
    public void Reads_every_field()
    {
        Assert.True(DnsHeader.TryRead(Hex("beef ad53 0001 0203 0405 0607"), out var header));
        Assert.Equal(0xbeef, header.Id);
        Assert.Equal(0xad53, header.Flags);
        Assert.True(header.IsResponse);
        Assert.Equal(DnsOpcode.Update, header.Opcode);
        Assert.Equal(DnsResponseCode.NXDomain, header.ResponseCode);
        Assert.Equal(0x0001, header.QuestionCount);
        Assert.Equal(0x0203, header.AnswerCount);
        Assert.Equal(0x0405, header.AuthorityCount);
        Assert.Equal(0x0607, header.AdditionalCount);
    }

    [Theory]
    [InlineData("nothing", 0x0000)]
    [InlineData("QR", 0x8000)]
    [InlineData("AA", 0x0400)]
    [InlineData("TC", 0x0200)]
    [InlineData("RD", 0x0100)]
    [InlineData("RA", 0x0080)]
    [InlineData("Z", 0x0040)]
    [InlineData("AD", 0x0020)]
    [InlineData("CD", 0x0010)]
    public void Reads_each_flag_alone(string flag, int flags)
    {
        Assert.True(DnsHeader.TryRead([0xff, 0xff, (byte)(flags >> 8), (byte)flags, 0, 0, 0, 0, 0, 0, 0, 0], out var header));
        Assert.Equal(flag == "QR", header.IsResponse);
        Assert.Equal(flag == "AA", header.IsAuthoritativeAnswer);
        Assert.Equal(flag == "TC", header.IsTruncated);
        Assert.Equal(flag == "RD", header.IsRecursionDesired);
        Assert.Equal(flag == "RA", header.IsRecursionAvailable);
        Assert.Equal(flag == "Z", header.IsReservedBitSet);
        Assert.Equal(flag == "AD", header.IsAuthenticData);
        Assert.Equal(flag == "CD", header.IsCheckingDisabled);
        Assert.Equal(DnsOpcode.Query, header.Opcode);
        Assert.Equal(DnsResponseCode.NoError, header.ResponseCode);
    }

    [Fact]
    public void Refuses_fewer_than_twelve_octets()
    {
        for (var length = 0; length < DnsHeader.LengthInBytes; length++)
        {
            Assert.False(DnsHeader.TryRead(new byte[length], out _));
        }
    }
}
