using System.Text;
using WireDns.TestTraffic;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>A glance writes the text of a name of any length, and nothing but that.</summary>
public sealed class DnsGlanceTests
{
    [Fact]
    public void A_name_of_any_length_is_written_with_small_letters()
    {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var text = new StringBuilder();
            var octets = random.Next(1, 253);
            while (text.Length < octets)
            {
                var label = Math.Min(octets - text.Length, random.Next(1, 64));
                text.Append(string.Concat(Enumerable.Range(0, label).Select(_ => "aZz09-_~!@[`{|}/"[random.Next(16)]))).Append('.');
            }

            var name = text.ToString().TrimEnd('.');
            var message = DnsBytes.Query(name, 1);
            Assert.True(DnsGlance.TryRead(message, 1, out var glance), name);
            Span<byte> buffer = new byte[DnsName.MaximumWireLength + 64];
            buffer.Fill(0xff);
            var isWritten = glance.TryWriteFoldedName(message, buffer, 32, out var length);
            Assert.True(isWritten || name.Split('.').Any(label => label.Length == '.'), name);
            if (isWritten)
            {
                Assert.Equal(name.ToLowerInvariant(), Encoding.ASCII.GetString(buffer.Slice(32, length)));
            }
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x20)]
    [InlineData(0x2e)]
    [InlineData(0x5c)]
    [InlineData(0x7f)]
    [InlineData(0xff)]
    public void A_name_with_an_octet_that_text_escapes_is_not_written(byte octet)
    {
        foreach (var name in (string[])["x", "a.xb", "xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaax.b"])
        {
            var message = DnsBytes.Query(name, 1);
            message[message.AsSpan(12).IndexOf((byte)'x') + 12] = octet;
            Span<byte> buffer = new byte[DnsName.MaximumWireLength + 64];
            Assert.False(DnsGlance.TryRead(message, 1, out var glance) && glance.TryWriteFoldedName(message, buffer, 32, out _), name);
        }
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(0, 4)]
    [InlineData(0, 2)]
    [InlineData(4, 8)]
    [InlineData(4, 200)]
    public void A_name_whose_labels_do_not_end_where_the_name_ends_is_not_written(int place, byte label)
    {
        var message = DnsBytes.Query("abc.example", 1);
        message[12 + place] = label;
        Span<byte> buffer = new byte[DnsName.MaximumWireLength + 64];
        Assert.True(DnsGlance.TryRead(message, 1, out var glance));
        Assert.False(glance.TryWriteFoldedName(message, buffer, 32, out _));
    }
}
