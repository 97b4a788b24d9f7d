using System.Text;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

public sealed class DnsEdnsTests
{
    [Fact]
    public void Reads_the_fixed_fields()
    {
        var reader = new DnsMessageReader(Hex("0001 8007 0000 0000 0000 0001 00 0029 04d0 ab 01 c000 0000"));
        Assert.True(reader.TryReadRecord(out var record));
        Assert.True(DnsEdns.TryRead(record, out var edns));
        Assert.Equal(1232, edns.UdpPayloadSize);
        Assert.Equal(0xab, edns.ExtendedResponseCode);
        Assert.Equal(0xab7, (int)edns.GetResponseCode(reader.Header));
        Assert.Equal(1, edns.Version);
        Assert.Equal(0xc000, edns.Flags);
        Assert.True(edns.IsDnssecOk);
        Assert.True(edns.IsCompactAnswersOk);
        Assert.False(edns.AreOptionsMalformed);
        Assert.False(edns.Options.MoveNext());
    }

    [Fact]
    public void A_record_of_another_type_is_no_edns()
    {
        var reader = new DnsMessageReader(DnsBytes.WithAnswer((ushort)DnsRecordType.A, (ushort)DnsClass.IN, [1, 2, 3, 4]));
        Assert.True(reader.TryReadRecord(out var record));
        Assert.False(DnsEdns.TryRead(record, out _));
    }

    [Theory]
    [InlineData("0008 0007 0001 18 00 c00002", "ECS 192.0.2.0/24/0", Label = "client subnet, IPv4")]
    [InlineData("0008 000b 0002 38 30 20010db8000001", "ECS 2001:db8:0:100::/56/48", Label = "client subnet, IPv6")]
    [InlineData("0008 0004 0001 00 00", "ECS 0.0.0.0/0/0", Label = "client subnet that tells nothing")]
    [InlineData("0008 0008 0001 18 00 c0000200", "ECS 00011800C0000200", Label = "client subnet with an octet too many")]
    [InlineData("0008 0004 0003 00 00", "ECS 00030000", Label = "client subnet of an unknown family")]
    [InlineData("0008 0009 0001 21 00 0102030405", "ECS 000121000102030405", Label = "client subnet with a prefix of 33")]
    [InlineData("0008 0004 0001 18", null, Label = "client subnet cut")]
    [InlineData("0008 0003 000118", "ECS 000118", Label = "client subnet too short")]
    [InlineData("000a 0010 0102030405060708 a1a2a3a4a5a6a7a8", "COOKIE 0102030405060708A1A2A3A4A5A6A7A8", Label = "cookies of both")]
    [InlineData("0003 0009 677064 6e732d6c6178", "NSID \"gpdns-lax\"", Label = "name server identifier")]
    [InlineData("0003 0000", "NSID \"\"", Label = "name server identifier, asked for")]
    [InlineData("000f 0006 0016 74657874", "EDE 22 (No Reachable Authority) \"text\"", Label = "extended error")]
    [InlineData("000f 0002 0006", "EDE 6 (DNSSEC Bogus)", Label = "extended error without a text")]
    [InlineData("000f 0002 03e7", "EDE 999", Label = "extended error, unassigned")]
    [InlineData("000f 0001 00", "EDE 00", Label = "extended error without a code")]
    [InlineData("000c 0004 00000000", "PADDING 4", Label = "padding")]
    [InlineData("000b 0002 0078", "KEEPALIVE 12.0s", Label = "keepalive")]
    [InlineData("000b 0000", "KEEPALIVE ", Label = "keepalive, asked for")]
    [InlineData("000b 0003 007800", "KEEPALIVE 007800", Label = "keepalive of three octets")]
    [InlineData("0009 0004 00093a80", "EXPIRE 604800", Label = "expire")]
    [InlineData("000d 0005 03636f6d00", "CHAIN com", Label = "chain")]
    [InlineData("000d 0002 c00c", "CHAIN C00C", Label = "chain with a pointer")]
    [InlineData("0012 0003 016100", "REPORTCHANNEL a", Label = "report channel")]
    [InlineData("000e 0004 4a5c 9a02", "KEYTAG 19036,39426", Label = "key tags")]
    [InlineData("0005 0003 080d0f", "DAU 8,13,15", Label = "algorithms")]
    [InlineData("0006 0002 0204", "DHU 2,4", Label = "digests")]
    [InlineData("0007 0001 01", "N3U 1", Label = "hashes")]
    [InlineData("0001 0012 0001 0001 0000 0000000000000001 00001c20", "LLQ 1 1 0 1 7200", Label = "long-lived query")]
    [InlineData("0002 0008 00001c20 00093a80", "UL 7200,604800", Label = "lease of an update")]
    [InlineData("0010 0002 0102", "CLIENTTAG 258", Label = "client tag")]
    [InlineData("fde9 0003 c0ffee", "OPT65001 C0FFEE", Label = "unknown")]
    [InlineData("fde9 0000", "OPT65001 ", Label = "unknown, empty")]
    public void Writes_options(string hex, string? text)
    {
        var reader = new DnsMessageReader(DnsBytes.WithAnswer((ushort)DnsRecordType.OPT, (ushort)DnsClass.IN, Hex(hex)));
        Assert.True(reader.TryReadRecord(out var record));
        Assert.True(DnsEdns.TryRead(record, out var edns));
        Assert.Equal(text is null, edns.AreOptionsMalformed);
        var texts = new List<string>();
        Span<byte> buffer = stackalloc byte[4096];
        foreach (var option in edns.Options)
        {
            var name = Encoding.ASCII.GetString(buffer[..option.WriteName(buffer)]);
            Assert.True(name.Length <= DnsEdnsOption.MaximumNameLength);
            Assert.True(option.TryWriteText(buffer, out var length));
            texts.Add($"{name} {Encoding.ASCII.GetString(buffer[..length])}");
            Assert.True(length == 0 || !option.TryWriteText(buffer[..(length - 1)], out _));
        }

        Assert.Equal(text is null ? [] : [text], texts);
    }

    [Fact]
    public void Options_before_a_broken_one_are_read()
    {
        var data = Hex("000c0000 000a0001 ff 00");
        var reader = new DnsMessageReader(DnsBytes.WithAnswer((ushort)DnsRecordType.OPT, (ushort)DnsClass.IN, data));
        Assert.True(reader.TryReadRecord(out var record));
        Assert.True(DnsEdns.TryRead(record, out var edns));
        var codes = new List<DnsEdnsOptionCode>();
        foreach (var option in edns.Options)
        {
            codes.Add(option.Code);
        }

        Assert.Equal([DnsEdnsOptionCode.Padding, DnsEdnsOptionCode.Cookie], codes);
        Assert.True(edns.AreOptionsMalformed);
        Assert.False(reader.Finish().IsMalformed);
    }

    [Fact]
    public void Any_option_of_any_data_fits_four_bytes_an_octet_and_64()
    {
        var random = new Random(20240501);
        var data = new byte[200];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(data);
            var length = random.Next(data.Length - 4);
            data[0] = 0;
            data[1] = (byte)random.Next(24);
            data[2] = 0;
            data[3] = (byte)length;
            var reader = new DnsMessageReader(DnsBytes.WithAnswer((ushort)DnsRecordType.OPT, (ushort)DnsClass.IN, data.AsSpan(0, length + 4)));
            Assert.True(reader.TryReadRecord(out var record));
            Assert.True(DnsEdns.TryRead(record, out var edns));
            foreach (var option in edns.Options)
            {
                Assert.True(option.TryWriteText(new byte[(4 * length) + 64], out _));
            }
        }
    }
}
