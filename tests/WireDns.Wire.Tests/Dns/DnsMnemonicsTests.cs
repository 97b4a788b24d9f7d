using System.Text;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

public sealed class DnsMnemonicsTests
{
    [Theory]
    [InlineData(0, "TYPE0")]
    [InlineData(1, "A")]
    [InlineData(23, "NSAP-PTR")]
    [InlineData(28, "AAAA")]
    [InlineData(51, "NSEC3PARAM")]
    [InlineData(54, "TYPE54")]
    [InlineData(65, "HTTPS")]
    [InlineData(255, "ANY")]
    [InlineData(264, "IPN")]
    [InlineData(265, "TYPE265")]
    [InlineData(32768, "TA")]
    [InlineData(32769, "DLV")]
    [InlineData(65280, "TYPE65280")]
    [InlineData(65535, "TYPE65535")]
    public void Writes_types(int value, string text) => Assert.Equal(text, TextOf((DnsRecordType)value));

    [Theory]
    [InlineData(0, "CLASS0")]
    [InlineData(1, "IN")]
    [InlineData(2, "CLASS2")]
    [InlineData(3, "CH")]
    [InlineData(4, "HS")]
    [InlineData(254, "NONE")]
    [InlineData(255, "ANY")]
    [InlineData(65535, "CLASS65535")]
    public void Writes_classes(int value, string text)
    {
        Span<byte> destination = stackalloc byte[DnsMnemonics.MaximumTextLength];
        Assert.Equal(text, Encoding.ASCII.GetString(destination[..DnsMnemonics.Write((DnsClass)value, destination)]));
    }

    [Fact]
    public void Writes_and_reads_back_every_value()
    {
        Span<byte> destination = stackalloc byte[DnsMnemonics.MaximumTextLength];
        for (var value = 0; value <= ushort.MaxValue; value++)
        {
            var text = TextOf((DnsRecordType)value);
            Assert.True(DnsMnemonics.TryParse(text, out DnsRecordType type), text);
            Assert.Equal(value, (int)type);
            Assert.True(DnsMnemonics.TryParse(text.ToLowerInvariant(), out type), text);
            Assert.Equal(value, (int)type);

            text = Encoding.ASCII.GetString(destination[..DnsMnemonics.Write((DnsClass)value, destination)]);
            Assert.True(DnsMnemonics.TryParse(text, out DnsClass dnsClass), text);
            Assert.Equal(value, (int)dnsClass);

            text = Encoding.ASCII.GetString(destination[..DnsMnemonics.Write((DnsResponseCode)value, destination)]);
            Assert.True(DnsMnemonics.TryParse(text, out DnsResponseCode code), text);
            Assert.Equal(value, (int)code);
        }

        for (var value = 0; value <= 0xf; value++)
        {
            var text = Encoding.ASCII.GetString(destination[..DnsMnemonics.Write((DnsOpcode)value, destination)]);
            Assert.True(DnsMnemonics.TryParse(text, out DnsOpcode opcode), text);
            Assert.Equal(value, (int)opcode);
        }
    }

    [Fact]
    public void Every_member_has_a_mnemonic_like_its_name()
    {
        foreach (var type in Enum.GetValues<DnsRecordType>())
        {
            Assert.Equal(type.ToString(), TextOf(type).Replace("-", "", StringComparison.Ordinal));
        }

        foreach (var code in Enum.GetValues<DnsResponseCode>())
        {
            Assert.Equal(code.ToString().ToUpperInvariant(), Encoding.ASCII.GetString(DnsMnemonics.Get(code)));
        }

        foreach (var opcode in Enum.GetValues<DnsOpcode>())
        {
            Assert.Equal(opcode.ToString().ToUpperInvariant(), Encoding.ASCII.GetString(DnsMnemonics.Get(opcode)));
        }

        foreach (var dnsClass in Enum.GetValues<DnsClass>())
        {
            Assert.Equal(dnsClass.ToString(), Encoding.ASCII.GetString(DnsMnemonics.Get(dnsClass)));
        }
    }

    [Fact]
    public void Reads_what_others_write()
    {
        Assert.True(DnsMnemonics.TryParse("*", out DnsRecordType type));
        Assert.Equal(DnsRecordType.ANY, type);
        Assert.True(DnsMnemonics.TryParse("TYPE1", out type));
        Assert.Equal(DnsRecordType.A, type);
        Assert.True(DnsMnemonics.TryParse("badsig", out DnsResponseCode code));
        Assert.Equal(16, (int)code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("TYPE")]
    [InlineData("TYPE65536")]
    [InlineData("TYPE-1")]
    [InlineData("TYPE 1")]
    [InlineData("TYPE99999999999")]
    [InlineData("AA")]
    [InlineData("Ａ")]
    public void Refuses_what_is_no_mnemonic(string text)
    {
        Assert.False(DnsMnemonics.TryParse(text, out DnsRecordType _));
        Assert.False(DnsMnemonics.TryParse(text, out DnsClass _));
        Assert.False(DnsMnemonics.TryParse(text, out DnsOpcode _));
        Assert.False(DnsMnemonics.TryParse(text, out DnsResponseCode _));
        Assert.False(DnsMnemonics.TryParse("OPCODE16", out DnsOpcode _));
    }

    [Fact]
    public void Refuses_a_destination_that_is_too_short()
    {
        Assert.Throws<ArgumentException>(() => DnsMnemonics.Write(DnsRecordType.AAAA, new byte[3]));
        Assert.Throws<ArgumentException>(() => DnsMnemonics.Write((DnsRecordType)65535, new byte[8]));
        Assert.Throws<ArgumentException>(() => DnsMnemonics.Write((DnsRecordType)65535, new byte[3]));
    }

    private static string TextOf(DnsRecordType type)
    {
        Span<byte> destination = stackalloc byte[DnsMnemonics.MaximumTextLength];
        return Encoding.ASCII.GetString(destination[..DnsMnemonics.Write(type, destination)]);
    }
}
