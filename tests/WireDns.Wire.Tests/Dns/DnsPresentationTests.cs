using System.Text;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>Texts of names and data turn back into the octets that they were written from.</summary>
public sealed class DnsPresentationTests
{
    [Fact]
    public void Every_name_comes_back_from_its_text()
    {
        var random = new Random(1);
        for (var round = 0; round < 5000; round++)
        {
            var message = new byte[DnsHeader.LengthInBytes + DnsName.MaximumWireLength];
            var position = DnsHeader.LengthInBytes;
            for (var labels = random.Next(0, 5); labels > 0; labels--)
            {
                var length = random.Next(1, 63);
                if (position + length + 2 > message.Length)
                {
                    break;
                }

                message[position++] = (byte)length;
                for (; length > 0; length--)
                {
                    message[position++] = (byte)(round % 2 == 0 ? random.Next(256) : random.Next(' ', '~'));
                }
            }

            position++;
            Assert.True(DnsName.TryRead(message.AsSpan(0, position), DnsHeader.LengthInBytes, out var name, out _, out _));

            var wire = new byte[DnsName.MaximumWireLength];
            Assert.True(DnsPresentation.TryReadName(name.ToString(), wire, out var written));
            Assert.Equal(message.AsSpan(DnsHeader.LengthInBytes, position - DnsHeader.LengthInBytes), wire.AsSpan(0, written));
        }
    }

    [Theory]
    [InlineData("nothing", "")]
    [InlineData("an empty label", "a..b")]
    [InlineData("a dot at the end", "a.b.")]
    [InlineData("a label of 64 octets", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("an escape that ends early", @"a\03")]
    [InlineData("a backslash at the end", @"a\")]
    [InlineData("an escape above 255", @"a\256")]
    [InlineData("a letter that is not ASCII", "ä")]
    public void What_is_no_name_is_refused(string label, string text)
    {
        Assert.NotEmpty(label);
        Assert.False(DnsPresentation.TryReadName(text, new byte[300], out _));
    }

    [Theory]
    [InlineData(DnsRecordType.A, "c0000207")]
    [InlineData(DnsRecordType.AAAA, "20010db8000000000000000000000001")]
    [InlineData(DnsRecordType.CNAME, "0361006203636f6d00")]
    [InlineData(DnsRecordType.NS, "00")]
    [InlineData(DnsRecordType.PTR, "0a61622e635c2220ff646500")]
    [InlineData(DnsRecordType.MX, "000a046d61696c076578616d706c6500")]
    [InlineData(DnsRecordType.TXT, "05612022625c00ff0102")]
    [InlineData(DnsRecordType.TXT, "00")]
    public void The_data_of_a_record_comes_back_from_its_text(DnsRecordType type, string hexadecimal)
    {
        Assert.True(DnsPresentation.IsReadable(type));
        var data = type == DnsRecordType.TXT && hexadecimal.Length > 2 ? [5, .. "a \"b\\"u8, 1, 0, 2, 255, 31] : Convert.FromHexString(hexadecimal);
        data = type == DnsRecordType.CNAME ? [3, (byte)'a', 0, (byte)'b', 3, .. "com"u8, 0] : type == DnsRecordType.PTR ? [6, .. "ab.c\\\""u8, 2, (byte)' ', 255, 0] : data;
        byte[] message = [0, 0, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, (byte)((ushort)type >> 8), (byte)type, 0, 1, 0, 0, 0, 0, 0, (byte)data.Length, .. data];
        var reader = new DnsMessageReader(message);
        Assert.True(reader.TryReadRecord(out var record));
        var text = new byte[2000];
        Assert.True(DnsRecordData.TryWriteText(record, text, out var length));

        var wire = new byte[300];
        Assert.True(DnsPresentation.TryReadData(type, Encoding.ASCII.GetString(text, 0, length), wire, out var written), Encoding.ASCII.GetString(text, 0, length));
        Assert.Equal(data, wire.AsSpan(0, written));
    }

    [Theory]
    [InlineData(DnsRecordType.A, "1.2.3.4.5")]
    [InlineData(DnsRecordType.A, "::1")]
    [InlineData(DnsRecordType.AAAA, "1.2.3.4")]
    [InlineData(DnsRecordType.MX, "mail.example")]
    [InlineData(DnsRecordType.MX, "70000 mail.example")]
    [InlineData(DnsRecordType.TXT, "\"open")]
    [InlineData(DnsRecordType.TXT, "bare")]
    [InlineData(DnsRecordType.SOA, "a b 1 2 3 4 5")]
    public void What_is_no_such_data_is_refused(DnsRecordType type, string text) => Assert.False(DnsPresentation.TryReadData(type, text, new byte[300], out _));
}
