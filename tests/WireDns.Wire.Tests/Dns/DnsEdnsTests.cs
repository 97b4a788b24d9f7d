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
    [InlineData("client subnet, IPv4", "0008 0007 0001 18 00 c00002", "ECS 192.0.2.0/24/0")]
    [InlineData("client subnet, IPv6", "0008 000b 0002 38 30 20010db8000001", "ECS 2001:db8:0:100::/56/48")]
    [InlineData("client subnet that tells nothing", "0008 0004 0001 00 00", "ECS 0.0.0.0/0/0")]
    [InlineData("client subnet with an octet too many", "0008 0008 0001 18 00 c0000200", "ECS 00011800C0000200")]
    [InlineData("client subnet of an unknown family", "0008 0004 0003 00 00", "ECS 00030000")]
    [InlineData("client subnet with a prefix of 33", "0008 0009 0001 21 00 0102030405", "ECS 000121000102030405")]
    [InlineData("client subnet cut", "0008 0004 0001 18", null)]
    [InlineData("client subnet too short", "0008 0003 000118", "ECS 000118")]
    [InlineData("cookies of both", "000a 0010 0102030405060708 a1a2a3a4a5a6a7a8", "COOKIE 0102030405060708A1A2A3A4A5A6A7A8")]
    [InlineData("name server identifier", "0003 0009 677064 6e732d6c6178", "NSID \"gpdns-lax\"")]
    [InlineData("name server identifier, asked for", "0003 0000", "NSID \"\"")]
    [InlineData("extended error", "000f 0006 0016 74657874", "EDE 22 (No Reachable Authority) \"text\"")]
    [InlineData("extended error without a text", "000f 0002 0006", "EDE 6 (DNSSEC Bogus)")]
    [InlineData("extended error, unassigned", "000f 0002 03e7", "EDE 999")]
    [InlineData("extended error without a code", "000f 0001 00", "EDE 00")]
    [InlineData("padding", "000c 0004 00000000", "PADDING 4")]
    [InlineData("keepalive", "000b 0002 0078", "KEEPALIVE 12.0s")]
    [InlineData("keepalive, asked for", "000b 0000", "KEEPALIVE ")]
    [InlineData("keepalive of three octets", "000b 0003 007800", "KEEPALIVE 007800")]
    [InlineData("expire", "0009 0004 00093a80", "EXPIRE 604800")]
    [InlineData("chain", "000d 0005 03636f6d00", "CHAIN com")]
    [InlineData("chain with a pointer", "000d 0002 c00c", "CHAIN C00C")]
    [InlineData("report channel", "0012 0003 016100", "REPORTCHANNEL a")]
    [InlineData("key tags", "000e 0004 4a5c 9a02", "KEYTAG 19036,39426")]
    [InlineData("algorithms", "0005 0003 080d0f", "DAU 8,13,15")]
    [InlineData("digests", "0006 0002 0204", "DHU 2,4")]
    [InlineData("hashes", "0007 0001 01", "N3U 1")]
    [InlineData("long-lived query", "0001 0012 0001 0001 0000 0000000000000001 00001c20", "LLQ 1 1 0 1 7200")]
    [InlineData("lease of an update", "0002 0008 00001c20 00093a80", "UL 7200,604800")]
    [InlineData("client tag", "0010 0002 0102", "CLIENTTAG 258")]
    [InlineData("unknown", "fde9 0003 c0ffee", "OPT65001 C0FFEE")]
    [InlineData("unknown, empty", "fde9 0000", "OPT65001 ")]
    public void Writes_options(string description, string hex, string? text)
    {
        Assert.NotEmpty(description);
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
