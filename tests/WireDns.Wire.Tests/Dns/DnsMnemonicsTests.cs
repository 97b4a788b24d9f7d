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
    public void Writes_every_value_as_a_text_of_its_own()
    {
        AssertDistinct(ushort.MaxValue, (value, text) => DnsMnemonics.Write((DnsRecordType)value, text));
        AssertDistinct(ushort.MaxValue, (value, text) => DnsMnemonics.Write((DnsClass)value, text));
        AssertDistinct(ushort.MaxValue, (value, text) => DnsMnemonics.Write((DnsResponseCode)value, text));
        AssertDistinct(0xf, (value, text) => DnsMnemonics.Write((DnsOpcode)value, text));

        static void AssertDistinct(int last, Func<int, byte[], int> write)
        {
            var buffer = new byte[DnsMnemonics.MaximumTextLength];
            var texts = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            for (var value = 0; value <= last; value++)
            {
                var text = Encoding.ASCII.GetString(buffer, 0, write(value, buffer));
                Assert.True(texts.Add(text), text);
            }
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
